#include "telemetry/truncate.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace telltale::telemetry {
namespace {

constexpr std::string_view kMark = "...[truncated]";  // the public contract's
constexpr std::size_t kShortest = 64;                 // nothing is cut below this: ids and names must survive

// A string value between its quotes, still escaped.
struct Span {
  std::size_t begin;
  std::size_t size;
};

std::size_t end_of_string(std::string_view json, std::size_t at) {
  while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  return std::min(at, json.size());
}

bool is_member_name(std::string_view json, std::size_t after_quote) {
  const auto next = json.find_first_not_of(" \t\r\n", after_quote);
  return next != std::string_view::npos && json[next] == ':';
}

// The string values that are longer than kShortest.
std::vector<Span> long_strings(std::string_view json) {
  std::vector<Span> spans;
  for (std::size_t at = json.find('"'); at != std::string_view::npos; at = json.find('"', at)) {
    const std::size_t begin = at + 1;
    const std::size_t end = end_of_string(json, begin);
    at = std::min(end + 1, json.size());
    if (end - begin > kShortest && !is_member_name(json, at)) spans.push_back({begin, end - begin});
  }
  return spans;
}

// The largest length to which every longer string has to be cut to save `excess` bytes; 0 when none suffices.
std::size_t common_length(const std::vector<Span>& spans, std::size_t excess) {
  const auto saves_enough = [&](std::size_t length) {
    std::size_t saved = 0;
    for (const auto& span : spans) saved += span.size > length ? span.size - length : 0;
    return saved >= excess;
  };
  if (!saves_enough(kShortest)) return 0;
  std::size_t enough = kShortest;
  std::size_t too_long = std::ranges::max(spans, {}, &Span::size).size;
  while (too_long - enough > 1) {
    const std::size_t middle = enough + (too_long - enough) / 2;
    (saves_enough(middle) ? enough : too_long) = middle;
  }
  return enough;
}

// How much of an escaped string of valid UTF-8 can be kept in `room` bytes.
std::size_t whole_characters(std::string_view escaped, std::size_t room) {
  constexpr std::size_t kUnicodeEscape = 6;  // \u1234
  std::size_t at = 0;
  for (;;) {
    std::size_t next = at + 1;
    if (escaped[at] == '\\') {
      next = at + (escaped[at + 1] == 'u' ? kUnicodeEscape : 2);
    } else {
      while (next < escaped.size() && (static_cast<unsigned char>(escaped[next]) & 0xC0) == 0x80) ++next;
    }
    if (next > room) return at;
    at = next;
  }
}

}  // namespace

bool truncate_strings(std::string& out, std::size_t begin, std::size_t max_bytes) {
  const std::string_view json = std::string_view(out).substr(begin);
  if (json.size() <= max_bytes) return true;
  const auto spans = long_strings(json);
  const std::size_t length = common_length(spans, json.size() - max_bytes);
  if (length == 0) return false;
  std::string shorter;
  shorter.reserve(max_bytes);
  std::size_t copied = 0;
  for (const auto& span : spans) {
    if (span.size <= length) continue;
    const auto text = json.substr(span.begin, span.size);
    shorter.append(json, copied, span.begin - copied);
    shorter.append(text, 0, whole_characters(text, length - kMark.size()));
    shorter.append(kMark);
    copied = span.begin + span.size;
  }
  shorter.append(json, copied);
  out.replace(begin, std::string::npos, shorter);
  return true;
}

}  // namespace telltale::telemetry

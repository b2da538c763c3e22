#include "collector/body_text.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "collector/limits.hpp"

namespace telltale::collector {
namespace {

constexpr std::string_view kMark = "...[truncated]";  // the public contract's
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

int base64_digit(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

// Subtypes, or parts of them between `-` and `.` (`x-ndjson`, `vnd.yaml`, `xml-dtd`), and suffixes after `+`.
constexpr std::array<std::string_view, 12> kStructured = {
    "json", "ndjson", "jsonl", "jsonlines", "json5", "xml", "yaml", "yml", "toml", "csv", "graphql", "edn"};
constexpr std::array<std::string_view, 12> kTextual = {
    "javascript", "ecmascript", "typescript", "sql", "mpegurl", "sdp",
    "sh",         "html",       "n-triples",  "n-quads", "trig", "sparql-query"};

template <std::size_t size>
bool is_one_of(std::string_view name, const std::array<std::string_view, size>& names) {
  return std::ranges::find(names, name) != names.end();
}

template <std::size_t size>
bool has_part(std::string_view subtype, const std::array<std::string_view, size>& names) {
  if (is_one_of(subtype, names)) return true;
  while (!subtype.empty()) {
    const auto part = subtype.substr(0, subtype.find_first_of("-."));
    if (is_one_of(part, names)) return true;
    subtype.remove_prefix(std::min(subtype.size(), part.size() + 1));
  }
  return false;
}

}  // namespace

std::optional<std::size_t> body_cap(std::string_view resource_type, std::string_view mime_type) {
  for (const std::string_view resource : {"Font", "Image", "Media", "Stylesheet", "Script"}) {
    if (resource_type == resource) return std::nullopt;
  }
  std::string mime = base::ascii_lower(mime_type.substr(0, mime_type.find(';')));
  while (mime.ends_with(' ')) mime.pop_back();
  const auto slash = mime.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const auto type = std::string_view(mime).substr(0, slash);
  const auto subtype = std::string_view(mime).substr(slash + 1);
  // What a type is, its suffix says: application/vnd.x.json+zip is no JSON.
  const auto plus = subtype.rfind('+');
  const bool suffixed = plus != std::string_view::npos;
  const auto kind = suffixed ? subtype.substr(plus + 1) : subtype;
  if (suffixed ? is_one_of(kind, kStructured) || kind == "json-seq" : has_part(kind, kStructured)) {
    return limits::kStructuredBodyBytes;
  }
  if (kind == "x-www-form-urlencoded" || kind == "tab-separated-values") return limits::kStructuredBodyBytes;
  if (type == "text" || (type == "application" && !suffixed && has_part(kind, kTextual))) {
    return limits::kTextBodyBytes;
  }
  return std::nullopt;
}

std::string capped_text(std::string_view bytes, std::size_t cap) {
  const std::size_t room = cap - std::min(cap, kMark.size());
  std::string text;
  text.reserve(std::min(bytes.size(), cap) + 4);
  std::size_t kept = 0;  // of `text`, when it is cut
  while (!bytes.empty()) {
    const auto length = base::utf8_length(bytes);
    text += length == 0 ? kReplacement : bytes.substr(0, length);
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
    if (text.size() <= room) kept = text.size();
    if (text.size() > cap) {
      text.resize(kept);
      text += kMark;
      break;
    }
  }
  return text;
}

std::string from_base64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) break;  // padding
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return bytes;
}

std::string utf8_from(std::string bytes, std::string_view charset) {
  if (charset.empty() || base::same_name(charset, "utf-8") || base::same_name(charset, "utf8")) return bytes;
  // As browsers do (Encoding Standard): what calls itself Latin-1 or ASCII is Windows-1252.
  const bool latin = base::same_name(charset, "iso-8859-1") || base::same_name(charset, "latin1") ||
                     base::same_name(charset, "us-ascii");
  const std::string from(latin ? "WINDOWS-1252" : charset);
  const iconv_t converter = ::iconv_open("UTF-8", from.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) return bytes;
  std::string text(bytes.size() * 4, '\0');
  char* in = bytes.data();
  char* out = text.data();
  std::size_t in_left = bytes.size();
  std::size_t out_left = text.size();
  // EINVAL: it ends inside of a character.
  const bool failed =
      ::iconv(converter, &in, &in_left, &out, &out_left) == static_cast<std::size_t>(-1) && errno != EINVAL;
  ::iconv_close(converter);
  if (failed) return bytes;
  text.resize(text.size() - out_left);
  return text;
}

std::size_t base64_size(std::string_view text) noexcept {
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  return text.size() / 4 * 3 - std::min(padding, text.size() / 4 * 3);
}

}  // namespace telltale::collector

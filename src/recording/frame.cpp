#include "recording/frame.hpp"

#include <charconv>

namespace telltale::recording {
namespace {

bool skip(std::string_view& text, std::string_view expected) noexcept {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

template <class Integer>
bool read_integer(std::string_view& text, Integer& out) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// Names of types and categories are ours: letters, digits and "_", so that nothing in them is escaped.
bool read_name(std::string_view& text, std::string_view& out) noexcept {
  std::size_t size = 0;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  while (size < text.size() && is_letter(text[size])) ++size;
  out = text.substr(0, size);
  text.remove_prefix(size);
  return size > 0;
}

}  // namespace

std::optional<FrameHead> parse_frame(std::string_view bytes) noexcept {
  FrameHead head;
  std::uint64_t seq_in_json = 0;
  std::string_view rest = bytes;
  const bool well_formed =
      skip(rest, "id: ") && read_integer(rest, head.seq.value) && skip(rest, "\ndata: {\"seq\":") &&
      read_integer(rest, seq_in_json) && skip(rest, ",\"event\":{\"ts\":") &&
      read_integer(rest, head.ts_us) && skip(rest, ",\"type\":\"") && read_name(rest, head.type) &&
      skip(rest, "\",\"category\":\"") && read_name(rest, head.category) && skip(rest, "\"");
  // JSON has no line breaks: the next one is the end of `data:`.
  const auto end = well_formed ? rest.find('\n') : std::string_view::npos;
  if (end == std::string_view::npos || !rest.substr(end).starts_with("\n\n")) return std::nullopt;
  if (seq_in_json != head.seq.value || !rest.substr(0, end).ends_with("}}")) return std::nullopt;
  head.size = bytes.size() - rest.size() + end + 2;
  return head;
}

}  // namespace telltale::recording

#include "collector/body_text.hpp"

#include <algorithm>
#include <array>
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

// What Windows-1252 makes of the bytes 0x80 to 0x9F; the five that it does not define stay themselves.
constexpr std::array<char32_t, 32> kWindows1252 = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

char32_t character(std::string_view sequence) noexcept {
  const auto bits = [&](std::size_t i, unsigned mask) {
    return static_cast<std::uint8_t>(sequence[i]) & mask;
  };
  switch (sequence.size()) {
    case 1:
      return bits(0, 0x7F);
    case 2:
      return bits(0, 0x1F) << 6 | bits(1, 0x3F);
    case 3:
      return bits(0, 0x0F) << 12 | bits(1, 0x3F) << 6 | bits(2, 0x3F);
    default:
      return bits(0, 0x07) << 18 | bits(1, 0x3F) << 12 | bits(2, 0x3F) << 6 | bits(3, 0x3F);
  }
}

// The byte that Windows-1252 reads as that character.
std::optional<char> windows_1252_byte(char32_t character) noexcept {
  const auto* const found = std::ranges::find(kWindows1252, character);
  if (found != kWindows1252.end()) return static_cast<char>(0x80 + (found - kWindows1252.begin()));
  if (character < 0x80 || (character >= 0xA0 && character <= 0xFF)) return static_cast<char>(character);
  return std::nullopt;
}

bool is_valid(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto length = base::utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::ranges::any_of(starts, [&](std::string_view start) { return text.starts_with(start); });
}

}  // namespace

std::optional<std::size_t> body_cap(std::string_view resource_type, std::string_view mime_type) {
  for (const std::string_view type : {"Font", "Image", "Media", "Stylesheet", "Script"}) {
    if (resource_type == type) return std::nullopt;
  }
  const std::string mime = base::ascii_lower(mime_type.substr(0, mime_type.find(';')));
  const bool vendor = mime.starts_with("application/vnd.") &&
                      (mime.ends_with("+json") || mime.ends_with("+xml") || mime.ends_with("+csv"));
  if (vendor || starts_with_any(mime, {"application/json", "application/xml", "text/xml", "text/csv",
                                       "application/x-www-form-urlencoded", "application/graphql"})) {
    return limits::kStructuredBodyBytes;
  }
  if (starts_with_any(mime, {"text/plain", "text/html"})) return limits::kTextBodyBytes;
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

std::size_t base64_size(std::string_view text) noexcept {
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  return text.size() / 4 * 3 - std::min(padding, text.size() / 4 * 3);
}

std::string undo_windows_1252(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const auto length = base::utf8_length(rest);
    const auto byte = length == 0 ? std::nullopt : windows_1252_byte(character(rest.substr(0, length)));
    if (!byte) return std::string(text);
    bytes += *byte;
    rest.remove_prefix(length);
  }
  return is_valid(bytes) ? bytes : std::string(text);
}

}  // namespace telltale::collector

#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

namespace telltale::cli {
namespace {

constexpr std::size_t kDefaultColumns = 80;
constexpr char32_t kInvalid = 0xFFFD;

bool is_terminal(std::FILE* file) { return ::isatty(::fileno(file)) == 1; }

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

struct CodePoint {
  char32_t value;
  std::size_t bytes;  ///< at least 1
};

/// The first code point of a text that is not empty; kInvalid and one byte where it is not UTF-8 (RFC 3629).
CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {kInvalid, 1};
  char32_t value = lead & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {kInvalid, 1};
    value = (value << 6) | (byte(i) & 0x3Fu);
  }
  static constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[bytes] || value > 0x10FFFF || surrogate) return {kInvalid, 1};
  return {value, bytes};
}

bool is_bidi_control(char32_t c) { return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069); }

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || is_bidi_control(c);
}

std::string escaped(char32_t c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return c < 0x80 ? fmt::format("\\x{:02x}", static_cast<unsigned>(c))
                      : fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  }
}

/// Unicode's wide blocks, coarsely: a wrong guess cuts a line a column early or late.
constexpr std::array<std::pair<char32_t, char32_t>, 9> kWide = {{{0x1100, 0x115F},
                                                                 {0x2E80, 0xA4CF},
                                                                 {0xAC00, 0xD7A3},
                                                                 {0xF900, 0xFAFF},
                                                                 {0xFE30, 0xFE6F},
                                                                 {0xFF00, 0xFF60},
                                                                 {0xFFE0, 0xFFE6},
                                                                 {0x1F300, 0x1FAFF},
                                                                 {0x20000, 0x3FFFD}}};

std::size_t columns_of_character(char32_t c) {
  return std::ranges::any_of(kWide, [c](const auto& block) { return c >= block.first && c <= block.second; })
             ? 2
             : 1;
}

}  // namespace

bool wants_colours(std::FILE* file) {
  return is_terminal(file) && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
}

std::size_t columns_of(std::FILE* file) {
  if (!is_terminal(file)) return 0;
  std::size_t columns = 0;
  const std::string_view text = variable("COLUMNS");
  std::from_chars(text.data(), text.data() + text.size(), columns);
  if (columns > 0) return columns;
  winsize size{};
  if (::ioctl(::fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return kDefaultColumns;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto [value, bytes] = first_code_point(text);
    if (is_control(value)) {
      out += escaped(value);
    } else if (value == kInvalid) {
      out += "\xEF\xBF\xBD";
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return out;
}

std::string printable_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const auto [value, bytes] = first_code_point(json);
    // Below 0x20 valid JSON has only white space, outside of strings.
    if (value >= 0x20 && is_control(value)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(value));
    } else {
      out += json.substr(0, bytes);
    }
    json.remove_prefix(bytes);
  }
  return out;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (columns == 0) return std::string(text);
  std::size_t used = 0;
  std::size_t kept = 0;  // bytes that leave a column for the ellipsis
  for (std::size_t at = 0; at < text.size();) {
    const auto [value, bytes] = first_code_point(text.substr(at));
    used += columns_of_character(value);
    if (used > columns) return std::string(text.substr(0, kept)) + "…";
    at += bytes;
    if (used < columns) kept = at;
  }
  return std::string(text);
}

}  // namespace telltale::cli

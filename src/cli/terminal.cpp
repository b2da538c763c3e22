#include "cli/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "base/utf8.hpp"

namespace telltale::cli {
namespace {

constexpr std::size_t kDefaultColumns = 80;

bool is_terminal(std::FILE* file) { return ::isatty(::fileno(file)) == 1; }

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
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

std::string fit(std::string_view text, std::size_t columns) {
  if (columns == 0) return std::string(text);
  std::size_t used = 0;
  std::size_t kept = 0;  // bytes that leave a column for the ellipsis
  for (std::size_t at = 0; at < text.size();) {
    const auto [value, bytes] = base::first_code_point(text.substr(at));
    used += columns_of_character(value);
    if (used > columns) return std::string(text.substr(0, kept)) + "…";
    at += bytes;
    if (used < columns) kept = at;
  }
  return std::string(text);
}

}  // namespace telltale::cli

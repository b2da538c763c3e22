#include "session/file_name.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "session/limits.hpp"

namespace telltale::session {
namespace {

/// Longer ones are no extensions.
constexpr std::size_t kExtensionBytes = 16;

// Control characters, and those that let "exe.pdf" be read where "fdp.exe" is written.
bool misleads(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

// The longest prefix of at most `bytes` that cuts no character.
std::string_view cut(std::string_view text, std::size_t bytes) noexcept {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

std::optional<std::string> safe_file_name(std::string_view given) {
  if (const auto slash = given.find_last_of("/\\"); slash != std::string_view::npos) given.remove_prefix(slash + 1);
  std::string name;
  while (!given.empty()) {
    const auto [character, bytes] = base::first_code_point(given);
    // A replacement character that was sent as such has three bytes.
    const bool broken = character == base::kInvalidCodePoint && bytes == 1;
    if (broken || misleads(character)) {
      name += '_';
    } else {
      name += given.substr(0, bytes);
    }
    given.remove_prefix(bytes);
  }
  if (name.find_first_not_of(' ') == std::string::npos || name == "." || name == "..") return std::nullopt;
  if (name.size() <= limits::kFileNameBytes) return name;
  const auto dot = name.rfind('.');
  const auto extension = dot != std::string::npos && name.size() - dot <= kExtensionBytes ? name.substr(dot) : "";
  return std::string(cut(name, limits::kFileNameBytes - extension.size())) + extension;
}

bool is_session_id(std::string_view name) noexcept {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::ranges::equal(name, kShape, [](char c, char wanted) {
    return wanted == 'x' ? base::hex_digit(c) >= 0 : c == '-';
  });
}

}  // namespace telltale::session

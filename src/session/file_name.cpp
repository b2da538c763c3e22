#include "session/file_name.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "session/limits.hpp"

namespace telltale::session {
namespace {

/// Longer ones are no extensions.
constexpr std::size_t kExtensionBytes = 16;

char32_t code_point(std::string_view sequence) noexcept {
  const auto first = static_cast<unsigned char>(sequence.front());
  char32_t value = sequence.size() == 1 ? first : first & (0xffu >> (sequence.size() + 1));
  for (const char c : sequence.substr(1)) value = value << 6 | (static_cast<unsigned char>(c) & 0x3fu);
  return value;
}

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
    const auto length = base::utf8_length(given);
    const auto sequence = given.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0 || misleads(code_point(sequence))) {
      name += '_';
    } else {
      name += sequence;
    }
    given.remove_prefix(sequence.size());
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
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    return wanted == 'x' ? hex : c == '-';
  });
}

}  // namespace telltale::session

#pragma once

// Keys by name, and the events that a keyboard of the US layout would cause.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace telltale::page {

enum class MouseButton { left, middle, right, back, forward };

/// Name on the wire of Input.dispatchMouseEvent.
std::string_view to_string(MouseButton button) noexcept;
/// Its bit in `buttons`.
std::int64_t bit_of(MouseButton button) noexcept;

/// Those held down: the bits of the Input domain.
struct Modifiers {
  static constexpr std::int64_t kAlt = 1;
  static constexpr std::int64_t kControl = 2;
  static constexpr std::int64_t kMeta = 4;
  static constexpr std::int64_t kShift = 8;
  std::int64_t bits = 0;
};

struct Key {
  std::string key;   ///< KeyboardEvent.key
  std::string code;  ///< KeyboardEvent.code
  std::int64_t key_code = 0;
  std::string text;  ///< what it types; empty: nothing
  std::int64_t location = 0;
  std::int64_t modifier = 0;  ///< its own bit, of a modifier key
};

/// Keys pressed together, modifiers first.
using KeyChord = std::vector<Key>;

/// One key by its KeyboardEvent.key (`Enter`, `a`, `ArrowUp`), its code (`KeyA`), or its X11 keysym (`Return`,
/// `ctrl`, `Page_Down`), without regard to case. nullopt: there is none of that name.
std::optional<Key> key_of(std::string_view name);
/// Keys joined by `+`: `Control+Shift+a`, `ctrl+l`, `+`. Errors: invalid_argument that names the key.
base::Result<KeyChord> parse_chord(std::string_view text);
/// What the key is while Shift is held: `a` is `A`.
Key shifted(Key key);
/// The key that types the character, with Shift if need be; nullopt: none does.
std::optional<KeyChord> chord_typing(char32_t character);

}  // namespace telltale::page

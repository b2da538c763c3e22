#include "page/keys.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"

namespace telltale::page {
namespace {

struct Definition {
  std::string_view key;
  std::string_view code;
  std::int64_t key_code;
  std::string_view text{};
  std::int64_t location = 0;
  std::int64_t modifier = 0;
};

// Of a keyboard with the US layout; the key codes are those of KeyboardEvent.keyCode in Chromium.
constexpr std::array kNamed = {
    Definition{"Enter", "Enter", 13, "\r"},
    Definition{"Tab", "Tab", 9},
    Definition{"Backspace", "Backspace", 8},
    Definition{"Delete", "Delete", 46},
    Definition{"Insert", "Insert", 45},
    Definition{"Escape", "Escape", 27},
    Definition{" ", "Space", 32, " "},
    Definition{"ArrowLeft", "ArrowLeft", 37},
    Definition{"ArrowUp", "ArrowUp", 38},
    Definition{"ArrowRight", "ArrowRight", 39},
    Definition{"ArrowDown", "ArrowDown", 40},
    Definition{"Home", "Home", 36},
    Definition{"End", "End", 35},
    Definition{"PageUp", "PageUp", 33},
    Definition{"PageDown", "PageDown", 34},
    Definition{"CapsLock", "CapsLock", 20},
    Definition{"NumLock", "NumLock", 144},
    Definition{"ScrollLock", "ScrollLock", 145},
    Definition{"Pause", "Pause", 19},
    Definition{"PrintScreen", "PrintScreen", 44},
    Definition{"ContextMenu", "ContextMenu", 93},
    Definition{"Shift", "ShiftLeft", 16, {}, 1, Modifiers::kShift},
    Definition{"Control", "ControlLeft", 17, {}, 1, Modifiers::kControl},
    Definition{"Alt", "AltLeft", 18, {}, 1, Modifiers::kAlt},
    Definition{"Meta", "MetaLeft", 91, {}, 1, Modifiers::kMeta},
    Definition{"Shift", "ShiftRight", 16, {}, 2, Modifiers::kShift},
    Definition{"Control", "ControlRight", 17, {}, 2, Modifiers::kControl},
    Definition{"Alt", "AltRight", 18, {}, 2, Modifiers::kAlt},
    Definition{"Meta", "MetaRight", 92, {}, 2, Modifiers::kMeta},
    Definition{"AltGraph", "AltGraph", 225},
    Definition{"F1", "F1", 112},
    Definition{"F2", "F2", 113},
    Definition{"F3", "F3", 114},
    Definition{"F4", "F4", 115},
    Definition{"F5", "F5", 116},
    Definition{"F6", "F6", 117},
    Definition{"F7", "F7", 118},
    Definition{"F8", "F8", 119},
    Definition{"F9", "F9", 120},
    Definition{"F10", "F10", 121},
    Definition{"F11", "F11", 122},
    Definition{"F12", "F12", 123},
};

// Other names of the same keys: X11 keysyms as xdotool takes them, and what people write.
constexpr std::array<std::pair<std::string_view, std::string_view>, 45> kAliases{
    {{"Return", "Enter"},         {"KP_Enter", "Enter"},      {"Linefeed", "Enter"},
     {"Del", "Delete"},                   {"Esc", "Escape"},
     {"Spacebar", "Space"},       {"Left", "ArrowLeft"},      {"Up", "ArrowUp"},
     {"Right", "ArrowRight"},     {"Down", "ArrowDown"},      {"Page_Up", "PageUp"},
     {"Prior", "PageUp"},         {"Page_Down", "PageDown"},  {"Next", "PageDown"},
     {"Caps_Lock", "CapsLock"},   {"Num_Lock", "NumLock"},    {"Scroll_Lock", "ScrollLock"},
     {"Print", "PrintScreen"},    {"Menu", "ContextMenu"},    {"Shift_L", "ShiftLeft"},
     {"Shift_R", "ShiftRight"},   {"Control_L", "ControlLeft"}, {"Control_R", "ControlRight"},
     {"Ctrl", "Control"},         {"Alt_L", "AltLeft"},       {"Alt_R", "AltRight"},
     {"Option", "Alt"},           {"Meta_L", "MetaLeft"},     {"Meta_R", "MetaRight"},
     {"Super", "Meta"},           {"Super_L", "MetaLeft"},    {"Super_R", "MetaRight"},
     {"Win", "Meta"},             {"Cmd", "Meta"},            {"Command", "Meta"},
     {"ControlOrMeta", "Control"}, {"ISO_Level3_Shift", "AltGraph"}, {"plus", "+"},
     {"minus", "-"},              {"equal", "="},             {"comma", ","},
     {"period", "."},             {"slash", "/"},             {"semicolon", ";"},
     {"underscore", "_"}}};

struct Printable {
  char plain;
  char shifted;
  std::string_view code;
  std::int64_t key_code;
};

constexpr std::array kPrintable = {
    Printable{'`', '~', "Backquote", 192},  Printable{'1', '!', "Digit1", 49},
    Printable{'2', '@', "Digit2", 50},      Printable{'3', '#', "Digit3", 51},
    Printable{'4', '$', "Digit4", 52},      Printable{'5', '%', "Digit5", 53},
    Printable{'6', '^', "Digit6", 54},      Printable{'7', '&', "Digit7", 55},
    Printable{'8', '*', "Digit8", 56},      Printable{'9', '(', "Digit9", 57},
    Printable{'0', ')', "Digit0", 48},      Printable{'-', '_', "Minus", 189},
    Printable{'=', '+', "Equal", 187},      Printable{'[', '{', "BracketLeft", 219},
    Printable{']', '}', "BracketRight", 221}, Printable{'\\', '|', "Backslash", 220},
    Printable{';', ':', "Semicolon", 186},  Printable{'\'', '"', "Quote", 222},
    Printable{',', '<', "Comma", 188},      Printable{'.', '>', "Period", 190},
    Printable{'/', '?', "Slash", 191}};

Key to_key(const Definition& definition) {
  return {std::string(definition.key), std::string(definition.code), definition.key_code,
          std::string(definition.text), definition.location, definition.modifier};
}

Key printable_key(char character, std::string_view code, std::int64_t key_code) {
  const std::string text(1, character);
  return {text, std::string(code), key_code, text, 0, 0};
}

// The key under `character`, and whether it needs Shift.
std::optional<std::pair<Key, bool>> key_under(char character) {
  const bool upper = character >= 'A' && character <= 'Z';
  if (upper || (character >= 'a' && character <= 'z')) {
    const char capital = upper ? character : static_cast<char>(character - 'a' + 'A');
    return std::pair{printable_key(character, std::string("Key") + capital, capital), upper};
  }
  for (const auto& entry : kPrintable) {
    if (entry.plain == character) return std::pair{printable_key(character, entry.code, entry.key_code), false};
    if (entry.shifted == character) return std::pair{printable_key(character, entry.code, entry.key_code), true};
  }
  return std::nullopt;
}

std::optional<Key> by_code(std::string_view code) {
  if (code.size() == 4 && base::same_name(code.substr(0, 3), "Key")) {
    if (auto found = key_under(base::ascii_lower(code[3]))) return found->first;
  }
  for (const auto& entry : kPrintable) {
    if (base::same_name(entry.code, code)) return printable_key(entry.plain, entry.code, entry.key_code);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(MouseButton button) noexcept {
  constexpr std::array<std::string_view, 5> kNames{"left", "middle", "right", "back", "forward"};
  return kNames[static_cast<std::size_t>(button)];
}

std::int64_t bit_of(MouseButton button) noexcept {
  constexpr std::array<std::int64_t, 5> kBits{1, 4, 2, 8, 16};
  return kBits[static_cast<std::size_t>(button)];
}

std::optional<Key> key_of(std::string_view name) {
  if (name.size() == 1 && name != " ") {
    auto found = key_under(name.front());
    if (!found) return std::nullopt;
    return std::move(found->first);
  }
  for (const auto& definition : kNamed) {
    if (base::same_name(definition.key, name) || base::same_name(definition.code, name)) return to_key(definition);
  }
  for (const auto& [alias, meant] : kAliases) {
    if (base::same_name(alias, name)) return key_of(meant);
  }
  return by_code(name);
}

base::Result<KeyChord> parse_chord(std::string_view text) {
  KeyChord chord;
  const auto add = [&](std::string_view name) -> base::Result<void> {
    auto key = key_of(name);
    if (!key) {
      return base::fail(base::Errc::invalid_argument,
                        "there is no key '" + std::string(name) +
                            "': use a character, or a name such as Enter, Tab, Escape, ArrowDown, F5, or "
                            "Control+a");
    }
    chord.push_back(std::move(*key));
    return {};
  };
  // The plus key itself can only be the last one: "+", "Control++".
  const bool plus = text == "+" || text.ends_with("++");
  if (plus) text.remove_suffix(std::min<std::size_t>(text.size(), 2));
  while (!text.empty() || (chord.empty() && !plus)) {
    const auto end = std::min(text.find('+'), text.size());
    if (auto added = add(text.substr(0, end)); !added) return std::unexpected(added.error());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (plus) chord.push_back(*key_of("+"));
  std::ranges::stable_partition(chord, [](const Key& key) { return key.modifier != 0; });
  return chord;
}

Key shifted(Key key) {
  if (key.key.size() != 1) return key;
  const char plain = key.key.front();
  if (plain >= 'a' && plain <= 'z') {
    key.key = std::string(1, static_cast<char>(plain - 'a' + 'A'));
  } else {
    const auto* entry = std::ranges::find(kPrintable, plain, &Printable::plain);
    if (entry == kPrintable.end()) return key;
    key.key = std::string(1, entry->shifted);
  }
  key.text = key.key;
  return key;
}

std::optional<KeyChord> chord_typing(char32_t character) {
  if (character == U'\n' || character == U'\r') return KeyChord{*key_of("Enter")};
  if (character == U'\t') return KeyChord{*key_of("Tab")};
  if (character == U' ') return KeyChord{*key_of("Space")};
  if (character >= 0x80) return std::nullopt;
  auto found = key_under(static_cast<char>(character));
  if (!found) return std::nullopt;
  KeyChord chord;
  if (found->second) chord.push_back(*key_of("Shift"));
  chord.push_back(std::move(found->first));
  return chord;
}

}  // namespace telltale::page

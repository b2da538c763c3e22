#pragma once

// Input domain: trusted events of mouse and keyboard, as in Chromium 156.

#include <cstdint>
#include <optional>
#include <string>

#include "base/describe.hpp"

namespace telltale::cdp::input {

using base::field;
using base::table;

struct DispatchMouseEvent {
  static constexpr std::string_view kMethod = "Input.dispatchMouseEvent";
  std::string type;
  double x = 0;
  double y = 0;
  std::int64_t modifiers = 0;
  std::string button = "none";
  std::int64_t buttons = 0;
  std::int64_t click_count = 0;
  std::optional<double> delta_x;
  std::optional<double> delta_y;

  static constexpr auto describe() {
    using T = DispatchMouseEvent;
    return table<T>(kMethod, field("type", &T::type, "mousePressed, mouseReleased, mouseMoved, mouseWheel"),
                    field("x", &T::x, "of the page's viewport").unit("CSS px"),
                    field("y", &T::y, "").unit("CSS px"),
                    field("modifiers", &T::modifiers, "1 Alt, 2 Control, 4 Meta, 8 Shift"),
                    field("button", &T::button, "none, left, middle, right, back, forward"),
                    field("buttons", &T::buttons, "those that are down: 1, 4, 2, 8, 16"),
                    field("clickCount", &T::click_count, "2 makes a double click"),
                    field("deltaX", &T::delta_x, "of the wheel").unit("CSS px"),
                    field("deltaY", &T::delta_y, "").unit("CSS px"));
  }
};

struct DispatchKeyEvent {
  static constexpr std::string_view kMethod = "Input.dispatchKeyEvent";
  std::string type;
  std::int64_t modifiers = 0;
  std::string key;
  std::string code;
  std::int64_t windows_virtual_key_code = 0;
  std::optional<std::string> text;
  std::int64_t location = 0;

  static constexpr auto describe() {
    using T = DispatchKeyEvent;
    return table<T>(kMethod, field("type", &T::type, "keyDown, rawKeyDown (no text), keyUp"),
                    field("modifiers", &T::modifiers, "1 Alt, 2 Control, 4 Meta, 8 Shift"),
                    field("key", &T::key, "KeyboardEvent.key"), field("code", &T::code, "KeyboardEvent.code"),
                    field("windowsVirtualKeyCode", &T::windows_virtual_key_code, "KeyboardEvent.keyCode"),
                    field("text", &T::text, "what it types"),
                    field("location", &T::location, "1 left, 2 right, 3 number pad"));
  }
};

struct InsertText {
  static constexpr std::string_view kMethod = "Input.insertText";
  std::string text;

  static constexpr auto describe() {
    return table<InsertText>(kMethod, field("text", &InsertText::text, "as an input method would"));
  }
};

struct SetFocusEmulationEnabled {
  static constexpr std::string_view kMethod = "Emulation.setFocusEmulationEnabled";
  bool enabled = true;

  static constexpr auto describe() {
    using T = SetFocusEmulationEnabled;
    return table<T>(kMethod, field("enabled", &T::enabled, "the page believes itself in front"));
  }
};

}  // namespace telltale::cdp::input

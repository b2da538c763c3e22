#pragma once

// Bodies of Kernel's computer controls. Coordinates are CSS px of the page's viewport: a headless browser has no screen.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"

namespace telltale::api {

enum class ButtonName { left, right, middle, back, forward };

constexpr auto describe_enum(ButtonName) {
  using base::EnumName;
  using enum ButtonName;
  return std::array{EnumName{left, "left"}, EnumName{right, "right"}, EnumName{middle, "middle"},
                    EnumName{back, "back"}, EnumName{forward, "forward"}};
}

enum class DragButton { left, middle, right };

constexpr auto describe_enum(DragButton) {
  using base::EnumName;
  using enum DragButton;
  return std::array{EnumName{left, "left"}, EnumName{middle, "middle"}, EnumName{right, "right"}};
}

enum class ClickType { down, up, click };

constexpr auto describe_enum(ClickType) {
  using base::EnumName;
  using enum ClickType;
  return std::array{EnumName{down, "down"}, EnumName{up, "up"}, EnumName{click, "click"}};
}

inline constexpr double kLargestCoordinate = 100'000;
inline constexpr std::string_view kHoldKeysDoc = "Modifier keys held down meanwhile, e.g. `Shift`, `ctrl`.";

struct ClickMouseRequest {
  double x = 0;
  double y = 0;
  std::optional<ButtonName> button;
  std::optional<ClickType> click_type;
  std::optional<std::vector<std::string>> hold_keys;
  std::optional<std::int64_t> num_clicks;

  static constexpr auto describe() {
    using base::field;
    using T = ClickMouseRequest;
    return base::table<T>("Where to click.", field("x", &T::x, "").unit("CSS px").range(0, kLargestCoordinate),
                          field("y", &T::y, "").unit("CSS px").range(0, kLargestCoordinate),
                          field("button", &T::button, "Default left."),
                          field("click_type", &T::click_type, "Default click: down and up."),
                          field("hold_keys", &T::hold_keys, kHoldKeysDoc).range(0, 8),
                          field("num_clicks", &T::num_clicks, "2 is a double click; default 1.").range(1, 10));
  }
};

struct MoveMouseRequest {
  double x = 0;
  double y = 0;
  std::optional<std::int64_t> duration_ms;
  std::optional<std::vector<std::string>> hold_keys;
  std::optional<bool> smooth;

  static constexpr auto describe() {
    using base::field;
    using T = MoveMouseRequest;
    return base::table<T>("Where to move.", field("x", &T::x, "").unit("CSS px").range(0, kLargestCoordinate),
                          field("y", &T::y, "").unit("CSS px").range(0, kLargestCoordinate),
                          field("duration_ms", &T::duration_ms, "Of a smooth move; absent: by its length.")
                              .unit("ms")
                              .range(0, 5'000),
                          field("hold_keys", &T::hold_keys, kHoldKeysDoc).range(0, 8),
                          field("smooth", &T::smooth, "Default true: along a slight curve. False: at once."));
  }
};

struct DragMouseRequest {
  std::vector<std::vector<double>> path;
  std::optional<DragButton> button;
  std::optional<std::int64_t> delay;
  std::optional<std::int64_t> duration_ms;
  std::optional<std::vector<std::string>> hold_keys;
  std::optional<bool> smooth;
  std::optional<std::int64_t> step_delay_ms;
  std::optional<std::int64_t> steps_per_segment;

  static constexpr auto describe() {
    using base::field;
    using T = DragMouseRequest;
    return base::table<T>(
        "Along which points to drag.", field("path", &T::path, "Points [x, y] in CSS px, two at least.").range(2, 1'000),
        field("button", &T::button, "left (default), middle or right."),
        field("delay", &T::delay, "Between pressing the button and the first move.").unit("ms").range(0, 5'000),
        field("duration_ms", &T::duration_ms, "Of the whole drag while smooth; absent: by its length.").unit("ms").range(0, 10'000),
        field("hold_keys", &T::hold_keys, kHoldKeysDoc).range(0, 8),
        field("smooth", &T::smooth, "True: along a slight curve, slow at its ends; the steps are then not counted."),
        field("step_delay_ms", &T::step_delay_ms, "After each move; default 0.").unit("ms").range(0, 1'000),
        field("steps_per_segment", &T::steps_per_segment, "Moves between two points; default 10.").range(1, 100));
  }
};

struct PressKeyRequest {
  std::vector<std::string> keys;
  std::optional<std::int64_t> duration;
  std::optional<std::vector<std::string>> hold_keys;

  static constexpr auto describe() {
    using base::field;
    using T = PressKeyRequest;
    return base::table<T>("Which keys.",
                          field("keys", &T::keys,
                                "One after the other; each a key or keys together: `Return`, `Ctrl+t`, `a`.")
                              .range(1, 100),
                          field("duration", &T::duration, "How long each is held; default 0.").unit("ms").range(0, 5'000),
                          field("hold_keys", &T::hold_keys, kHoldKeysDoc).range(0, 8));
  }
};

struct ScrollMouseRequest {
  double x = 0;
  double y = 0;
  std::optional<double> delta_x;
  std::optional<double> delta_y;
  std::optional<std::vector<std::string>> hold_keys;

  static constexpr auto describe() {
    using base::field;
    using T = ScrollMouseRequest;
    return base::table<T>("Where and how far to turn the wheel.",
                          field("x", &T::x, "").unit("CSS px").range(0, kLargestCoordinate),
                          field("y", &T::y, "").unit("CSS px").range(0, kLargestCoordinate),
                          field("delta_x", &T::delta_x, "Notches of the wheel; positive: to the right.").range(-1'000, 1'000),
                          field("delta_y", &T::delta_y, "Notches of the wheel; positive: down.").range(-1'000, 1'000),
                          field("hold_keys", &T::hold_keys, kHoldKeysDoc).range(0, 8));
  }
};

struct TypeTextRequest {
  std::string text;
  std::optional<std::int64_t> delay;

  static constexpr auto describe() {
    using base::field;
    using T = TypeTextRequest;
    return base::table<T>("What to type at the focus.", field("text", &T::text, "").range(0, 20'000),
                          field("delay", &T::delay, "Between two keys; default 0.").unit("ms").range(0, 5'000));
  }
};

struct ScreenshotRegion {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  static constexpr auto describe() {
    using base::field;
    using T = ScreenshotRegion;
    return base::table<T>("A part of what is seen.",
                          field("x", &T::x, "").unit("CSS px").range(0, kLargestCoordinate),
                          field("y", &T::y, "").unit("CSS px").range(0, kLargestCoordinate),
                          field("width", &T::width, "").unit("CSS px").range(1, 16'384),
                          field("height", &T::height, "").unit("CSS px").range(1, 16'384));
  }
};

struct CaptureScreenshotRequest {
  std::optional<ScreenshotRegion> region;

  static constexpr auto describe() {
    using T = CaptureScreenshotRequest;
    return base::table<T>("Which picture.", base::field("region", &T::region, "Absent: all of the viewport."));
  }
};

struct MousePosition {
  std::int64_t x = 0;
  std::int64_t y = 0;

  static constexpr auto describe() {
    using T = MousePosition;
    return base::table<T>("Where the mouse is.", base::field("x", &T::x, "").unit("CSS px"),
                          base::field("y", &T::y, "").unit("CSS px"));
  }
};

}  // namespace telltale::api

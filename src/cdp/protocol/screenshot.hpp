#pragma once

// Page.captureScreenshot and what it needs to know, as in Chromium 156.

#include <cstdint>
#include <optional>
#include <string>

#include "base/describe.hpp"

namespace telltale::cdp::page {

/// A part of the page, in CSS px of the document.
struct Clip {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  double scale = 1;

  static constexpr auto describe() {
    using base::field;
    return base::table<Clip>(
        "Page.Viewport", field("x", &Clip::x, "").unit("CSS px"), field("y", &Clip::y, "").unit("CSS px"),
        field("width", &Clip::width, "").unit("CSS px"), field("height", &Clip::height, "").unit("CSS px"),
        field("scale", &Clip::scale, "of the picture"));
  }
};

struct CaptureScreenshot {
  static constexpr std::string_view kMethod = "Page.captureScreenshot";
  std::string format = "png";
  std::optional<std::int64_t> quality;
  std::optional<Clip> clip;
  std::optional<bool> capture_beyond_viewport;

  static constexpr auto describe() {
    using T = CaptureScreenshot;
    return base::table<T>(kMethod, base::field("format", &T::format, "png, jpeg, webp"),
                          base::field("quality", &T::quality, "0 to 100, not of png"),
                          base::field("clip", &T::clip, "absent: what the viewport shows"),
                          base::field("captureBeyondViewport", &T::capture_beyond_viewport, ""));
  }
};

struct CaptureScreenshotResult {
  std::string data;

  static constexpr auto describe() {
    using T = CaptureScreenshotResult;
    return base::table<T>("Page.captureScreenshot result", base::field("data", &T::data, "base64"));
  }
};

struct GetLayoutMetrics {
  static constexpr std::string_view kMethod = "Page.getLayoutMetrics";
  static constexpr auto describe() { return base::table<GetLayoutMetrics>(kMethod); }
};

struct VisualViewport {
  double page_x = 0;
  double page_y = 0;
  double client_width = 0;
  double client_height = 0;

  static constexpr auto describe() {
    using base::field;
    using T = VisualViewport;
    return base::table<T>("Page.VisualViewport",
                          field("pageX", &T::page_x, "place in the document").unit("CSS px"),
                          field("pageY", &T::page_y, "").unit("CSS px"),
                          field("clientWidth", &T::client_width, "").unit("CSS px"),
                          field("clientHeight", &T::client_height, "").unit("CSS px"),
                          base::ignored("offsetX", "pageX has it"), base::ignored("offsetY", "pageY has it"),
                          base::ignored("scale", "the sizes have it"), base::ignored("zoom", "unused"));
  }
};

struct Area {
  double width = 0;
  double height = 0;

  static constexpr auto describe() {
    return base::table<Area>("DOM.Rect", base::field("width", &Area::width, "").unit("CSS px"),
                             base::field("height", &Area::height, "").unit("CSS px"),
                             base::ignored("x", "0"), base::ignored("y", "0"));
  }
};

struct GetLayoutMetricsResult {
  VisualViewport css_visual_viewport;
  std::optional<Area> css_content_size;

  static constexpr auto describe() {
    using T = GetLayoutMetricsResult;
    return base::table<T>(
        "Page.getLayoutMetrics result", base::field("cssVisualViewport", &T::css_visual_viewport, ""),
        base::ignored("layoutViewport", "in device px"), base::ignored("visualViewport", "in device px"),
        base::field("cssContentSize", &T::css_content_size, "of the whole document"),
        base::ignored("contentSize", "in device px"), base::ignored("cssLayoutViewport", "unused"));
  }
};

}  // namespace telltale::cdp::page

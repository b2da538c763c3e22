#pragma once

// Events of the category `page`.

#include <cstdint>
#include <optional>
#include <string>

#include "telemetry/event_context.hpp"
#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

/// Has no EventContext: it opens the navigation whose number the following events carry.
struct PageNavigation {
  CdpSessionId session_id;
  TargetId target_id;
  TargetType target_type = TargetType::page;
  std::string url;
  FrameId frame_id;
  LoaderId loader_id;
  std::optional<FrameId> parent_frame_id;

  static constexpr EventType kEvent{.name = "page_navigation",
                                    .category = Category::page,
                                    .source = "Page.frameNavigated",
                                    .doc = "A frame has committed a new document; iframes included."};

  static constexpr auto describe() {
    using base::field;
    return base::table<PageNavigation>(
        kEvent.doc, field("session_id", &PageNavigation::session_id, "Flattened CDP session."),
        field("target_id", &PageNavigation::target_id, "CDP target."),
        field("target_type", &PageNavigation::target_type, "Kind of the target."),
        field("url", &PageNavigation::url, "URL of the new document."),
        field("frame_id", &PageNavigation::frame_id, "The frame that navigated."),
        field("loader_id", &PageNavigation::loader_id, "Loader of the new document."),
        field("parent_frame_id", &PageNavigation::parent_frame_id,
              "Parent of the frame; absent for top-level ones."));
  }
};

struct PageDomContentLoaded {
  EventContext context;
  double cdp_timestamp = 0;

  static constexpr EventType kEvent{.name = "page_dom_content_loaded",
                                    .category = Category::page,
                                    .source = "Page.domContentEventFired",
                                    .doc = "The document is parsed (DOMContentLoaded)."};

  static constexpr auto describe() {
    return base::table<PageDomContentLoaded>(
        kEvent.doc, base::flatten(&PageDomContentLoaded::context),
        base::field("cdp_timestamp", &PageDomContentLoaded::cdp_timestamp,
                    "When, on Chrome's monotonic clock.")
            .unit("s"));
  }
};

struct PageLoad {
  EventContext context;
  double cdp_timestamp = 0;

  static constexpr EventType kEvent{.name = "page_load",
                                    .category = Category::page,
                                    .source = "Page.loadEventFired",
                                    .doc = "The document and its resources are loaded (load event)."};

  static constexpr auto describe() {
    return base::table<PageLoad>(
        kEvent.doc, base::flatten(&PageLoad::context),
        base::field("cdp_timestamp", &PageLoad::cdp_timestamp, "When, on Chrome's monotonic clock.")
            .unit("s"));
  }
};

struct PageTabOpened {
  TargetId target_id;
  TargetType target_type = TargetType::page;
  std::string url;
  std::optional<std::string> title;
  std::optional<TargetId> opener_id;

  static constexpr EventType kEvent{
      .name = "page_tab_opened",
      .category = Category::page,
      .source = "Target.attachedToTarget",
      .doc = "A tab exists: a new one, or one that was open when capturing started. Once per attachment."};

  static constexpr auto describe() {
    using base::field;
    return base::table<PageTabOpened>(
        kEvent.doc, field("target_id", &PageTabOpened::target_id, "CDP target."),
        field("target_type", &PageTabOpened::target_type, "Kind of the target."),
        field("url", &PageTabOpened::url, "URL at that moment."),
        field("title", &PageTabOpened::title, "Title at that moment."),
        field("opener_id", &PageTabOpened::opener_id, "The target that opened it."));
  }
};

struct LayoutShiftDetails {
  double value = 0;
  bool had_recent_input = false;

  static constexpr auto describe() {
    using base::field;
    return base::table<LayoutShiftDetails>(
        "One entry of the Layout Instability API.",
        field("value", &LayoutShiftDetails::value, "Layout shift score."),
        field("had_recent_input", &LayoutShiftDetails::had_recent_input,
              "Whether the user acted in the 500 ms before; such shifts do not count for CLS."));
  }
};

struct PageLayoutShift {
  EventContext context;
  FrameId source_frame_id;
  std::optional<double> time;
  double duration = 0;
  std::optional<LayoutShiftDetails> layout_shift_details;

  static constexpr EventType kEvent{
      .name = "page_layout_shift",
      .category = Category::page,
      .source = "PerformanceTimeline.timelineEventAdded",
      .doc = "Visible content moved. One event per entry; page_vitals has the CLS."};

  static constexpr auto describe() {
    using base::field;
    return base::table<PageLayoutShift>(
        kEvent.doc, base::flatten(&PageLayoutShift::context),
        field("source_frame_id", &PageLayoutShift::source_frame_id, "The frame whose content moved."),
        field("time", &PageLayoutShift::time,
              "When, since the time origin of the document; absent when that is not known.")
            .unit("ms"),
        field("duration", &PageLayoutShift::duration, "Always 0 for layout shifts.").unit("ms"),
        field("layout_shift_details", &PageLayoutShift::layout_shift_details, "The shift."));
  }
};

struct LcpDetails {
  std::optional<double> render_time;
  std::optional<double> load_time;
  double size = 0;
  std::optional<std::string> element_id;
  std::optional<std::string> url;
  std::optional<std::int64_t> node_id;

  static constexpr auto describe() {
    using base::field;
    return base::table<LcpDetails>(
        "One entry of the Largest Contentful Paint API.",
        field("render_time", &LcpDetails::render_time,
              "When it was painted, since the time origin of the document.")
            .unit("ms"),
        field("load_time", &LcpDetails::load_time,
              "When its resource was loaded, since the time origin; absent for text.")
            .unit("ms"),
        field("size", &LcpDetails::size, "Visible area of the element.").unit("CSS px²"),
        field("element_id", &LcpDetails::element_id, "`id` attribute of the element."),
        field("url", &LcpDetails::url, "URL of an image."),
        field("node_id", &LcpDetails::node_id, "CDP backend node id of the element."));
  }
};

struct PageLcp {
  EventContext context;
  FrameId source_frame_id;
  std::optional<double> time;
  std::optional<LcpDetails> lcp_details;

  static constexpr EventType kEvent{
      .name = "page_lcp",
      .category = Category::page,
      .source = "PerformanceTimeline.timelineEventAdded",
      .doc = "A candidate for the largest contentful paint; the last one before the first input is the LCP."};

  static constexpr auto describe() {
    using base::field;
    return base::table<PageLcp>(
        kEvent.doc, base::flatten(&PageLcp::context),
        field("source_frame_id", &PageLcp::source_frame_id, "The frame that was painted."),
        field("time", &PageLcp::time,
              "When, since the time origin of the document; absent when that is not known.")
            .unit("ms"),
        field("lcp_details", &PageLcp::lcp_details, "The element."));
  }
};

struct PageLayoutSettled {
  EventContext context;

  static constexpr EventType kEvent{
      .name = "page_layout_settled",
      .category = Category::page,
      .doc =
          "No layout shift for 1 s after the load event, or 10 s after it if the page never stops shifting; "
          "once per top-level navigation. Computed."};

  static constexpr auto describe() {
    return base::table<PageLayoutSettled>(kEvent.doc, base::flatten(&PageLayoutSettled::context));
  }
};

struct PageNavigationSettled {
  EventContext context;

  static constexpr EventType kEvent{
      .name = "page_navigation_settled",
      .category = Category::page,
      .doc =
          "DOMContentLoaded and page_layout_settled have both happened; once per "
          "top-level navigation, independent of network_idle. Computed."};

  static constexpr auto describe() {
    return base::table<PageNavigationSettled>(kEvent.doc, base::flatten(&PageNavigationSettled::context));
  }
};

}  // namespace telltale::telemetry

#pragma once

// Page, Inspector, PerformanceTimeline and Log domains, as Chromium 156 sends them.

#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"

namespace telltale::cdp::page {

using base::field;
using base::ignored;
using base::table;

struct Frame {
  base::FrameId id;
  std::optional<base::FrameId> parent_id;
  base::LoaderId loader_id;
  std::string url;
  std::optional<std::string> url_fragment;

  static constexpr auto describe() {
    return table<Frame>(
        "Page.Frame", field("id", &Frame::id, ""),
        field("parentId", &Frame::parent_id, "absent for a main frame"),
        field("loaderId", &Frame::loader_id, ""), field("url", &Frame::url, "without the fragment"),
        field("urlFragment", &Frame::url_fragment, "with the #"), ignored("name", "unused"),
        ignored("domainAndRegistry", "unused"), ignored("securityOrigin", "unused"),
        ignored("securityOriginDetails", "unused"), ignored("mimeType", "the document's response has it"),
        ignored("adFrameStatus", "unused"), ignored("secureContextType", "unused"),
        ignored("crossOriginIsolatedContextType", "unused"), ignored("gatedAPIFeatures", "unused"),
        ignored("unreachableUrl", "unused"));
  }
};

struct FrameTree {
  Frame frame;
  std::optional<std::vector<FrameTree>> child_frames;

  static constexpr auto describe() {
    return table<FrameTree>("Page.FrameTree", field("frame", &FrameTree::frame, ""),
                            field("childFrames", &FrameTree::child_frames, ""));
  }
};

struct FrameNavigated {
  static constexpr std::string_view kMethod = "Page.frameNavigated";
  Frame frame;
  std::optional<std::string> type;

  /// From the back/forward cache: the document that was left there goes on.
  [[nodiscard]] bool restored() const { return type == "BackForwardCacheRestore"; }

  static constexpr auto describe() {
    return table<FrameNavigated>(kMethod, field("frame", &FrameNavigated::frame, ""),
                                 field("type", &FrameNavigated::type, "Navigation or BackForwardCacheRestore"));
  }
};

struct FrameDetached {
  static constexpr std::string_view kMethod = "Page.frameDetached";
  base::FrameId frame_id;
  std::string reason;

  static constexpr auto describe() {
    return table<FrameDetached>(
        kMethod, field("frameId", &FrameDetached::frame_id, ""),
        field("reason", &FrameDetached::reason, "remove, or swap to another process"));
  }
};

/// The address of a document changed without a navigation: history API or fragment.
struct NavigatedWithinDocument {
  static constexpr std::string_view kMethod = "Page.navigatedWithinDocument";
  base::FrameId frame_id;
  std::string url;
  std::optional<std::string> navigation_type;

  static constexpr auto describe() {
    using T = NavigatedWithinDocument;
    return table<T>(kMethod, field("frameId", &T::frame_id, ""), field("url", &T::url, "with the fragment"),
                    field("navigationType", &T::navigation_type, "fragment, historyApi, other"));
  }
};

struct DomContentEventFired {
  static constexpr std::string_view kMethod = "Page.domContentEventFired";
  double timestamp = 0;

  static constexpr auto describe() {
    return table<DomContentEventFired>(
        kMethod, field("timestamp", &DomContentEventFired::timestamp, "").unit("s, monotonic"));
  }
};

struct LoadEventFired {
  static constexpr std::string_view kMethod = "Page.loadEventFired";
  double timestamp = 0;

  static constexpr auto describe() {
    return table<LoadEventFired>(kMethod,
                                 field("timestamp", &LoadEventFired::timestamp, "").unit("s, monotonic"));
  }
};

struct JavascriptDialogOpening {
  static constexpr std::string_view kMethod = "Page.javascriptDialogOpening";
  std::string url;
  std::string message;
  std::string type;
  std::optional<std::string> default_prompt;

  static constexpr auto describe() {
    using T = JavascriptDialogOpening;
    return table<T>(kMethod, field("url", &T::url, ""), field("message", &T::message, ""),
                    field("type", &T::type, "alert, confirm, prompt, beforeunload"),
                    ignored("frameId", "the dialog is answered on the session"),
                    ignored("hasBrowserHandler", "no window to show it"),
                    field("defaultPrompt", &T::default_prompt, "empty for other types than prompt"));
  }
};

struct JavascriptDialogClosed {
  static constexpr std::string_view kMethod = "Page.javascriptDialogClosed";
  bool result = false;

  static constexpr auto describe() {
    using T = JavascriptDialogClosed;
    return table<T>(kMethod, field("result", &T::result, "accepted"),
                    ignored("userInput", "may hold what a person typed"), ignored("frameId", "unused"));
  }
};

struct LcpDetails {
  double render_time = 0;
  double load_time = 0;
  double size = 0;
  std::optional<std::string> element_id;
  std::optional<std::string> url;
  std::optional<std::int64_t> node_id;

  static constexpr auto describe() {
    using T = LcpDetails;
    return table<T>("PerformanceTimeline.LargestContentfulPaint",
                    field("renderTime", &T::render_time, "").unit("s since the Unix epoch"),
                    field("loadTime", &T::load_time, "0 = not applicable").unit("s since the Unix epoch"),
                    field("size", &T::size, "").unit("CSS px^2"), field("elementId", &T::element_id, ""),
                    field("url", &T::url, ""), field("nodeId", &T::node_id, ""));
  }
};

struct LayoutShiftDetails {
  double value = 0;
  bool had_recent_input = false;

  static constexpr auto describe() {
    using T = LayoutShiftDetails;
    return table<T>("PerformanceTimeline.LayoutShift", field("value", &T::value, "score"),
                    field("hadRecentInput", &T::had_recent_input, ""), ignored("lastInputTime", "unused"),
                    ignored("sources", "node ids that nothing here resolves"));
  }
};

struct TimelineEvent {
  base::FrameId frame_id;
  std::string type;
  double time = 0;
  std::optional<double> duration;
  std::optional<LcpDetails> lcp_details;
  std::optional<LayoutShiftDetails> layout_shift_details;

  static constexpr auto describe() {
    using T = TimelineEvent;
    return table<T>("PerformanceTimeline.TimelineEvent", field("frameId", &T::frame_id, ""),
                    field("type", &T::type, "largest-contentful-paint, layout-shift"),
                    field("time", &T::time, "").unit("s since the Unix epoch"),
                    field("duration", &T::duration, "").unit("s"), field("lcpDetails", &T::lcp_details, ""),
                    field("layoutShiftDetails", &T::layout_shift_details, ""),
                    ignored("name", "always empty"));
  }
};

struct TimelineEventAdded {
  static constexpr std::string_view kMethod = "PerformanceTimeline.timelineEventAdded";
  TimelineEvent event;

  static constexpr auto describe() {
    return table<TimelineEventAdded>(kMethod, field("event", &TimelineEventAdded::event, ""));
  }
};

struct Enable {
  static constexpr std::string_view kMethod = "Page.enable";
  static constexpr auto describe() { return table<Enable>(kMethod); }
};

struct InspectorEnable {
  static constexpr std::string_view kMethod = "Inspector.enable";
  static constexpr auto describe() { return table<InspectorEnable>(kMethod); }
};

/// The renderer of the session's target is gone. Comes on the session itself, of pages and of out-of-process
/// iframes; the session lives on and a reload revives it.
struct TargetCrashed {
  static constexpr std::string_view kMethod = "Inspector.targetCrashed";
  static constexpr auto describe() { return table<TargetCrashed>(kMethod); }
};

struct LogEnable {
  static constexpr std::string_view kMethod = "Log.enable";
  static constexpr auto describe() { return table<LogEnable>(kMethod); }
};

struct PerformanceTimelineEnable {
  static constexpr std::string_view kMethod = "PerformanceTimeline.enable";
  std::vector<std::string> event_types;

  static constexpr auto describe() {
    return table<PerformanceTimelineEnable>(kMethod,
                                            field("eventTypes", &PerformanceTimelineEnable::event_types, ""));
  }
};

struct AddScriptToEvaluateOnNewDocument {
  static constexpr std::string_view kMethod = "Page.addScriptToEvaluateOnNewDocument";
  std::string source;
  std::string world_name;
  bool run_immediately = true;

  static constexpr auto describe() {
    using T = AddScriptToEvaluateOnNewDocument;
    return table<T>(kMethod, field("source", &T::source, ""), field("worldName", &T::world_name, ""),
                    field("runImmediately", &T::run_immediately, "also in documents that are already there"));
  }
};

struct GetFrameTree {
  static constexpr std::string_view kMethod = "Page.getFrameTree";
  static constexpr auto describe() { return table<GetFrameTree>(kMethod); }
};

struct GetFrameTreeResult {
  FrameTree frame_tree;

  static constexpr auto describe() {
    return table<GetFrameTreeResult>("Page.getFrameTree result",
                                     field("frameTree", &GetFrameTreeResult::frame_tree, ""));
  }
};

struct HandleJavaScriptDialog {
  static constexpr std::string_view kMethod = "Page.handleJavaScriptDialog";
  bool accept = false;

  static constexpr auto describe() {
    return table<HandleJavaScriptDialog>(kMethod, field("accept", &HandleJavaScriptDialog::accept, ""));
  }
};

struct SetLifecycleEventsEnabled {
  static constexpr std::string_view kMethod = "Page.setLifecycleEventsEnabled";
  bool enabled = true;

  static constexpr auto describe() {
    using T = SetLifecycleEventsEnabled;
    return table<T>(kMethod, field("enabled", &T::enabled, "those of the present document are repeated"));
  }
};

/// A milestone of a frame's document.
struct LifecycleEvent {
  static constexpr std::string_view kMethod = "Page.lifecycleEvent";
  base::FrameId frame_id;
  base::LoaderId loader_id;
  std::string name;

  static constexpr auto describe() {
    using T = LifecycleEvent;
    return table<T>(kMethod, field("frameId", &T::frame_id, ""), field("loaderId", &T::loader_id, ""),
                    field("name", &T::name, "init, load, networkIdle, ..."),
                    ignored("timestamp", "unused"));
  }
};

struct Reload {
  static constexpr std::string_view kMethod = "Page.reload";
  static constexpr auto describe() { return table<Reload>(kMethod); }
};

struct BringToFront {
  static constexpr std::string_view kMethod = "Page.bringToFront";
  static constexpr auto describe() { return table<BringToFront>(kMethod); }
};

struct GetNavigationHistory {
  static constexpr std::string_view kMethod = "Page.getNavigationHistory";
  static constexpr auto describe() { return table<GetNavigationHistory>(kMethod); }
};

struct NavigationEntry {
  std::int64_t id = 0;

  static constexpr auto describe() {
    return table<NavigationEntry>("Page.NavigationEntry", field("id", &NavigationEntry::id, ""),
                                  ignored("url", "unused"), ignored("userTypedURL", "unused"),
                                  ignored("title", "unused"), ignored("transitionType", "unused"));
  }
};

struct GetNavigationHistoryResult {
  std::int64_t current_index = 0;
  std::vector<NavigationEntry> entries;

  static constexpr auto describe() {
    using T = GetNavigationHistoryResult;
    return table<T>("Page.getNavigationHistory result", field("currentIndex", &T::current_index, ""),
                    field("entries", &T::entries, "oldest first"));
  }
};

struct NavigateToHistoryEntry {
  static constexpr std::string_view kMethod = "Page.navigateToHistoryEntry";
  std::int64_t entry_id = 0;

  static constexpr auto describe() {
    return table<NavigateToHistoryEntry>(kMethod, field("entryId", &NavigateToHistoryEntry::entry_id, ""));
  }
};

struct Navigate {
  static constexpr std::string_view kMethod = "Page.navigate";
  std::string url;

  static constexpr auto describe() { return table<Navigate>(kMethod, field("url", &Navigate::url, "")); }
};

struct NavigateResult {
  std::optional<base::LoaderId> loader_id;
  std::optional<std::string> error_text;
  std::optional<bool> is_download;

  static constexpr auto describe() {
    return table<NavigateResult>(
        "Page.navigate result",
        field("errorText", &NavigateResult::error_text, "net::ERR_... when it failed"),
        field("loaderId", &NavigateResult::loader_id, "absent for a change within the document"),
        field("isDownload", &NavigateResult::is_download, "then errorText is net::ERR_ABORTED"),
        ignored("frameId", "unused"));
  }
};

struct SetInterceptFileChooserDialog {
  static constexpr std::string_view kMethod = "Page.setInterceptFileChooserDialog";
  bool enabled = true;

  static constexpr auto describe() {
    return table<SetInterceptFileChooserDialog>(kMethod,
                                                field("enabled", &SetInterceptFileChooserDialog::enabled, ""));
  }
};

/// Instead of the dialog, while it is intercepted.
struct FileChooserOpened {
  static constexpr std::string_view kMethod = "Page.fileChooserOpened";
  std::string mode;
  std::optional<std::int64_t> backend_node_id;

  static constexpr auto describe() {
    using T = FileChooserOpened;
    return table<T>(kMethod, field("mode", &T::mode, "selectSingle, selectMultiple"),
                    field("backendNodeId", &T::backend_node_id, "the input; absent for showOpenFilePicker"),
                    ignored("frameId", "the session tells"));
  }
};

/// Comes before the request of a navigation, and also where a policy forbids that there be one.
struct FrameStartedNavigating {
  static constexpr std::string_view kMethod = "Page.frameStartedNavigating";
  base::FrameId frame_id;
  std::string url;
  base::LoaderId loader_id;

  static constexpr auto describe() {
    using T = FrameStartedNavigating;
    return table<T>(kMethod, field("frameId", &T::frame_id, ""), field("url", &T::url, ""),
                    field("loaderId", &T::loader_id, "the request's id"), ignored("navigationType", "unused"));
  }
};

/// Of a navigation that the page asks for; comes before its FrameStartedNavigating.
struct FrameRequestedNavigation {
  static constexpr std::string_view kMethod = "Page.frameRequestedNavigation";
  base::FrameId frame_id;
  std::string reason;
  std::string url;

  static constexpr auto describe() {
    using T = FrameRequestedNavigation;
    return table<T>(kMethod, field("frameId", &T::frame_id, ""),
                    field("reason", &T::reason, "formSubmissionPost, initialFrameNavigation, scriptInitiated, ..."),
                    field("url", &T::url, ""), ignored("disposition", "unused"));
  }
};

struct SetDeviceMetricsOverride {
  static constexpr std::string_view kMethod = "Emulation.setDeviceMetricsOverride";
  std::int64_t width = 0;
  std::int64_t height = 0;
  double device_scale_factor = 0;
  bool mobile = false;

  static constexpr auto describe() {
    using T = SetDeviceMetricsOverride;
    return table<T>(kMethod, field("width", &T::width, "").unit("CSS px"),
                    field("height", &T::height, "").unit("CSS px"),
                    field("deviceScaleFactor", &T::device_scale_factor, "0 = the screen's own"),
                    field("mobile", &T::mobile, ""));
  }
};

}  // namespace telltale::cdp::page

#pragma once

// Events of the category `page` that the public contract does not know: telltale's own.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "telemetry/event_context.hpp"
#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

struct PageRouteChanged {
  EventContext context;
  std::optional<std::string> navigation_type;

  static constexpr EventType kEvent{
      .name = "page_route_changed",
      .category = Category::page,
      .source = "Page.navigatedWithinDocument",
      .doc =
          "A document changed its address without a navigation (history API, fragment), as apps do when they "
          "change their route. `url` is the new address and `frame_id` the frame, iframes included; nav_seq "
          "and the `url` of later events stay. telltale's own addition."};

  static constexpr auto describe() {
    return base::table<PageRouteChanged>(kEvent.doc, base::flatten(&PageRouteChanged::context),
                                         base::field("navigation_type", &PageRouteChanged::navigation_type,
                                                     "How, as CDP names it: historyApi, fragment, other."));
  }
};

struct PageDialog {
  EventContext context;
  std::string dialog_type;
  base::Secret<std::string> message;
  std::optional<base::Secret<std::string>> default_prompt;

  static constexpr EventType kEvent{
      .name = "page_dialog",
      .category = Category::page,
      .source = "Page.javascriptDialogOpening",
      .doc =
          "A JavaScript dialog has opened and stops the page until it is answered. telltale's own addition."};

  static constexpr auto describe() {
    using base::field;
    return base::table<PageDialog>(
        kEvent.doc, base::flatten(&PageDialog::context),
        field("dialog_type", &PageDialog::dialog_type, "alert, confirm, prompt or beforeunload."),
        field("message", &PageDialog::message, "What it says."),
        field("default_prompt", &PageDialog::default_prompt, "What the field of a prompt holds at first."));
  }
};

struct PageDialogClosed {
  EventContext context;
  std::string dialog_type;
  bool accepted = false;
  bool answered_by_telltale = false;
  std::int64_t open_ms = 0;

  static constexpr EventType kEvent{
      .name = "page_dialog_closed",
      .category = Category::page,
      .source = "Page.javascriptDialogClosed",
      .doc = "A JavaScript dialog was answered and its page goes on. telltale's own addition."};

  static constexpr auto describe() {
    using base::field;
    return base::table<PageDialogClosed>(
        kEvent.doc, base::flatten(&PageDialogClosed::context),
        field("dialog_type", &PageDialogClosed::dialog_type, "alert, confirm, prompt or beforeunload."),
        field("accepted", &PageDialogClosed::accepted, "The answer: OK, or cancel."),
        field("answered_by_telltale", &PageDialogClosed::answered_by_telltale,
              "Whether telltale has answered it, or another client."),
        field("open_ms", &PageDialogClosed::open_ms, "How long it was open.").unit("ms"));
  }
};

struct PageDownloadStarted {
  EventContext context;
  std::string download_id;
  std::string download_url;
  std::optional<std::string> suggested_filename;
  FrameId source_frame_id;

  static constexpr EventType kEvent{.name = "page_download_started",
                                    .category = Category::page,
                                    .source = "Page.downloadWillBegin",
                                    .doc =
                                        "A page has started a download. headless-shell reports none, and "
                                        "downloads nothing, unless a client "
                                        "has set a download behavior. telltale's own addition."};

  static constexpr auto describe() {
    using base::field;
    using T = PageDownloadStarted;
    return base::table<T>(
        kEvent.doc, base::flatten(&T::context),
        field("download_id", &T::download_id, "Names the download in page_download_finished."),
        field("download_url", &T::download_url, "What is downloaded."),
        field("suggested_filename", &T::suggested_filename, "Name that the server or the page suggests."),
        field("source_frame_id", &T::source_frame_id, "The frame that asked for it."));
  }
};

struct PageDownloadFinished {
  EventContext context;
  std::string download_id;
  std::string download_url;
  std::string state;
  std::int64_t received_bytes = 0;
  std::optional<std::int64_t> total_bytes;

  static constexpr EventType kEvent{
      .name = "page_download_finished",
      .category = Category::page,
      .source = "Page.downloadProgress",
      .doc =
          "A download has ended, one way or the other. Its context is that of the page_download_started. "
          "telltale's own addition."};

  static constexpr auto describe() {
    using base::field;
    using T = PageDownloadFinished;
    return base::table<T>(
        kEvent.doc, base::flatten(&T::context),
        field("download_id", &T::download_id, "As in page_download_started."),
        field("download_url", &T::download_url, "What was downloaded."),
        field("state", &T::state, "completed or canceled; a failure counts as canceled."),
        field("received_bytes", &T::received_bytes, "What has arrived.").unit("bytes"),
        field("total_bytes", &T::total_bytes, "Size of the whole; absent when it is not known.")
            .unit("bytes"));
  }
};

struct PageVitals {
  EventContext context;
  double cls = 0;
  std::optional<double> lcp_ms;
  std::optional<double> inp_ms;
  std::optional<double> fcp_ms;
  std::optional<double> ttfb_ms;

  static constexpr EventType kEvent{
      .name = "page_vitals",
      .category = Category::page,
      .doc =
          "Web vitals of a top-level document, once, when it is over: the tab has navigated on, crashed or "
          "closed, or the session ends. The context is that of the document which is over. A value that the "
          "browser had not reported by then is absent. Computed; telltale's own addition."};

  static constexpr auto describe() {
    using base::field;
    return base::table<PageVitals>(
        kEvent.doc, base::flatten(&PageVitals::context),
        field(
            "cls", &PageVitals::cls,
            "Cumulative layout shift: the largest sum of shifts without recent input that are less than 1 s "
            "apart, over at most 5 s."),
        field("lcp_ms", &PageVitals::lcp_ms,
              "Largest contentful paint: the last candidate, since the time origin of the document.")
            .unit("ms"),
        field(
            "inp_ms", &PageVitals::inp_ms,
            "Interaction to next paint: the longest interaction, leaving out one for every 50. Those shorter "
            "than 16 ms are not measured.")
            .unit("ms"),
        field("fcp_ms", &PageVitals::fcp_ms, "First contentful paint, since the time origin.").unit("ms"),
        field("ttfb_ms", &PageVitals::ttfb_ms,
              "Time to first byte of the document's response, since the time origin.")
            .unit("ms"));
  }
};

/// Has no EventContext: its members are those of the public contract's later versions.
struct PageCrashed {
  TargetId target_id;
  TargetType target_type = TargetType::page;
  std::string url;

  static constexpr EventType kEvent{.name = "page_crashed",
                                    .category = Category::page,
                                    .source = "Inspector.targetCrashed",
                                    .doc =
                                        "The renderer of a page or of an out-of-process iframe is gone. "
                                        "Nothing more comes of it until it is "
                                        "loaded again."};

  static constexpr auto describe() {
    using base::field;
    return base::table<PageCrashed>(
        kEvent.doc, field("target_id", &PageCrashed::target_id, "CDP target."),
        field("target_type", &PageCrashed::target_type, "Kind of the target: page or iframe."),
        field("url", &PageCrashed::url, "What it showed."));
  }
};

}  // namespace telltale::telemetry

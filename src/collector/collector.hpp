#pragma once

// CDP notifications in, telemetry events and commands out. Pure: no socket, no timer, no clock. The same code
// serves live sessions, recorded traces, tests and benchmarks.

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "cdp/notification.hpp"
#include "collector/body_queue.hpp"
#include "collector/download_table.hpp"
#include "collector/error_text.hpp"
#include "collector/held_events.hpp"
#include "collector/limits.hpp"
#include "collector/output.hpp"
#include "collector/page_settings.hpp"
#include "collector/rate_limit.hpp"
#include "collector/request_table.hpp"
#include "collector/restored_page.hpp"
#include "collector/screenshot_slot.hpp"
#include "collector/target_tree.hpp"
#include "collector/websocket_table.hpp"
#include "telemetry/category.hpp"

namespace telltale::collector {

/// A target with frames, for whoever drives it.
struct FrameTarget {
  base::TargetId target;
  base::CdpSessionId session;
  base::CdpSessionId page;  ///< the page that it is, or is part of
  std::string url;          ///< of its document
  base::Time attached;
  bool drivable = false;  ///< see drivable_session(); false only for a moment after it was opened
  bool crashed = false;
  bool network_idle = false;          ///< see PageState::idle_loader
  std::optional<std::string> dialog;  ///< the type of one that telltale does not answer at once
};

struct Options {
  telemetry::CategorySet
      categories;  ///< what to capture; without any, pages still run and dialogs are answered
  DialogPolicy dialogs = DialogPolicy::answer;
  std::optional<Viewport> viewport;  ///< set on every page; absent leaves pages as they are
  /// A screenshot that often while the category is captured, besides those after loads and exceptions; not
  /// below limits::kScreenshotSpacing. Absent: none.
  std::optional<std::chrono::seconds> screenshot_period;
  std::string binding_name;  ///< random JavaScript identifier: pages must not guess it
  std::string world_name;    ///< random name of the isolated world
};

/// One per connection to a browser. All calls append to an Output; see there.
class Collector {
 public:
  explicit Collector(Options options);

  /// The first commands of a connection (attach recipe, step 1).
  void start(Output& out);
  /// Captures these categories from now on, on the sessions that there are and on new ones. The requests in
  /// flight are forgotten when `network` goes off: a response is only published if its request was.
  void configure(telemetry::CategorySet categories, Output& out);
  /// Gives every page this size, those that there are and new ones.
  void resize(Viewport viewport, Output& out);
  /// Treats dialogs so from now on, also those that are open.
  void set_dialog_policy(DialogPolicy policy, base::Time now, Output& out);
  void on(const cdp::Notification& notification, base::Time now, Output& out);
  /// The answer to a command of an earlier Output.
  void on_reply(const ReplyTag& tag, const base::Result<std::string>& result, base::Time now, Output& out);
  /// Does what is due; call it at next_deadline().
  void tick(base::Time now, Output& out);
  /// The session ends: publishes what is known only then. Call it last.
  void finish(base::Time now, Output& out);
  /// The next moment at which tick() may have something to do.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> next_deadline() const noexcept {
    return due_;
  }

  /// The sessions that are observed now.
  [[nodiscard]] std::vector<base::CdpSessionId> sessions();
  /// The session on which a page may be driven without losing events: its domains are on (race R1) and it
  /// runs (chromium aborts a navigation of a page that is still held).
  [[nodiscard]] std::optional<base::CdpSessionId> drivable_session(const base::TargetId& target) noexcept;
  /// Pages and iframes with processes of their own, in the order in which they were attached.
  [[nodiscard]] std::vector<FrameTarget> frame_targets();

 private:
  [[nodiscard]] bool captures(telemetry::Category category) const noexcept {
    return options_.categories.contains(category);
  }

  // attach.cpp: targets, holds, dialogs
  void on_event(const cdp::target::AttachedToTarget&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::target::DetachedFromTarget&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::target::TargetDestroyed&, const base::CdpSessionId&, base::Time, Output&);
  void observe(Session& session, bool has_document, Output& out);
  [[nodiscard]] cdp::Command enable_network(const Session& session) const;
  void keep_bodies(Session& session, Output& out);
  bool is_body_session(const cdp::target::AttachedToTarget& event, const base::CdpSessionId& parent, Output& out);
  [[nodiscard]] cdp::Command enable_timeline(const Session& session) const;
  [[nodiscard]] cdp::Command override_metrics(const Session& session) const;
  void enabled(Session& session, Output& out);
  void run(Session& session, Output& out);
  void on_event(const cdp::page::JavascriptDialogOpening&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::page::JavascriptDialogClosed&, const base::CdpSessionId&, base::Time, Output&);
  void treat_dialog(Session& session, base::Time now, Output& out);
  void answer_dialog(Session& session, Output& out);

  // map_console.cpp
  [[nodiscard]] bool has_worker(const Session& page);
  void on_event(const cdp::log::EntryAdded&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::runtime::ConsoleApiCalled&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::runtime::ExceptionThrown&, const base::CdpSessionId&, base::Time, Output&);

  // follow_errors.cpp: what an error leads to
  template <class Source>
  void publish_console(telemetry::EventData data, const Source& source, Session& session, std::string_view method,
                       base::Time now, Output& out);
  void on_errors(const ReplyTag& tag, const base::Result<std::string>& result, Output& out);
  void on_error_members(const ReplyTag& tag, const base::Result<std::string>& result, Output& out);
  void settle_errors(std::uint64_t number, const std::vector<std::vector<ErrorNode>>& nodes, Output& out);
  void give_up_errors(const std::vector<std::uint64_t>& numbers, Output& out);
  telemetry::Event& deliver(telemetry::Event event, Output& out);

  // restore_page.cpp: pages that come back from the back/forward cache
  void dispatch(const cdp::Notification& notification, base::Time now, Output& out);
  [[nodiscard]] bool hold_back(const cdp::Notification& notification, base::Time now, Output& out);
  void await_return(Session& page, base::Time now);
  void release_page(const base::CdpSessionId& page, base::Time now, Output& out);
  void release_late_pages(base::Time now, Output& out);
  void remember_target(Session& session);
  void recall_target(Session& session, base::Time now);

  // map_network.cpp: what Chromium says of requests
  void on_event(const cdp::network::RequestWillBeSent&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::network::RequestWillBeSentExtraInfo&, const base::CdpSessionId&, base::Time,
                Output&);
  void on_event(const cdp::network::ResponseReceived&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::network::ResponseReceivedExtraInfo&, const base::CdpSessionId&, base::Time,
                Output&);
  void on_event(const cdp::network::DataReceived&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::network::LoadingFinished&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::network::LoadingFailed&, const base::CdpSessionId&, base::Time, Output&);
  void publish_proxy_error(const TrackedRequest& request, const base::RequestId& id, Session* session,
                           base::Time now, Output& out);

  // end_request.cpp: the one end of each request
  struct Cause {
    std::string_view error_text;
    bool canceled = false;
    std::string_view source{};  ///< the CDP method that told it; empty: none did
    std::optional<std::string> blocked{};  ///< why the browser did not let it through
  };
  void end_with_response(const base::RequestId& id, TrackedRequest& request, Ending ending, base::Time now,
                         Output& out);
  void end_with_failure(const base::RequestId& id, const Cause& cause, base::Time now, Output& out);
  void end_unanswered(const base::RequestId& id, const Cause& cause, base::Time now, Output& out);
  void publish_response(const base::RequestId& id, base::Time now, Output& out);
  void fetch_body(const base::RequestId& id, const TrackedRequest& request, Output& out);
  void body_settled(const base::RequestId& id, Output& out);
  void on_body(const ReplyTag& tag, const base::Result<std::string>& result, base::Time now, Output& out);
  void wire_headers_came(const base::RequestId& id, TrackedRequest& request, base::Time now, Output& out);
  void expire_requests(base::Time now, Output& out);
  void expire_unanswered(const base::RequestId& id, TrackedRequest& request, base::Time now, Output& out);
  void forget_requests() noexcept;
  void end_requests_of_document(Session& session, const cdp::page::Frame& frame, base::Time now, Output& out);
  void end_requests_of_frame(const base::FrameId& frame, base::Time now, Output& out);
  void end_requests_of_session(Session& session, base::Time now, Output& out);
  void end_requests_of_crash(Session& session, base::Time now, Output& out);
  void end_all_requests(base::Time now, Output& out);
  void end_left(const base::RequestId& id, const Cause& cause, base::Time now, Output& out);
  void request_over(const base::RequestId& id, const TrackedRequest& request, base::Time now);
  void orphan(const base::RequestId& id, std::string_view error, base::Time now);
  void probe(const base::RequestId& id, TrackedRequest& request, base::Time now, Output& out);
  void on_probe(const ReplyTag& tag, const base::Result<std::string>& result, base::Time now, Output& out);
  void publish_unread(const base::RequestId& id, TrackedRequest& request, base::Time now, Output& out);

  // map_blocked.cpp: requests that the browser does not let through
  struct BlockedNavigation {
    base::CdpSessionId session;
    StartedNavigation navigation;
    cdp::network::LoadingFailed failed;
    std::chrono::steady_clock::time_point until;
  };
  void on_event(const cdp::page::FrameStartedNavigating&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::page::FrameRequestedNavigation&, const base::CdpSessionId&, base::Time, Output&);
  [[nodiscard]] std::optional<std::string> why_blocked(const cdp::network::LoadingFailed& failed,
                                                       const TrackedRequest& request);
  void note_violation(const cdp::log::Entry& entry, Session& session, base::Time now, Output& out);
  void failed_unannounced(const cdp::network::LoadingFailed& failed, Session* session, base::Time now, Output& out);
  BlockedNavigation take_blocked(std::vector<BlockedNavigation>::iterator place);
  void publish_blocked(BlockedNavigation blocked, std::string_view policy, base::Time now, Output& out);
  void expire_blocked(base::Time now, Output& out);

  // map_websocket.cpp
  void on_event(const cdp::network::WebSocketCreated&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::network::WebSocketHandshakeResponseReceived&, const base::CdpSessionId&,
                base::Time, Output&);
  void on_event(const cdp::network::WebSocketFrameSent&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::network::WebSocketFrameReceived&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::network::WebSocketFrameError&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::network::WebSocketClosed&, const base::CdpSessionId&, base::Time, Output&);
  void publish_message(const base::RequestId& id, const cdp::network::WebSocketFrame& frame,
                       telemetry::FrameDirection direction, std::string_view source, base::Time now,
                       Output& out);
  void close_websocket(const base::RequestId& id, std::optional<std::string> error_text,
                       std::string_view source, base::Time now, Output& out);
  void close_websockets(const base::CdpSessionId& session, const Cause& cause, base::Time now, Output& out);

  // settle.cpp: network_idle and the settled events
  void on_request_begin(const TrackedRequest& request, base::Time now);
  void on_request_end(const TrackedRequest& request, base::Time now);
  void wake_for(const Session& page) noexcept;
  void publish_settled(Session& page, base::Time now, Output& out);

  // map_screenshot.cpp
  void take_screenshot(Session* page, std::string_view trigger, base::Time now, Output& out);
  void on_screenshot(const ReplyTag& tag, Session& page, const base::Result<std::string>& result,
                     base::Time now, Output& out);
  void on_screenshot_place(const ReplyTag& tag, Session& page, const base::Result<std::string>& result,
                           Output& out);
  void keep_screenshot_period(base::Time now, Output& out);

  // map_page_life.cpp
  void on_event(const cdp::page::NavigatedWithinDocument&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::page::DownloadWillBegin&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::page::DownloadProgress&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::page::TargetCrashed&, const base::CdpSessionId&, base::Time, Output&);
  /// Whoever drives the page has asked for it.
  void on_event(const cdp::page::FileChooserOpened&, const base::CdpSessionId&, base::Time, Output&) {}
  void publish_dialog(const cdp::page::JavascriptDialogOpening& opening, Session& session, base::Time now,
                      Output& out);
  void publish_dialog_closed(const cdp::page::JavascriptDialogClosed& closed, const OpenDialog& dialog,
                             Session& session, base::Time now, Output& out);
  void publish_vitals(Session& page, base::Time now, Output& out);

  // map_page.cpp
  void on_event(const cdp::page::LifecycleEvent&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::page::FrameNavigated&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::page::FrameDetached&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::page::DomContentEventFired&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::page::LoadEventFired&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::page::TimelineEventAdded&, const base::CdpSessionId&, base::Time, Output&);
  void begin_navigation(Session& session, const cdp::page::Frame& frame, bool restored, base::Time now, Output& out);
  void seed_page(Session& session, const cdp::page::Frame& frame);
  void announce_tab(Session& session, base::Time now, Output& out);

  // map_interaction.cpp
  void on_event(const cdp::runtime::ExecutionContextCreated&, const base::CdpSessionId&, base::Time, Output&);
  void on_event(const cdp::runtime::ExecutionContextDestroyed&, const base::CdpSessionId&, base::Time,
                Output&);
  void on_event(const cdp::runtime::ExecutionContextsCleared&, const base::CdpSessionId&, base::Time,
                Output&);
  void on_event(const cdp::runtime::BindingCalled&, const base::CdpSessionId&, base::Time, Output&);

  // tick() is due at `at` at the latest.
  void wake_at(std::chrono::steady_clock::time_point at) noexcept { due_ = due_ ? std::min(*due_, at) : at; }

  // event.cpp: what all mappings share
  [[nodiscard]] telemetry::EventContext context_of(Session* session);
  [[nodiscard]] static telemetry::Event make_event(telemetry::EventData data, const Session* session,
                                                   std::string_view source_event, base::Time now);
  // Returns it as it is published, or waits for its turn.
  telemetry::Event& publish(telemetry::EventData data, const Session* session, std::string_view source_event,
                            base::Time now, Output& out);

  Options options_;
  std::string script_;
  TargetTree tree_;
  RequestTable requests_;
  EarlyWireHeaders early_wire_headers_;
  std::unordered_map<base::RequestId, base::RequestId> preflights_;  ///< of requests that have not ended
  std::vector<BlockedNavigation> blocked_;  ///< wait for what the log says
  BodyQueue bodies_;
  WebSocketTable websockets_;
  RateLimit proxy_error_rate_;
  RateLimit interaction_rate_;
  ScreenshotSlot screenshots_;
  DownloadTable downloads_;
  HeldEvents held_;
  std::vector<RestoredPage> restored_;  ///< pages whose navigation is awaited
  std::optional<std::chrono::steady_clock::time_point> next_screenshot_;  ///< of the periodic ones
  base::CdpSessionId main_page_;  ///< the page that navigated last: the periodic screenshots show it
  std::optional<std::chrono::steady_clock::time_point> due_;
};

}  // namespace telltale::collector

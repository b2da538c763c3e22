// Page.* and PerformanceTimeline.* -> the page category, and the navigation state that gives every event its
// context.

#include <utility>

#include "collector/collector.hpp"

namespace telltale::collector {
namespace {

std::string full_url(const cdp::page::Frame& frame) { return frame.url + frame.url_fragment.value_or(""); }

}  // namespace

void Collector::announce_tab(Session& session, base::Time now, Output& out) {
  if (!session.is_page() || session.announced) return;
  session.announced = true;
  telemetry::PageTabOpened event;
  event.target_id = session.target.target_id;
  event.target_type = session.type;
  event.url =
      session.target.url.empty() ? "about:blank" : session.target.url;  // headless-shell leaves it out
  if (!session.target.title.empty()) event.title = session.target.title;
  event.opener_id = session.target.opener_id;
  publish(std::move(event), &session, cdp::target::AttachedToTarget::kMethod, now, out);
}

void Collector::seed_page(Session& session, const cdp::page::Frame& frame) {
  if (session.page.nav_seq > 0) return;  // it has navigated since
  session.page.frame_id = frame.id;
  session.page.loader_id = frame.loader_id;
  session.page.url = full_url(frame);
}

void Collector::begin_navigation(Session& session, const cdp::page::Frame& frame, bool restored, base::Time now,
                                 Output& out) {
  publish_vitals(session, now, out);  // of the document that is left: in its context
  session.page = {session.page.nav_seq + 1, frame.id, frame.loader_id, full_url(frame), {}};
  session.crashed = false;
  session.dialog.reset();
  session.settle.navigated(now.mono,
                           {captures(telemetry::Category::network), captures(telemetry::Category::page)});
  session.restored = restored;
  if (restored) {
    // It was complete when it was left, and nothing says so again.
    session.settle.dom_content_loaded(now.mono);
    session.settle.loaded(now.mono);
    session.page.idle_loader = frame.loader_id;
  }
  wake_for(session);
  if (captures(telemetry::Category::page)) session.vitals.emplace();
  main_page_ = session.id;
}

void Collector::on_event(const cdp::page::FrameNavigated& navigated, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr) return;
  const auto& frame = navigated.frame;
  // Where the root frame of an out-of-process iframe does not name its parent, its target does.
  auto parent = frame.parent_id ? frame.parent_id : session->target.parent_frame_id;
  if (session->is_root(frame)) {
    session->document_url = full_url(frame);
    session->contexts_cleared = false;
  }
  end_requests_of_document(*session, frame, now, out);
  if (session->is_page() && !parent) begin_navigation(*session, frame, navigated.restored(), now, out);
  if (!session->is_page() && session->is_root(frame)) session->crashed = false;
  if (!captures(telemetry::Category::page)) return;
  telemetry::PageNavigation event;
  event.session_id = session->id;
  event.target_id = session->target.target_id;
  event.target_type = session->type;
  event.url = full_url(frame);
  event.frame_id = frame.id;
  event.loader_id = frame.loader_id;
  event.parent_frame_id = std::move(parent);
  publish(std::move(event), session, navigated.kMethod, now, out);
}

void Collector::on_event(const cdp::page::FrameDetached& detached, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  if (Session* session = tree_.find(id)) session->time_origins.erase(detached.frame_id);
  // The other reason, swap, means that the frame goes on in another process.
  if (detached.reason == "remove") end_requests_of_frame(detached.frame_id, now, out);
}

void Collector::on_event(const cdp::page::LifecycleEvent& event, const base::CdpSessionId& id, base::Time,
                         Output&) {
  Session* session = tree_.find(id);
  if (session == nullptr || event.name != "networkIdle") return;
  if (event.frame_id == session->page.frame_id) session->page.idle_loader = event.loader_id;
}

void Collector::on_event(const cdp::page::DomContentEventFired& fired, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  Session* session = tree_.find(id);
  // An out-of-process iframe reports its own on its own session; the event is the page's.
  if (session == nullptr || !session->is_page() || !captures(telemetry::Category::page)) return;
  telemetry::PageDomContentLoaded event;
  event.context = context_of(session);
  event.cdp_timestamp = fired.timestamp;
  publish(std::move(event), session, fired.kMethod, now, out);
  session->settle.dom_content_loaded(now.mono);
  wake_for(*session);
}

void Collector::on_event(const cdp::page::LoadEventFired& fired, const base::CdpSessionId& id, base::Time now,
                         Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr || !session->is_page()) return;
  if (captures(telemetry::Category::page)) {
    telemetry::PageLoad event;
    event.context = context_of(session);
    event.cdp_timestamp = fired.timestamp;
    publish(std::move(event), session, fired.kMethod, now, out);
    session->settle.loaded(now.mono);
    wake_for(*session);
  }
  take_screenshot(session, fired.kMethod, now, out);
}

void Collector::on_event(const cdp::page::TimelineEventAdded& added, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr || !captures(telemetry::Category::page)) return;
  const auto& entry = added.event;
  const auto time = session->since_time_origin(entry.frame_id, entry.time);
  // Vitals are those of the top-level document; what moves in its iframes does unsettle the page.
  Session* page = tree_.page_of(*session);
  Vitals* vitals =
      page == session && page->vitals && entry.frame_id == page->page.frame_id ? &*page->vitals : nullptr;
  if (entry.layout_shift_details) {
    telemetry::PageLayoutShift event;
    event.context = context_of(session);
    event.source_frame_id = entry.frame_id;
    event.time = time;
    event.duration = entry.duration.value_or(0) * 1000;
    event.layout_shift_details = telemetry::LayoutShiftDetails{entry.layout_shift_details->value,
                                                               entry.layout_shift_details->had_recent_input};
    if (vitals != nullptr && !entry.layout_shift_details->had_recent_input) {
      vitals->shifted(entry.time, entry.layout_shift_details->value);
    }
    if (page != nullptr) {
      page->settle.shifted(now.mono);
      wake_for(*page);
    }
    publish(std::move(event), session, added.kMethod, now, out);
  } else if (entry.lcp_details) {
    const auto& lcp = *entry.lcp_details;
    // Chromium writes 0 for "does not apply".
    const auto moment = [&](double at) -> std::optional<double> {
      return at == 0 ? std::nullopt : session->since_time_origin(entry.frame_id, at);
    };
    const auto text = [](const std::optional<std::string>& value) {
      return value && value->empty() ? std::nullopt : value;
    };
    telemetry::PageLcp event;
    event.context = context_of(session);
    event.source_frame_id = entry.frame_id;
    event.time = time;
    event.lcp_details = telemetry::LcpDetails{moment(lcp.render_time), moment(lcp.load_time), lcp.size,
                                              text(lcp.element_id),    text(lcp.url),         lcp.node_id};
    // An image of another origin may have no render time.
    const auto painted =
        event.lcp_details->render_time ? event.lcp_details->render_time : event.lcp_details->load_time;
    if (vitals != nullptr && painted) vitals->lcp_ms = painted;
    publish(std::move(event), session, added.kMethod, now, out);
  }
}

}  // namespace telltale::collector

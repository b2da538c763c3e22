// What happens to a document besides loading and painting: routes, dialogs, downloads, vitals, crashes.

#include <utility>

#include "collector/collector.hpp"

namespace telltale::collector {
namespace {

using telemetry::Category;

std::optional<std::string> nonempty(const std::optional<std::string>& text) {
  return text && text->empty() ? std::nullopt : text;
}

}  // namespace

void Collector::on_event(const cdp::page::NavigatedWithinDocument& navigated, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr || !captures(Category::page)) return;
  telemetry::PageRouteChanged event;
  event.context = context_of(session);
  event.context.url = navigated.url;
  event.context.frame_id = navigated.frame_id;
  event.navigation_type = nonempty(navigated.navigation_type);
  publish(std::move(event), session, navigated.kMethod, now, out);
}

void Collector::publish_dialog(const cdp::page::JavascriptDialogOpening& opening, Session& session,
                               base::Time now, Output& out) {
  if (!captures(Category::page)) return;
  telemetry::PageDialog event;
  event.context = context_of(&session);
  event.dialog_type = opening.type;
  event.message = base::Secret<std::string>(opening.message);
  if (opening.type == "prompt" && opening.default_prompt && !opening.default_prompt->empty()) {
    event.default_prompt.emplace(*opening.default_prompt);
  }
  publish(std::move(event), &session, opening.kMethod, now, out);
}

void Collector::publish_dialog_closed(const cdp::page::JavascriptDialogClosed& closed,
                                      const OpenDialog& dialog, Session& session, base::Time now,
                                      Output& out) {
  if (!captures(Category::page)) return;
  telemetry::PageDialogClosed event;
  event.context = context_of(&session);
  event.dialog_type = dialog.type;
  event.accepted = closed.result;
  event.answered_by_telltale = dialog.answered;
  event.open_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.mono - dialog.opened).count();
  publish(std::move(event), &session, closed.kMethod, now, out);
}

void Collector::on_event(const cdp::page::DownloadWillBegin& begin, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr || !captures(Category::page)) return;
  telemetry::PageDownloadStarted event;
  event.context = context_of(session);
  if (!downloads_.begin(begin.guid, {event.context, begin.url})) return;
  event.download_id = begin.guid;
  event.download_url = begin.url;
  if (!begin.suggested_filename.empty()) event.suggested_filename = begin.suggested_filename;
  event.source_frame_id = begin.frame_id;
  publish(std::move(event), session, begin.kMethod, now, out);
}

void Collector::on_event(const cdp::page::DownloadProgress& progress, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  if (progress.state == "inProgress") return;
  Session* session = tree_.find(id);
  auto download = downloads_.take(progress.guid);
  if (session == nullptr || !download || !captures(Category::page)) return;
  telemetry::PageDownloadFinished event;
  event.context = std::move(download->context);
  event.download_id = progress.guid;
  event.download_url = std::move(download->url);
  event.state = progress.state;
  event.received_bytes = static_cast<std::int64_t>(progress.received_bytes);
  if (progress.total_bytes > 0) event.total_bytes = static_cast<std::int64_t>(progress.total_bytes);
  publish(std::move(event), session, progress.kMethod, now, out);
}

void Collector::publish_vitals(Session& page, base::Time now, Output& out) {
  if (!page.vitals) return;
  const auto vitals = *std::exchange(page.vitals, std::nullopt);
  telemetry::PageVitals event;
  event.context = context_of(&page);
  event.cls = vitals.cls();
  event.lcp_ms = vitals.lcp_ms;
  event.inp_ms = vitals.inp_ms;
  event.fcp_ms = vitals.fcp_ms;
  event.ttfb_ms = vitals.ttfb_ms;
  publish(std::move(event), &page, {}, now, out);
}

void Collector::finish(base::Time now, Output& out) {
  while (!restored_.empty()) release_page(base::CdpSessionId(restored_.front().page), now, out);
  give_up_errors(held_.all(), out);
  tree_.for_each([&](Session& session) { publish_vitals(session, now, out); });
  end_all_requests(now, out);
}

void Collector::on_event(const cdp::page::TargetCrashed& crashed, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr) return;
  session->crashed = true;
  session->dialog.reset();
  session->settle = {};
  screenshots_.forget(id);
  publish_vitals(*session, now, out);
  end_requests_of_crash(*session, now, out);
  if (!captures(Category::page)) return;
  telemetry::PageCrashed event;
  event.target_id = session->target.target_id;
  event.target_type = session->type;
  event.url = session->is_page() && !session->page.url.empty() ? session->page.url : session->document_url;
  publish(std::move(event), session, crashed.kMethod, now, out);
}

}  // namespace telltale::collector

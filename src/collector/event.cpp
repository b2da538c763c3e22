// What every mapping needs: construction, dispatch, the event's context and its source.

#include <utility>
#include <variant>

#include "collector/collector.hpp"
#include "collector/interaction_script.hpp"

namespace telltale::collector {

Collector::Collector(Options options)
    : options_(std::move(options)), script_(interaction_script(options_.binding_name)) {}

void Collector::on(const cdp::Notification& notification, base::Time now, Output& out) {
  if (!hold_back(notification, now, out)) dispatch(notification, now, out);
}

void Collector::dispatch(const cdp::Notification& notification, base::Time now, Output& out) {
  std::visit([&](const auto& event) { on_event(event, notification.session, now, out); }, notification.event);
}

telemetry::EventContext Collector::context_of(Session* session) {
  telemetry::EventContext context;
  if (session == nullptr) return context;
  context.session_id = session->id;
  context.target_id = session->target.target_id;
  context.target_type = session->type;
  // An iframe or a worker belongs to the document of its page: same frame, loader, url and epoch.
  if (const Session* page = tree_.page_of(*session)) {
    const PageState& state = page->page;
    if (!state.frame_id.empty()) context.frame_id = state.frame_id;
    if (!state.loader_id.empty()) context.loader_id = state.loader_id;
    if (!state.url.empty()) context.url = state.url;
    context.nav_seq = state.nav_seq;
  }
  return context;
}

telemetry::Event Collector::make_event(telemetry::EventData data, const Session* session, std::string_view source_event,
                                       base::Time now) {
  telemetry::Event event{.ts_us = now.unix_us(), .source = {}, .data = std::move(data)};
  event.source.kind = session == nullptr ? telemetry::SourceKind::local_process : telemetry::SourceKind::cdp;
  if (!source_event.empty()) event.source.event = std::string(source_event);
  if (session != nullptr) {
    auto& metadata = event.source.metadata.emplace().members;
    metadata.emplace_back("cdp_session_id", session->id.value);
    metadata.emplace_back("target_id", session->target.target_id.value);
    metadata.emplace_back("target_type", session->target.type);
  }
  return event;
}

telemetry::Event& Collector::publish(telemetry::EventData data, const Session* session, std::string_view source_event,
                                     base::Time now, Output& out) {
  return deliver(make_event(std::move(data), session, source_event, now), out);
}

}  // namespace telltale::collector

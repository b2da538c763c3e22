// Runtime.consoleAPICalled, Runtime.exceptionThrown and Log.entryAdded -> console_log, console_error. At the
// attach Chromium repeats what it has stored of each of them.

#include <type_traits>
#include <utility>

#include "collector/collector.hpp"
#include "collector/console_text.hpp"

namespace telltale::collector {
namespace {

telemetry::CallStack call_stack(const cdp::runtime::StackTrace& trace) {
  telemetry::CallStack stack;
  stack.call_frames.reserve(trace.call_frames.size());
  for (const auto& frame : trace.call_frames) {
    stack.call_frames.push_back(
        {frame.function_name, frame.script_id, frame.url, frame.line_number, frame.column_number});
  }
  stack.description = trace.description;
  if (trace.parent) stack.parent = base::Boxed<telemetry::CallStack>(call_stack(**trace.parent));
  return stack;
}

template <class Console>
Console console_event(const cdp::runtime::ConsoleApiCalled& call, telemetry::EventContext context) {
  Console event;
  event.context = std::move(context);
  event.level = call.type;
  if (call.stack_trace) event.stack_trace = call_stack(*call.stack_trace);
  return event;
}

template <class Console>
Console log_event(const cdp::log::Entry& entry, telemetry::EventContext context) {
  Console event;
  event.context = std::move(context);
  event.text = entry.text;
  event.level = entry.level;
  if (entry.url && !entry.url->empty()) event.source_url = entry.url;
  event.line = entry.line_number;
  if (entry.stack_trace) event.stack_trace = call_stack(*entry.stack_trace);
  event.log_source = entry.source;
  return event;
}

std::optional<bool> true_or_absent(bool value) {
  if (!value) return std::nullopt;
  return true;
}

}  // namespace

// The workers of a page from the back/forward cache go on without being attached again: then only its log has what
// they say.
bool Collector::has_worker(const Session& page) {
  bool found = false;
  tree_.for_each([&](Session& session) {
    if (session.type == telemetry::TargetType::worker && tree_.page_of(session) == &page) found = true;
  });
  return found;
}

void Collector::on_event(const cdp::runtime::ConsoleApiCalled& call, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr || !session->hear(call.timestamp, now)) return;
  if (!captures(telemetry::Category::console)) return;
  const auto publish_as = [&]<class Console>(std::type_identity<Console>) {
    auto event = console_event<Console>(call, context_of(session));
    event.before_attach = true_or_absent(session->is_replay(call.timestamp, now));
    publish_console(std::move(event), call, *session, call.kMethod, now, out);
  };
  if (call.type == "error") {
    publish_as(std::type_identity<telemetry::ConsoleError>{});
  } else {
    publish_as(std::type_identity<telemetry::ConsoleLog>{});
  }
}

void Collector::on_event(const cdp::log::EntryAdded& added, const base::CdpSessionId& id, base::Time now,
                         Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr) return;
  const auto& entry = added.entry;
  if (!session->hear(entry.timestamp, now)) return;
  note_violation(entry, *session, now, out);
  if (!captures(telemetry::Category::console)) return;
  // What a worker logs is also put into the log of its page; the worker's own session has it, with more
  // detail.
  if (entry.source == "worker" && !(session->restored && !has_worker(*session))) return;
  // "Failed to load resource": the network event of that request has it, with more detail.
  if (entry.source == "network" && entry.network_request_id && captures(telemetry::Category::network)) return;
  const auto publish_as = [&]<class Console>(std::type_identity<Console>) {
    auto event = log_event<Console>(entry, context_of(session));
    event.before_attach = true_or_absent(session->is_replay(entry.timestamp, now));
    publish(std::move(event), session, added.kMethod, now, out);
  };
  if (entry.level == "error") {
    publish_as(std::type_identity<telemetry::ConsoleError>{});
  } else {
    publish_as(std::type_identity<telemetry::ConsoleLog>{});
  }
}

void Collector::on_event(const cdp::runtime::ExceptionThrown& thrown, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr || !session->hear(thrown.timestamp, now)) return;
  const bool replay = session->is_replay(thrown.timestamp, now);
  if (captures(telemetry::Category::console)) {
    const auto& details = thrown.exception_details;
    telemetry::ConsoleError event;
    event.context = context_of(session);
    event.line = details.line_number;
    event.column = details.column_number;
    if (details.url && !details.url->empty()) event.source_url = details.url;
    if (details.stack_trace) event.stack_trace = call_stack(*details.stack_trace);
    event.before_attach = true_or_absent(replay);
    publish_console(std::move(event), details, *session, thrown.kMethod, now, out);
  }
  if (!replay) take_screenshot(tree_.page_of(*session), thrown.kMethod, now, out);
}

}  // namespace telltale::collector

// What an error leads to (causes, the errors of a list, members beyond the fifth) is not in its preview: it is asked
// for in two steps, and the event waits for the answer, as do those that come after it.

#include <utility>

#include "base/logging.hpp"
#include "cdp/decode.hpp"
#include "cdp/protocol/evaluate.hpp"
#include "collector/collector.hpp"
#include "collector/console_text.hpp"

namespace telltale::collector {
namespace {

using Kind = ReplyTag::Kind;
using cdp::command;
using cdp::runtime::ConsoleApiCalled;
using cdp::runtime::ExceptionDetails;
using Nodes = std::vector<std::vector<ErrorNode>>;

std::string group_of(std::uint64_t number) { return "telltale" + std::to_string(number); }

std::vector<std::string> followed(const ConsoleApiCalled& call) {
  std::vector<std::string> ids;
  for (const auto& arg : call.args) {
    if (leads_further(arg) && ids.size() < limits::kErrorsPerEvent) ids.push_back(*arg.object_id);
  }
  return ids;
}

std::vector<std::string> followed(const ExceptionDetails& details) {
  if (!details.exception || !leads_further(*details.exception)) return {};
  return {*details.exception->object_id};
}

template <class Console>
void fill(Console& event, const ConsoleApiCalled& call, const Nodes& nodes) {
  std::vector<std::string> shown;
  shown.reserve(call.args.size());
  std::size_t next = 0;
  for (const auto& arg : call.args) {
    const bool known = leads_further(arg) && next < nodes.size();
    const ErrorNode alone{ErrorNode::Way::root, 0, arg};
    const auto of_error = known ? std::span<const ErrorNode>(nodes[next++]) : std::span(&alone, 1);
    shown.push_back(arg.subtype == "error" ? error_text(of_error, true) : console_text(arg));
  }
  event.text = console_message(call, shown);
  event.args = std::move(shown);
}

void write_text(telemetry::Event& event, const ConsoleApiCalled& call, const Nodes& nodes) {
  if (auto* error = std::get_if<telemetry::ConsoleError>(&event.data)) fill(*error, call, nodes);
  if (auto* log = std::get_if<telemetry::ConsoleLog>(&event.data)) fill(*log, call, nodes);
}

void write_text(telemetry::Event& event, const ExceptionDetails& details, const Nodes& nodes) {
  auto& text = std::get<telemetry::ConsoleError>(event.data).text;
  text = exception_text(details, nodes.empty() ? std::span<const ErrorNode>{} : nodes.front());
}

template <class T>
std::optional<T> decoded(const base::Result<std::string>& result) {
  if (!result) return std::nullopt;
  auto value = cdp::decode_result<T>(*result);
  if (value) return std::move(*value);
  spdlog::debug("no more is known of an error: {}", value.error().message);
  return std::nullopt;
}

}  // namespace

template <class Source>
void Collector::publish_console(telemetry::EventData data, const Source& source, Session& session,
                                std::string_view method, base::Time now, Output& out) {
  auto ids = followed(source);
  auto event = make_event(std::move(data), &session, method, now);
  write_text(event, source, {});
  if (ids.empty() || !held_.has_room()) {
    deliver(std::move(event), out);
    return;
  }
  held_.push(std::move(event));
  const auto until = now.mono + limits::kErrorTimeout;
  const auto number = held_.await_answer(session.id, until, source);
  wake_at(until);
  out.commands.push_back(
      {command(session.id, collect_errors(ids, group_of(number))), {Kind::errors, session.id, number}});
}

template void Collector::publish_console(telemetry::EventData, const ConsoleApiCalled&, Session&, std::string_view,
                                         base::Time, Output&);
template void Collector::publish_console(telemetry::EventData, const ExceptionDetails&, Session&, std::string_view,
                                         base::Time, Output&);

void Collector::on_errors(const ReplyTag& tag, const base::Result<std::string>& result, Output& out) {
  const auto found = decoded<cdp::runtime::EvaluateResult>(result);
  const bool usable = found && !found->exception_details && found->result.object_id;
  if (!usable || held_.find(tag.number) == nullptr) return settle_errors(tag.number, {}, out);
  cdp::runtime::GetProperties get;
  get.object_id = *found->result.object_id;
  out.commands.push_back({command(tag.session, get), {Kind::error_members, tag.session, tag.number}});
}

void Collector::on_error_members(const ReplyTag& tag, const base::Result<std::string>& result, Output& out) {
  // Else the page would keep these objects for as long as it lives.
  out.commands.push_back({command(tag.session, cdp::runtime::ReleaseObjectGroup{group_of(tag.number)}), {}});
  const auto properties = decoded<cdp::runtime::GetPropertiesResult>(result);
  settle_errors(tag.number, properties ? error_nodes(*properties) : Nodes{}, out);
}

void Collector::settle_errors(std::uint64_t number, const Nodes& nodes, Output& out) {
  auto* entry = held_.find(number);
  if (entry == nullptr) return;
  if (!nodes.empty()) {
    std::visit([&](const auto& source) { write_text(entry->event, source, nodes); }, entry->waiting->source);
  }
  entry->waiting.reset();
  held_.release(out.events);
  if (const auto at = held_.next_deadline()) wake_at(*at);
}

void Collector::give_up_errors(const std::vector<std::uint64_t>& numbers, Output& out) {
  for (const auto number : numbers) settle_errors(number, {}, out);
}

telemetry::Event& Collector::deliver(telemetry::Event event, Output& out) {
  if (held_.full()) give_up_errors(held_.all(), out);
  if (held_.empty()) return out.events.emplace_back(std::move(event));
  return held_.push(std::move(event));
}

}  // namespace telltale::collector

#include "cli/event_line.hpp"

#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "cli/event_essence.hpp"
#include "cli/terminal.hpp"

namespace telltale::cli {
namespace {

constexpr int kCategoryColumns = 11;  // "interaction", the longest
constexpr int kTypeColumns =
    24;  // "monitor_reconnect_failed"; the one longer name may push its line to the right

std::string local_time(std::int64_t unix_us) {
  const std::time_t seconds = unix_us / 1'000'000;
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return fmt::format("{:02}:{:02}:{:02}.{:03}", local.tm_hour, local.tm_min, local.tm_sec,
                     unix_us / 1000 % 1000);
}

std::string_view colour_of(std::string_view category) {
  const auto known = base::enum_from_name<telemetry::Category>(category);
  if (!known) return "\x1b[37m";
  switch (*known) {
    case telemetry::Category::console:
      return "\x1b[36m";
    case telemetry::Category::network:
      return "\x1b[34m";
    case telemetry::Category::page:
      return "\x1b[32m";
    case telemetry::Category::interaction:
      return "\x1b[35m";
    default:
      return "\x1b[33m";
  }
}

std::string_view colour_of(Severity severity) {
  switch (severity) {
    case Severity::warning:
      return "\x1b[33m";
    case Severity::error:
      return "\x1b[31m";
    case Severity::normal:
      break;
  }
  return "";
}

/// Time, category and type of an event that this version knows nothing else about.
base::Result<EventLine> describe_unknown(std::string_view envelope_json) {
  const auto envelope = nlohmann::json::parse(envelope_json, nullptr, false);
  const nlohmann::json::json_pointer event("/event");
  if (!envelope.is_object() || !envelope.contains(event) || !envelope.at(event).is_object()) {
    return base::fail(base::Errc::protocol, "the stream carries something else than telemetry envelopes");
  }
  const auto text = [&](const char* name) {
    const auto member = envelope.at(event).find(name);
    return member != envelope.at(event).end() && member->is_string()
               ? printable(member->get_ref<const std::string&>())
               : std::string();
  };
  const auto ts = envelope.at(event).find("ts");
  const bool has_time = ts != envelope.at(event).end() && ts->is_number_integer();
  return EventLine{.time = local_time(has_time ? ts->get<std::int64_t>() : 0),
                   .category = text("category"),
                   .type = text("type"),
                   .essence = {},
                   .severity = Severity::normal};
}

}  // namespace

EventLine describe_event(const telemetry::Event& event) {
  const telemetry::EventType& type = telemetry::event_type(event.data);
  auto essence = event.truncation == telemetry::Truncation::data
                     ? Essence{"(too large: its data are lost)", Severity::warning}
                     : essence_of(event.data);
  return {.time = local_time(event.ts_us),
          .category = std::string(base::enum_name(type.category)),
          .type = std::string(type.name),
          .essence = printable(essence.text),
          .severity = essence.severity};
}

std::string to_text(const EventLine& line, LineStyle style) {
  const std::string time = line.time + " ";
  const std::string head =
      fmt::format("{:<{}} {:<{}} ", line.category, kCategoryColumns, line.type, kTypeColumns);
  const std::size_t head_columns = time.size() + head.size();
  // A terminal narrower than the head wraps: better than to show no essence at all.
  const bool cut = style.columns > head_columns;
  const std::string essence = fit(line.essence, cut ? style.columns - head_columns : style.columns);
  if (!style.colours) {
    const std::string text = time + head + essence;
    return text.substr(0, text.find_last_not_of(' ') + 1);
  }
  return fmt::format("\x1b[2m{}\x1b[0m{}{}\x1b[0m{}{}\x1b[0m", time, colour_of(line.category), head,
                     colour_of(line.severity), essence);
}

base::Result<std::string> event_text(std::string_view envelope_json, LineStyle style) {
  const auto envelope = telemetry::decode_envelope(envelope_json);
  if (envelope) return to_text(describe_event(envelope->event), style);
  auto line = describe_unknown(envelope_json);
  if (!line) return std::unexpected(line.error());
  return to_text(*line, style);
}

}  // namespace telltale::cli

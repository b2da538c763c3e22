#include <nlohmann/json.hpp>
#include <utility>

#include "base/json_decode.hpp"
#include "telemetry/envelope.hpp"
#include "telemetry/event_data.hpp"

namespace telltale::telemetry {
namespace {

using nlohmann::json;

// One per alternative of EventData. `data` is null when the envelope has none.
using DecodeData = EventData (*)(const json* data, base::DecodeContext& context);

template <class Data>
EventData decode_data(const json* data, base::DecodeContext& context) {
  Data value{};
  if (data != nullptr) {
    base::decode_value(*data, value, context);
  } else if constexpr (!std::is_empty_v<Data>) {
    context.violate("is required", base::ViolationKind::missing);
  }
  return value;
}

template <class Data>
EventData lost_data(const json*, base::DecodeContext&) {
  return Data{};
}

template <std::size_t... I>
constexpr auto decoders(std::index_sequence<I...>) {
  return std::array{&decode_data<std::variant_alternative_t<I, EventData>>...};
}

template <std::size_t... I>
constexpr auto lost(std::index_sequence<I...>) {
  return std::array{&lost_data<std::variant_alternative_t<I, EventData>>...};
}

constexpr std::make_index_sequence<std::variant_size_v<EventData>> kAll;
constexpr auto kDecoders = decoders(kAll);
constexpr auto kLost = lost(kAll);

std::size_t place_of(const EventType& type) {
  return static_cast<std::size_t>(&type - all_event_types().data());
}

template <class T>
void decode_required(base::ObjectReader& reader, std::string_view name, T& out,
                     base::DecodeContext& context) {
  const json* value = reader.require(name);
  if (value == nullptr) return;
  const base::DecodeContext::At at(context, name);
  base::decode_value(*value, out, context);
}

// Returns false when the event's type is one that we do not know; `type` is then its name.
bool decode_event(const json& value, Event& event, std::string& type, base::DecodeContext& context) {
  base::ObjectReader reader(value, context);
  decode_required(reader, "type", type, context);
  const EventType* known = find_event_type(type);
  if (known == nullptr) return !context.violations().empty();
  decode_required(reader, "ts", event.ts_us, context);
  decode_required(reader, "source", event.source, context);
  if (const json* truncated = reader.find("truncated")) {
    const base::DecodeContext::At at(context, "truncated");
    bool is_truncated = false;
    base::decode_value(*truncated, is_truncated, context);
    if (is_truncated) event.truncation = Truncation::strings;
  }
  const json* data = reader.find("data");
  if (event.truncation != Truncation::none && (data == nullptr || data->is_null()))
    event.truncation = Truncation::data;
  const auto index = place_of(*known);
  const base::DecodeContext::At at(context, "data");
  const DecodeData decode = event.truncation == Truncation::data ? kLost[index] : kDecoders[index];
  event.data = decode(data, context);
  return true;
}

}  // namespace

std::expected<EventData, std::vector<base::Violation>> decode_event_data(const EventType& type,
                                                                         const json* data) {
  base::DecodeContext context(base::UnknownMembers::refuse);
  const base::DecodeContext::At at(context, "data");
  const bool none = data == nullptr || data->is_null();
  auto value = kDecoders[place_of(type)](none ? nullptr : data, context);
  if (!context.violations().empty()) return std::unexpected(context.violations());
  return value;
}

base::Result<Envelope> decode_envelope(std::string_view text) {
  const auto document = base::parse_json(text);
  if (!document) return std::unexpected(document.error());
  base::DecodeContext context(base::UnknownMembers::skip);
  Envelope envelope;
  base::ObjectReader reader(**document, context);
  decode_required(reader, "seq", envelope.seq, context);
  if (const json* event = reader.require("event")) {
    const base::DecodeContext::At at(context, "event");
    std::string type;
    if (!decode_event(*event, envelope.event, type, context)) {
      return base::fail(base::Errc::not_found, "unknown event type '" + type + "'");
    }
  }
  if (!context.violations().empty()) {
    return base::fail(base::Errc::invalid_argument, to_string(context.violations()));
  }
  return envelope;
}

}  // namespace telltale::telemetry

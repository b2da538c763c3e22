#pragma once

// From the body of POST /browsers/{id_or_name}/telemetry/events to an event of somebody outside of telltale:
// an extension, a captcha solver, another process of the machine.

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_decode.hpp"
#include "telemetry/catalog.hpp"
#include "telemetry/source.hpp"

namespace telltale::api {

struct EventSourceRequest {
  std::optional<telemetry::SourceKind> kind;
  std::optional<std::string> event;
  std::optional<base::Object<std::string>> metadata;

  static constexpr auto describe() {
    using base::field;
    using R = EventSourceRequest;
    return base::table<R>(
        "Who has observed the event.",
        field("kind", &R::kind,
              "Absent: that of the type's other events, or local_process when those come from "
              "the browser or from telltale itself. kernel_api is telltale's own and refused."),
        field("event", &R::event, "The producer's own name for it.").range(0, 256),
        field("metadata", &R::metadata,
              "Identity of the producer; names of up to 128 and values of up to 1024 characters.")
            .range(0, 32));
  }
};

struct PublishEventRequest {
  std::string type;
  std::optional<telemetry::Category> category;
  std::optional<EventSourceRequest> source;
  std::optional<base::RawJson> data;

  static constexpr auto describe() {
    using base::field;
    using R = PublishEventRequest;
    return base::table<R>("An event to publish. Its time and its number are the server's.",
                          field("type", &R::type, "One of the documented event types.").range(1, 128),
                          field("category", &R::category, "Without effect: the type decides."),
                          field("source", &R::source, "Absent: as if it were empty."),
                          field("data", &R::data, "What the type documents; checked against it."));
  }
};

/// An event without its time.
struct ExternalEvent {
  telemetry::Source source;
  telemetry::EventData data;
};

/// Errors: everything that is wrong with the body.
std::expected<ExternalEvent, std::vector<base::Violation>> parse_event_request(std::string_view body);

}  // namespace telltale::api

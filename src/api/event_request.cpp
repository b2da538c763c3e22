#include "api/event_request.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "telemetry/event_data.hpp"

namespace telltale::api {
namespace {

using telemetry::SourceKind;
using Violations = std::vector<base::Violation>;

// The envelope's limit cuts data only: what stands before them must be small.
constexpr std::size_t kMetadataNameLength = 128;
constexpr std::size_t kMetadataValueLength = 1'024;

// The browser and telltale itself do not publish this way, so nobody else is taken for them by default.
SourceKind default_kind(const telemetry::EventType& type) {
  return type.kind == SourceKind::extension ? SourceKind::extension : SourceKind::local_process;
}

void check_source(const EventSourceRequest& source, Violations& violations) {
  if (source.kind == SourceKind::kernel_api) {
    violations.push_back({"source.kind", "kernel_api is telltale's own: use extension or local_process"});
  }
  if (!source.metadata) return;
  for (const auto& [name, value] : source.metadata->members) {
    if (name.empty() || base::text_length(name) > kMetadataNameLength) {
      violations.push_back({"source.metadata", "names must have 1 to 128 characters"});
    }
    if (base::text_length(value) > kMetadataValueLength) {
      violations.push_back({"source.metadata." + name, "length must be at most 1024 characters"});
    }
  }
}

}  // namespace

std::expected<ExternalEvent, Violations> parse_event_request(std::string_view body) {
  const auto json = base::parse_json(body);
  if (!json) return std::unexpected(Violations{{"", json.error().message}});
  auto request = base::decode_checked<PublishEventRequest>(**json);
  if (!request) return std::unexpected(std::move(request.error()));

  Violations violations;
  EventSourceRequest source = std::move(request->source).value_or(EventSourceRequest{});
  check_source(source, violations);
  const auto* type = telemetry::find_event_type(request->type);
  if (type == nullptr) {
    violations.push_back(
        {"type",
         "is none of the documented event types, and there are no others; docs/events.md lists them"});
    return std::unexpected(std::move(violations));
  }
  const auto data_member = (*json)->find("data");
  auto data = telemetry::decode_event_data(*type, data_member == (*json)->end() ? nullptr : &*data_member);
  if (!data) violations.insert(violations.end(), data.error().begin(), data.error().end());
  if (!violations.empty()) return std::unexpected(std::move(violations));

  ExternalEvent event;
  event.source.kind = source.kind.value_or(default_kind(*type));
  if (source.event && !source.event->empty()) event.source.event = std::move(source.event);
  if (source.metadata && !source.metadata->members.empty()) {
    event.source.metadata = std::move(source.metadata);
  }
  event.data = std::move(*data);
  return event;
}

}  // namespace telltale::api

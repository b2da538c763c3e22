#include <nlohmann/json.hpp>

#include "base/json_schema.hpp"
#include "telemetry/derive.hpp"
#include "telemetry/event_models.hpp"

namespace telltale::telemetry {
namespace {

using Json = nlohmann::ordered_json;

Json event_schema(const EventModel& event, base::SchemaDefinitions& definitions) {
  Json properties = {
      {"ts", {{"type", "integer"}, {"description", "When it was observed. Unit: us since the Unix epoch."}}},
      {"type", {{"const", event.type->name}}},
      {"category", {{"const", base::enum_name(event.type->category)}}},
      {"source", definitions.schema(base::type_model<Source>())}};
  Json required = {"ts", "type", "category", "source"};
  if (!event.data->fields.empty()) {
    Json either = Json::array();
    either.push_back(definitions.schema(*event.data));
    either.push_back({{"type", "null"}});
    properties["data"] = {{"anyOf", std::move(either)}};
    required.push_back("data");
  }
  properties["truncated"] = {{"const", true},
                             {"description", "Present when data is null because it was too large."}};
  return {{"type", "object"},
          {"description", event.type->doc},
          {"properties", std::move(properties)},
          {"required", std::move(required)}};
}

}  // namespace

std::string derive_schema() {
  base::SchemaDefinitions definitions;
  Json alternatives = Json::array();
  Json mapping = Json::object();
  for (const auto& event : event_models()) {
    const std::string name = std::string(event.data->name) + "Event";
    Json reference = definitions.define(name, event_schema(event, definitions));
    mapping[std::string(event.type->name)] = reference["$ref"];
    alternatives.push_back(std::move(reference));
  }
  const Json seq = {
      {"type", "integer"},
      {"minimum", 1},
      {"description",
       "Place in the session's log: +1 per event. A jump in what was received means lost events."}};
  const Json document = {
      {"$schema", base::kSchemaDialect},
      {"title", "Envelope"},
      {"description", "One telemetry event with its sequence number, as each SSE data line carries it."},
      {"type", "object"},
      {"properties",
       {{"seq", seq},
        {"event",
         {{"oneOf", std::move(alternatives)},
          {"discriminator", {{"propertyName", "type"}, {"mapping", std::move(mapping)}}}}}}},
      {"required", {"seq", "event"}},
      {"$defs", definitions.all()}};
  return document.dump(2) + "\n";
}

}  // namespace telltale::telemetry

#include "api/openapi.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "api/error_response.hpp"
#include "base/ascii.hpp"
#include "base/json_schema.hpp"
#include "telemetry/derive.hpp"

namespace telltale::api {
namespace {

using Json = nlohmann::ordered_json;

Json object_of(std::string_view name, Json value) {
  Json object = Json::object();
  object[std::string(name)] = std::move(value);
  return object;
}

constexpr std::string_view kSchemas = "#/components/schemas/";

// The schema of what `data:` of a stream holds, whose definitions join `definitions`. OpenAPI 3.1 uses the
// same dialect of JSON Schema, at another place.
Json envelope_schema(base::SchemaDefinitions& definitions) {
  constexpr std::string_view kStandalone = "#/$defs/";
  std::string text = telemetry::derive_schema();
  for (auto at = text.find(kStandalone); at != std::string::npos; at = text.find(kStandalone, at)) {
    text.replace(at, kStandalone.size(), kSchemas);
  }
  Json schema = Json::parse(text);
  schema.erase("$schema");
  const Json inner = schema["$defs"];
  schema.erase("$defs");
  for (const auto& [name, definition] : inner.items()) definitions.define(name, definition);
  return definitions.define("Envelope", std::move(schema));
}

Json parameter(std::string_view name, std::string_view in, std::string_view doc, bool required, Json schema) {
  Json result = {{"name", name}, {"in", in}};
  if (!doc.empty()) result["description"] = doc;
  if (required) result["required"] = true;
  result["schema"] = std::move(schema);
  return result;
}

Json parameters_of(const Route& route, base::SchemaDefinitions& definitions) {
  Json parameters = Json::array();
  for (const auto name : path_parameters(route.pattern)) {
    parameters.push_back(parameter(name, "path", "", true, {{"type", "string"}}));
  }
  for (const auto& row : route.parameters) {
    const bool header = row.in == Parameter::In::header;
    Json entry =
        parameter(row.name, header ? "header" : "query", row.doc, false, definitions.schema(row.type()));
    if (row.type().kind == base::TypeKind::map) entry["style"] = "deepObject";
    parameters.push_back(std::move(entry));
  }
  return parameters;
}

Json success_of(const Success& success, const Json& envelope, base::SchemaDefinitions& definitions) {
  Json response = {{"description", success.doc}};
  if (success.content_type.empty()) return response;
  Json schema = Json::object();
  if (success.body != nullptr) schema = definitions.schema(success.body());
  if (success.envelope) schema = envelope;
  if (success.list) schema = {{"type", "array"}, {"items", std::move(schema)}};
  response["content"] = object_of(success.content_type, {{"schema", std::move(schema)}});
  return response;
}

Json security_of(Access access) {
  Json ways = Json::array();  // empty: none is needed
  if (access == Access::open) return ways;
  const Json no_scopes = Json::array();
  ways.push_back(object_of("bearer", no_scopes));
  ways.push_back(object_of("api_key", no_scopes));
  if (access == Access::token_or_query || access == Access::session_token)
    ways.push_back(object_of("query_token", no_scopes));
  return ways;
}

const base::TypeModel& error_model(Dialect dialect) {
  switch (dialect) {
    case Dialect::notte:
      return base::type_model<NotteError>();
    case Dialect::instavm:
      return base::type_model<InstavmError>();
    case Dialect::seraph:
      return base::type_model<SeraphError>();
    case Dialect::kernel:
      break;
  }
  return base::type_model<ErrorBody>();
}

Json operation(const Route& route, const Json& envelope, base::SchemaDefinitions& definitions) {
  Json result = {{"operationId", route.operation_id}, {"summary", route.summary}};
  if (!route.older_form_of.empty()) {
    result["deprecated"] = true;
    result["description"] = "Older form of " + std::string(route.older_form_of) + ".";
  }
  if (Json parameters = parameters_of(route, definitions); !parameters.empty()) {
    result["parameters"] = std::move(parameters);
  }
  if (route.request_body != nullptr) {
    Json schema = {{"schema", definitions.schema(route.request_body())}};
    result["requestBody"] = {{"content", object_of("application/json", std::move(schema))}};
  }
  if (!route.file_field.empty()) {
    Json file = {{"type", "string"}, {"contentMediaType", "application/octet-stream"}};
    Json form = {{"type", "object"}, {"properties", object_of(route.file_field, std::move(file))}};
    form["required"] = Json::array({route.file_field});
    result["requestBody"] = {{"required", true},
                             {"content", object_of("multipart/form-data", {{"schema", std::move(form)}})}};
  }
  const auto dialect = dialect_of(route.pattern);
  Json error = {{"schema", definitions.schema(error_model(dialect))}};
  Json responses = Json::object();
  responses[std::to_string(route.success.status)] = success_of(route.success, envelope, definitions);
  if (const auto& other = route.other_success) {
    responses[std::to_string(other->status)] = success_of(*other, envelope, definitions);
  }
  if (route.request_body != nullptr && (dialect == Dialect::notte || dialect == Dialect::instavm)) {
    Json invalid = {{"schema", definitions.schema(base::type_model<HttpValidationError>())}};
    responses["422"] = {{"description", "The body is not valid."},
                        {"content", object_of("application/json", std::move(invalid))}};
  }
  responses["default"] = {{"description", "Any other outcome."},
                          {"content", object_of("application/json", std::move(error))}};
  result["responses"] = std::move(responses);
  result["security"] = security_of(route.access);
  return result;
}

Json security_schemes() {
  return {{"bearer", {{"type", "http"}, {"scheme", "bearer"}}},
          {"api_key", {{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-Key"}}},
          {"query_token", {{"type", "apiKey"}, {"in", "query"}, {"name", "token"}}}};
}

std::string lower(std::string_view method) {
  std::string text(method);
  for (char& c : text) c = base::ascii_lower(c);
  return text;
}

}  // namespace

Json openapi_document(const RouteTable& routes, std::string_view version) {
  base::SchemaDefinitions definitions{std::string(kSchemas)};
  const Json envelope = envelope_schema(definitions);
  Json paths = Json::object();
  for (const auto& route : routes.all()) {
    if (route.operation_id.empty()) continue;
    paths[std::string(route.pattern)][lower(route.method)] = operation(route, envelope, definitions);
  }
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "telltale"}, {"version", version}}},
          {"paths", std::move(paths)},
          {"components", {{"schemas", definitions.all()}, {"securitySchemes", security_schemes()}}}};
}

}  // namespace telltale::api

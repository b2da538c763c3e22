#include "base/json_schema.hpp"

#include <cassert>
#include <cmath>
#include <utility>

namespace telltale::base {

using Json = nlohmann::ordered_json;

namespace {

// Whole numbers are written as such: "minimum": 0, not 0.0.
Json bound(double value) {
  if (std::trunc(value) == value && std::abs(value) < 9e15) return static_cast<std::int64_t>(value);
  return value;
}

// The keywords of a range depend on what is bounded: a number, or the length of a string or list.
std::pair<const char*, const char*> range_keywords(TypeKind kind) {
  switch (kind) {
    case TypeKind::string:
      return {"minLength", "maxLength"};
    case TypeKind::list:
      return {"minItems", "maxItems"};
    case TypeKind::map:
      return {"minProperties", "maxProperties"};
    default:
      return {"minimum", "maximum"};
  }
}

std::string description(const FieldModel& field) {
  std::string text(field.doc);
  const auto sentence = [&](std::string_view first, std::string_view second = {}) {
    if (!text.empty()) text += text.ends_with('.') ? " " : ". ";
    text.append(first).append(second).append(".");
  };
  if (!field.unit.empty()) sentence("Unit: ", field.unit);
  if (field.secret) sentence("Secret: \"[redacted]\" unless redaction is off");
  return text;
}

}  // namespace

Json SchemaDefinitions::schema(const TypeModel& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      return {{"type", "boolean"}};
    case TypeKind::integer:
      return {{"type", "integer"}};
    case TypeKind::number:
      return {{"type", "number"}};
    case TypeKind::string:
      return {{"type", "string"}};
    case TypeKind::enumeration:
      return {{"type", "string"}, {"enum", type.enum_names}};
    case TypeKind::raw_json:
      return Json::object();
    case TypeKind::list:
      return {{"type", "array"}, {"items", schema(type.element())}};
    case TypeKind::map:
      return {{"type", "object"}, {"additionalProperties", schema(type.element())}};
    case TypeKind::structure:
      break;
    case TypeKind::unsupported: {
      Json none = Json::array();
      none.push_back(false);
      none.push_back(nullptr);
      none.push_back("");
      none.push_back(Json::array());
      none.push_back(Json::object());
      return {{"enum", std::move(none)}};
    }
  }
  const auto [known, is_new] = types_.try_emplace(type.name, &type);
  assert(known->second == &type && "two described structs have one name: give one a kTypeName");
  if (is_new) {
    definitions_[std::string(type.name)] = nullptr;  // takes its place in the order before what it refers to
    Json built = structure(type);
    definitions_[std::string(type.name)] = std::move(built);
  }
  return {{"$ref", prefix_ + std::string(type.name)}};
}

Json SchemaDefinitions::define(std::string_view name, Json schema) {
  assert(!definitions_.contains(name) && "this name is taken by another definition");
  definitions_[std::string(name)] = std::move(schema);
  return {{"$ref", prefix_ + std::string(name)}};
}

Json SchemaDefinitions::structure(const TypeModel& type) {
  Json result = {{"type", "object"}};
  if (!type.doc.empty()) result["description"] = type.doc;
  Json properties = Json::object();
  Json required = Json::array();
  for (const auto& row : type.fields) {
    properties[std::string(row.name)] = field(row);
    if (!row.optional && !row.defaulted) required.push_back(row.name);
  }
  result["properties"] = std::move(properties);
  if (!required.empty()) result["required"] = std::move(required);
  return result;
}

Json SchemaDefinitions::field(const FieldModel& field) {
  const TypeModel& type = field.type();
  Json result = schema(type);
  const auto [low, high] = range_keywords(type.kind);
  if (std::isfinite(field.minimum)) result[low] = bound(field.minimum);
  if (std::isfinite(field.maximum)) result[high] = bound(field.maximum);
  if (auto text = description(field); !text.empty()) result["description"] = std::move(text);
  return result;
}

Json json_schema(const TypeModel& type) {
  SchemaDefinitions definitions;
  Json document = {{"$schema", kSchemaDialect}};
  document.update(definitions.schema(type));
  if (!definitions.all().empty()) document["$defs"] = definitions.all();
  return document;
}

}  // namespace telltale::base

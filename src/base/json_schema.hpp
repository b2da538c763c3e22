#pragma once

// JSON Schema (draft 2020-12) of described types.

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/type_model.hpp"

namespace telltale::base {

inline constexpr std::string_view kSchemaDialect = "https://json-schema.org/draft/2020-12/schema";

/// Collects one definition per structure while schemas are asked for. OpenAPI uses it with its own reference
/// prefix.
class SchemaDefinitions {
 public:
  explicit SchemaDefinitions(std::string reference_prefix = "#/$defs/")
      : prefix_(std::move(reference_prefix)) {}

  /// The schema of `type`: a $ref for a structure, whose definition is then among all(); inline otherwise.
  /// Two different structures of one name are a bug (assert): give one of them a kTypeName.
  nlohmann::ordered_json schema(const TypeModel& type);
  /// Adds a definition that no described type stands for, and returns the $ref to it.
  nlohmann::ordered_json define(std::string_view name, nlohmann::ordered_json schema);
  /// Name -> schema, in the order of first use.
  [[nodiscard]] const nlohmann::ordered_json& all() const noexcept { return definitions_; }

 private:
  nlohmann::ordered_json structure(const TypeModel& type);
  nlohmann::ordered_json field(const FieldModel& field);

  std::string prefix_;
  nlohmann::ordered_json definitions_ = nlohmann::ordered_json::object();
  std::map<std::string_view, const TypeModel*> types_;
};

/// A complete schema document for one type.
nlohmann::ordered_json json_schema(const TypeModel& type);

}  // namespace telltale::base

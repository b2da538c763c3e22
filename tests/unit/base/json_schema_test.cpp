#include "base/json_schema.hpp"

#include <gtest/gtest.h>

#include "unit/base/described_samples.hpp"

namespace telltale::base {
namespace {

using Json = nlohmann::ordered_json;

const FieldModel& row(const TypeModel& type, std::string_view name) {
  const auto found = std::ranges::find(type.fields, name, &FieldModel::name);
  if (found == type.fields.end()) throw std::out_of_range(std::string(name));
  return *found;
}

TEST(TypeModel, IsBuiltOncePerType) {
  EXPECT_EQ(&type_model<samples::Everything>(), &type_model<samples::Everything>());
}

TEST(TypeModel, TakesItsNameFromTheStruct) {
  EXPECT_EQ(type_model<samples::Everything>().name, "Everything");
  EXPECT_EQ(type_model<samples::Colour>().name, "Colour");
}

TEST(TypeModel, InlinesFlattenedRowsAndTellsWhereTheyComeFrom) {
  const TypeModel& type = type_model<samples::Everything>();
  EXPECT_EQ(type.fields.front().name, "x");
  EXPECT_EQ(type.fields.front().unit, "CSS px");
  ASSERT_NE(type.fields.front().flattened_from, nullptr);
  EXPECT_EQ(type.fields.front().flattened_from().name, "Position");
  EXPECT_EQ(row(type, "flag").flattened_from, nullptr);
}

TEST(TypeModel, TakesWrappersOffAndRemembersThem) {
  const FieldModel& password = row(type_model<samples::Everything>(), "password");
  EXPECT_TRUE(password.optional);
  EXPECT_TRUE(password.secret);
  EXPECT_EQ(password.type().kind, TypeKind::string);
}

TEST(TypeModel, RefersToARecursiveStructureByItself) {
  const TypeModel& node = type_model<samples::Node>();
  EXPECT_EQ(&row(node, "twin").type(), &node);
  EXPECT_EQ(&row(node, "children").type().element(), &node);
}

TEST(JsonSchema, DescribesAStructure) {
  EXPECT_EQ(json_schema(type_model<samples::Position>()), Json::parse(R"({
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$ref": "#/$defs/Position",
    "$defs": {
      "Position": {
        "type": "object",
        "description": "A place.",
        "properties": {
          "x": {"type": "number", "description": "Across. Unit: CSS px."},
          "y": {"type": "number", "description": "Down. Unit: CSS px."}
        },
        "required": ["x"]
      }
    }
  })"));
}

TEST(JsonSchema, DefinesARecursiveStructureOnce) {
  const Json document = json_schema(type_model<samples::Node>());
  const Json& node = document["$defs"]["Node"];
  EXPECT_EQ(node["properties"]["children"]["items"]["$ref"], "#/$defs/Node");
  EXPECT_EQ(node["properties"]["twin"]["$ref"], "#/$defs/Node");
  EXPECT_EQ(node["required"], Json::parse(R"(["name"])"));
}

TEST(JsonSchema, BoundsNumbersAndLengthsWithTheirOwnKeywords) {
  const Json document = json_schema(type_model<samples::Everything>());
  const Json& properties = document["$defs"]["Everything"]["properties"];
  EXPECT_EQ(properties["limit"],
            Json::parse(R"({"type":"integer","minimum":1,"maximum":100,"description":"How many."})"));
  EXPECT_EQ(properties["text"], Json::parse(R"({"type":"string","minLength":1,"maxLength":5})"));
  EXPECT_EQ(properties["tags"]["maxItems"], 3);
  EXPECT_EQ(properties["large"], Json::parse(R"({"type":"integer","minimum":0})"));
  EXPECT_EQ(properties["seq"]["minimum"], 0);
}

TEST(JsonSchema, ListsEnumNamesAndMarksSecretsAndUnsupportedFields) {
  const Json document = json_schema(type_model<samples::Everything>());
  const Json& properties = document["$defs"]["Everything"]["properties"];
  EXPECT_EQ(properties["colour"]["enum"], Json::parse(R"(["red","dark_blue"])"));
  EXPECT_EQ(properties["password"]["description"],
            "For the door. Secret: \"[redacted]\" unless redaction is off.");
  EXPECT_EQ(properties["proxy"]["enum"], Json::parse(R"([false,null,"",[],{}])"));
  EXPECT_FALSE(properties.contains("legacy"));
}

TEST(JsonSchema, UsesTheReferencePrefixOfTheDocumentItIsFor) {
  SchemaDefinitions definitions("#/components/schemas/");
  EXPECT_EQ(definitions.schema(type_model<samples::Position>())["$ref"], "#/components/schemas/Position");
  EXPECT_TRUE(definitions.all().contains("Position"));
}

}  // namespace
}  // namespace telltale::base

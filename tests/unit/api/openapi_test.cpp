#include "api/openapi.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/about.hpp"
#include "api/browsers.hpp"
#include "api/demo.hpp"

namespace telltale::api {
namespace {

using Json = nlohmann::ordered_json;

Json document() {
  std::vector<Route> routes = browser_routes();
  for (auto part : {about_routes(), demo_routes()}) routes.insert(routes.end(), part.begin(), part.end());
  return openapi_document(RouteTable(std::move(routes)), "1.2.3");
}

void collect_references(const Json& json, std::vector<std::string>& out) {
  if (json.is_object() && json.contains("$ref")) out.push_back(json["$ref"]);
  for (const auto& child : json) {
    if (child.is_structured()) collect_references(child, out);
  }
}

TEST(OpenApi, DescribesEveryOperationOfTheTable) {
  const auto json = document();
  EXPECT_EQ(json["openapi"], "3.1.0");
  EXPECT_EQ(json["info"]["version"], "1.2.3");
  EXPECT_EQ(json["paths"].size(), 7u);
  const auto& create = json["paths"]["/browsers"]["post"];
  EXPECT_EQ(create["operationId"], "createBrowser");
  EXPECT_EQ(create["requestBody"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/CreateBrowserRequest");
  EXPECT_EQ(create["responses"]["201"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/Browser");
  const auto& list =
      json["paths"]["/browsers"]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
  EXPECT_EQ(list["items"]["$ref"], "#/components/schemas/Browser");
  EXPECT_EQ(json["paths"]["/browsers/{id_or_name}/telemetry"]["get"]["deprecated"], true);
  EXPECT_TRUE(json["paths"]["/healthz"]["get"]["security"].empty());
}

TEST(OpenApi, DescribesUpdatesAndEventsFromOutside) {
  const auto json = document();
  const auto& update = json["paths"]["/browsers/{id_or_name}"]["patch"];
  EXPECT_EQ(update["operationId"], "updateBrowser");
  EXPECT_EQ(update["requestBody"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/UpdateBrowserRequest");
  const auto& viewport = json["components"]["schemas"]["ViewportUpdateRequest"]["properties"];
  EXPECT_TRUE(viewport.contains("width") && viewport.contains("force")) << viewport;
  const auto& publish = json["paths"]["/browsers/{id_or_name}/telemetry/events"]["post"];
  EXPECT_EQ(publish["operationId"], "publishBrowserTelemetryEvent");
  EXPECT_EQ(publish["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/Envelope");
  EXPECT_TRUE(publish["responses"].contains("204"));
  EXPECT_FALSE(publish["responses"]["204"].contains("content"));
}

TEST(OpenApi, HasNoDanglingReference) {
  const auto json = document();
  std::vector<std::string> references;
  collect_references(json, references);
  EXPECT_FALSE(references.empty());
  for (const auto& reference : references) {
    EXPECT_TRUE(json.contains(Json::json_pointer(reference.substr(1)))) << reference;
  }
}

TEST(OpenApi, LeavesTheDemoPageOut) {
  const auto json = document();
  for (const auto& [path, operations] : json.at("paths").items())
    EXPECT_FALSE(path.starts_with("/demo")) << path;
}

}  // namespace
}  // namespace telltale::api

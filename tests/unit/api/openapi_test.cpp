#include "api/openapi.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "api/about.hpp"
#include "api/browser_logs.hpp"
#include "api/browsers.hpp"
#include "api/computer.hpp"
#include "api/demo.hpp"
#include "api/instavm.hpp"
#include "api/notte.hpp"
#include "api/seraph.hpp"

namespace telltale::api {
namespace {

using Json = nlohmann::ordered_json;

std::vector<Route> routes_of_all_doors() {
  std::vector<Route> routes = browser_routes();
  for (auto part : {computer_routes(), browser_log_routes(), notte_session_routes(), notte_page_routes(),
                    notte_file_routes(), instavm_routes(), seraph_routes(), about_routes(), demo_routes()}) {
    routes.insert(routes.end(), part.begin(), part.end());
  }
  return routes;
}

Json document() { return openapi_document(RouteTable(routes_of_all_doors()), "1.2.3"); }

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
  std::set<std::string_view> patterns;
  std::set<std::string_view> names;
  for (const auto& route : routes_of_all_doors()) {
    if (route.operation_id.empty()) continue;
    patterns.insert(route.pattern);
    EXPECT_TRUE(names.insert(route.operation_id).second) << route.operation_id << " is there twice";
  }
  EXPECT_EQ(json["paths"].size(), patterns.size());
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

TEST(OpenApi, DescribesFormsWithAFile) {
  const auto json = document();
  const auto& files = json["paths"]["/sessions/{session_id}/files"];
  const auto& form = files["post"]["requestBody"]["content"]["multipart/form-data"]["schema"];
  EXPECT_EQ(form["required"], Json::array({"file"}));
  EXPECT_EQ(form["properties"]["file"]["type"], "string");
  EXPECT_EQ(files["post"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/SessionFile");
  EXPECT_FALSE(files["get"].contains("requestBody"));
}

TEST(OpenApi, DescribesErrorsInTheShapeOfTheDoor) {
  const auto json = document();
  const auto schema_of = [&](const char* path, const char* method, const char* status) {
    return json["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]["$ref"];
  };
  EXPECT_EQ(schema_of("/browsers", "post", "default"), "#/components/schemas/Error");
  EXPECT_EQ(schema_of("/sessions/start", "post", "default"), "#/components/schemas/NotteError");
  EXPECT_EQ(schema_of("/sessions/start", "post", "422"), "#/components/schemas/HTTPValidationError");
  EXPECT_EQ(schema_of("/v1/browser/sessions", "post", "422"), "#/components/schemas/HTTPValidationError");
  EXPECT_EQ(schema_of("/v1/browser/sessions/{session_id}", "get", "default"), "#/components/schemas/InstavmError");
  EXPECT_EQ(schema_of("/api/bots", "get", "default"), "#/components/schemas/SeraphError");
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

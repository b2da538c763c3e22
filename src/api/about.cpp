#include "api/about.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "api/browser_schemas.hpp"
#include "api/error_response.hpp"
#include "api/openapi.hpp"
#include "base/json_encode.hpp"

namespace telltale::api {
namespace {

base::Task<net::HttpReply> get_health(const Services& services, Call) {
  const HealthBody body{"ok", services.version};
  net::HttpReply reply;
  reply.response = json_response(200, base::to_json(body, base::Secrets::mask));
  co_return reply;
}

base::Task<net::HttpReply> get_openapi(const Services& services, Call) {
  net::HttpReply reply;
  reply.response = json_response(200, openapi_document(services.routes, services.version).dump(2));
  co_return reply;
}

}  // namespace

std::vector<Route> about_routes() {
  constexpr std::string_view kJson = "application/json";
  return {{.method = "GET",
           .pattern = "/healthz",
           .operation_id = "getHealth",
           .summary = "Whether the server is up.",
           .handler = get_health,
           .access = Access::open,
           .success = {200, "It is.", kJson, &base::type_model<HealthBody>}},
          {.method = "GET",
           .pattern = "/health",
           .operation_id = "getHealthOfSdks",
           .summary = "The same, where the SDKs of Notte look for it.",
           .handler = get_health,
           .access = Access::open,
           .success = {200, "It is.", kJson, &base::type_model<HealthBody>}},
          {.method = "GET",
           .pattern = "/openapi.json",
           .operation_id = "getOpenApi",
           .summary = "This document.",
           .handler = get_openapi,
           .access = Access::open,
           .success = {200, "OpenAPI 3.1.", kJson}}};
}

}  // namespace telltale::api

#pragma once

// The OpenAPI 3.1 document, derived from the route table and the described structs.

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "api/routes.hpp"

namespace telltale::api {

/// Routes without an operation id are no part of it.
nlohmann::ordered_json openapi_document(const RouteTable& routes, std::string_view version);

}  // namespace telltale::api

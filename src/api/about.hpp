#pragma once

// Routes about the server itself: its health and its OpenAPI document.

#include <vector>

#include "api/routes.hpp"

namespace telltale::api {

std::vector<Route> about_routes();

}  // namespace telltale::api

#pragma once

// Seraph's dialect: `/events`, `/api/bots`, `/invoke`, `/api/commands`. Its bots are our sessions.

#include <vector>

#include "api/routes.hpp"

namespace telltale::api {

std::vector<Route> seraph_routes();

}  // namespace telltale::api

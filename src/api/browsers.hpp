#pragma once

// The routes below /browsers, as Kernel's clients call them.

#include <vector>

#include "api/routes.hpp"

namespace telltale::api {

std::vector<Route> browser_routes();

}  // namespace telltale::api

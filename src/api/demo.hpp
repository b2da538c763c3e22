#pragma once

// The demo page: a small site that makes every kind of event that a page can make. Public, so that a browser
// under observation can open it without a token.

#include <vector>

#include "api/routes.hpp"

namespace telltale::api {

std::vector<Route> demo_routes();

}  // namespace telltale::api

#pragma once

// The routes below /v1/browser, as InstaVM's clients call them.

#include <vector>

#include "api/routes.hpp"

namespace telltale::api {

std::vector<Route> instavm_routes();

}  // namespace telltale::api

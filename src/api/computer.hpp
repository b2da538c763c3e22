#pragma once

// Mouse, keyboard and pictures of a session's browser: /browsers/{id_or_name}/computer, as Kernel's clients call it.

#include <vector>

#include "api/routes.hpp"

namespace telltale::api {

std::vector<Route> computer_routes();

}  // namespace telltale::api

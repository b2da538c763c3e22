#pragma once

// What a session's browser writes, line by line: /browsers/{id_or_name}/logs/stream, as Kernel's clients call it.

#include <vector>

#include "api/routes.hpp"

namespace telltale::api {

std::vector<Route> browser_log_routes();

}  // namespace telltale::api

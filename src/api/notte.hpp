#pragma once

// The routes below /sessions, as Notte's clients call them.

#include <vector>

#include "api/routes.hpp"

namespace telltale::api {

/// Sessions: start, stop, look at, cookies.
std::vector<Route> notte_session_routes();
/// Pages: observe, execute, scrape, screenshot.
std::vector<Route> notte_page_routes();

}  // namespace telltale::api

#pragma once

// The routes below /sessions, as Notte's clients call them.

#include <vector>

#include "api/routes.hpp"

namespace telltale::api {

/// Sessions: start, stop, look at, cookies.
std::vector<Route> notte_session_routes();
/// Pages: observe, execute, scrape, screenshot.
std::vector<Route> notte_page_routes();
/// A session's files: bring, list, fetch, delete.
std::vector<Route> notte_file_routes();

}  // namespace telltale::api

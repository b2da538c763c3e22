#pragma once

// The routes below /sessions, as Notte's clients call them.

#include <array>
#include <vector>

#include "api/routes.hpp"

namespace telltale::api {

/// What the SDK sends along with requests about a session's page, without being asked to.
inline constexpr std::array kNotteMetadataParameters = {
    Parameter{"update_metadata", "Accepted: what a session says of itself is always up to date.",
              &base::type_model<bool>}};

/// Sessions: start, stop, look at, cookies.
std::vector<Route> notte_session_routes();
/// Pages: observe, execute, scrape, screenshot.
std::vector<Route> notte_page_routes();
/// A session's files: bring, list, fetch, delete.
std::vector<Route> notte_file_routes();

}  // namespace telltale::api

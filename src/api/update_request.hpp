#pragma once

// From the body of PATCH /browsers/{id_or_name} to the update of a session.

#include <expected>
#include <string_view>
#include <vector>

#include "base/json_decode.hpp"
#include "session/session_info.hpp"

namespace telltale::api {

/// An empty body changes nothing. Errors: everything that is wrong with the body.
std::expected<session::SessionUpdate, std::vector<base::Violation>> parse_update_request(
    std::string_view body);

}  // namespace telltale::api

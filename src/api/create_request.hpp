#pragma once

// From the body of POST /browsers to a session's specification.

#include <expected>
#include <string_view>
#include <vector>

#include "base/json_decode.hpp"
#include "session/session_info.hpp"

namespace telltale::api {

/// `has_display`: whether a browser with a window can run here. An empty body is an empty request.
/// Errors: everything that is wrong with the body.
std::expected<session::SessionSpec, std::vector<base::Violation>> parse_create_request(std::string_view body,
                                                                                       bool has_display);

/// Whether DISPLAY or WAYLAND_DISPLAY is set.
bool has_display() noexcept;

}  // namespace telltale::api

#pragma once

// A session as /browsers shows it.

#include <chrono>
#include <string>

#include "api/browser_schemas.hpp"
#include "base/clock.hpp"
#include "session/session_info.hpp"

namespace telltale::api {

BrowserBody to_body(const session::SessionInfo& info, base::Time now);

/// "2027-01-15T08:00:00.000Z": RFC 3339 in UTC with milliseconds.
std::string to_rfc3339(std::chrono::system_clock::time_point when);

}  // namespace telltale::api

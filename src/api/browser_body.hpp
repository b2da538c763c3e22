#pragma once

// A session as /browsers shows it.

#include <chrono>
#include <string>
#include <string_view>

#include "api/browser_schemas.hpp"
#include "base/clock.hpp"
#include "session/session_info.hpp"

namespace telltale::api {

/// `server`: where the client reached us, "http://HOST:PORT" or "https://...".
BrowserBody to_body(const session::SessionInfo& info, base::Time now, std::string_view server);

/// "2027-01-15T08:00:00.000Z": RFC 3339 in UTC with milliseconds.
std::string to_rfc3339(std::chrono::system_clock::time_point when);
/// A text as JSON; null when it is empty.
base::RawJson text_or_null(std::string_view text);

}  // namespace telltale::api

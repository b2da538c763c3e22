#pragma once

// The DevTools endpoint of a session: a WebSocket on this server, passed through to the session's browser,
// whose own unauthenticated port is never handed out.

#include <string>
#include <string_view>
#include <vector>

#include "api/routes.hpp"
#include "session/session_info.hpp"

namespace telltale::api {

/// Where the client reached this server: "http://HOST:PORT", "https://..." behind a proxy that says so
/// (X-Forwarded-Proto).
std::string server_of(const net::HttpRequest& request);
/// "ws://HOST:PORT/browsers/ID/cdp?token=..." with the session's own token.
std::string cdp_url(const session::SessionInfo& info, std::string_view server);

std::vector<Route> cdp_proxy_routes();

}  // namespace telltale::api

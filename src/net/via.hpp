#pragma once

// Telling requests that this process has made itself, over whatever way they come back: another name or address,
// a forwarded port, another telltale (RFC 9110 7.6.3).

#include <string>
#include <string_view>

#include "net/http.hpp"

namespace telltale::net {

/// The value of the Via field of a request that this process makes on behalf of one that carried `received`; empty:
/// of its own accord.
std::string via(std::string_view received = {});

/// The status that answers such a request (RFC 5842 7.2), and what its maker says about the URL.
inline constexpr unsigned kLoopDetected = 508;
inline constexpr std::string_view kLeadsBack =
    "it leads back to this server: give the DevTools endpoint of the browser itself";

/// Whether the request has been made by this process, or because of one that was.
bool came_from_here(const HttpRequest& request);

}  // namespace telltale::net

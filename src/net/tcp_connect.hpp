#pragma once

// Outgoing TCP connections, shared by the HTTP and the WebSocket client.

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "base/task.hpp"

namespace telltale::net {

/// Connects on the calling coroutine's loop: every address of `host` (IP address, "localhost", name) in turn.
/// The socket has TCP_NODELAY set. Errors: refused (nobody listens, name unknown, no route), timeout
/// (`deadline` for everything), stopped (cancelled), io.
base::Task<base::Result<base::asio::ip::tcp::socket>> connect_tcp(
    std::string host, std::uint16_t port, std::chrono::steady_clock::time_point deadline);

}  // namespace telltale::net

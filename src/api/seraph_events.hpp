#pragma once

// `GET /events` of Seraph's dialect: the log hub and all sessions, live, as Server-Sent Events.

#include <chrono>

#include "api/limits.hpp"
#include "api/routes.hpp"
#include "stream/limits.hpp"

namespace telltale::api {

struct HubStreamOptions {
  std::chrono::nanoseconds keepalive = stream::limits::kKeepaliveInterval;  ///< silence until a comment is sent
  std::chrono::nanoseconds round = limits::kSnapshotInterval;       ///< between two of all snapshots
};

/// A stream that begins with a snapshot of each live session and goes on with every line of the log hub from
/// this call on, and with a snapshot at each transition of a session and at each round. It ends when
/// the client is gone or the server stops. On the connection's loop; the services outlive it.
net::HttpReply stream_hub(const Services& services, HubStreamOptions options = {});

}  // namespace telltale::api

#pragma once

// A WebSocket that a client opened here, passed through to another server: messages cross unparsed.

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/task.hpp"
#include "net/http.hpp"
#include "net/limits.hpp"
#include "net/websocket.hpp"

namespace telltale::net {

/// Whether the request asks for a WebSocket (RFC 6455 4.2.1).
bool asks_for_websocket(const HttpRequest& request);

/// How a relay has ended, and what it has carried.
struct RelayReport {
  enum class End {
    client,       ///< The client left, or broke the protocol.
    slow_client,  ///< It took nothing for kRelayStallTimeout while kRelayQueueBytes waited for it.
    upstream,     ///< The other server left, or broke the protocol.
    cancelled,
  };
  End end = End::cancelled;
  std::string reason;          ///< for people
  std::uint64_t messages = 0;  ///< in both directions, whole ones
  /// Told each message of the client before it is passed on; set by the caller, who wants to know.
  std::function<void(std::string_view)> on_client_message{};
};

/// The bounds of one relay; tests shorten them.
struct RelayLimits {
  /// Of both sides; a message of the client beyond message_bytes ends the relay.
  WebSocketLimits upstream{};
  std::chrono::nanoseconds client_idle_timeout = limits::kRelayIdleTimeout;
  std::size_t queue_bytes = limits::kRelayQueueBytes;
  std::chrono::nanoseconds stall_timeout = limits::kRelayStallTimeout;
};

/// The other server, connected before the client is told that it may talk. Lives on the loop that connected
/// it.
class RelayUpstream;

/// Connects to a ws:// URL; errors as connect_websocket(). `via`: see net::via().
base::Task<base::Result<std::shared_ptr<RelayUpstream>>> connect_relay(std::string url, std::string via,
                                                                       RelayLimits limits = {});

/// Answers `handshake`, which asks_for_websocket(), with `answer` besides what the handshake needs, and passes messages both ways until one side ends or the
/// caller cancels. The other side is then told why, in at most limits.upstream.close_timeout. What the
/// upstream sends is always drained: the client's share waits in a bounded queue. What the client sends waits
/// in its socket. `report` outlives the call, and is right also when it was cancelled.
base::Task<> relay(base::asio::ip::tcp::socket client, HttpRequest handshake, HttpHeaders answer,
                   std::shared_ptr<RelayUpstream> upstream, RelayReport& report);

}  // namespace telltale::net

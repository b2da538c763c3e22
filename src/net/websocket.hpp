#pragma once

// WebSocket client connection, made for a peer that talks much and must always be drained.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/task.hpp"
#include "net/limits.hpp"

namespace telltale::net {

/// Receives what a WebSocket reads, on the connection's loop. Calls do not nest; the views end with the call.
class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  /// One whole text message. At least kMessagePadding readable bytes follow message.end() (simdjson reads
  /// past it).
  virtual void on_message(std::string_view message) = 0;
  /// A message above kWebSocketMessageBytes was discarded. `prefix` is its beginning (at least 4 KiB), `size`
  /// its length.
  virtual void on_oversized_message(std::string_view prefix, std::size_t size) = 0;
};

inline constexpr std::size_t kMessagePadding = 64;

/// A transport of text messages; WebSocketClient is the real one, tests bring their own for faults.
class MessageTransport {
 public:
  virtual ~MessageTransport() = default;
  /// Reads until the connection ends, handing each message to `handler`, and writes what send() queued.
  /// Returns why it ended: stopped (after close() or cancellation), closed (the peer), timeout (no pong),
  /// protocol. Call once.
  virtual base::Task<base::Error> run(WebSocketHandler& handler) = 0;
  /// Queues a text message; never blocks. Before run() it waits in the queue. Errors: limit (queue of
  /// kWebSocketSendQueueBytes full), closed.
  virtual base::Result<void> send(std::string message) = 0;
  /// Starts an orderly close; run() returns soon after, at the latest when the closing handshake times out (1
  /// s).
  virtual void close() noexcept = 0;
};

/// The bounds of one WebSocket; tests shorten them.
struct WebSocketLimits {
  std::size_t message_bytes = limits::kWebSocketMessageBytes;
  std::size_t send_queue_bytes = limits::kWebSocketSendQueueBytes;
  std::chrono::nanoseconds connect_timeout = limits::kConnectTimeout;
  std::chrono::nanoseconds idle_timeout = limits::kWebSocketIdleTimeout;
  /// Time for the closing handshake after close().
  std::chrono::nanoseconds close_timeout = std::chrono::seconds(1);
};

/// Connects to ws://host[:port]/path on the calling coroutine's loop. Pings a silent peer and ends with
/// timeout when it does not answer within kWebSocketIdleTimeout. Errors: invalid_argument (URL; wss is
/// refused with the reason), refused, timeout (kConnectTimeout for connect and handshake), protocol
/// (handshake refused: says status), closed.
base::Task<base::Result<std::unique_ptr<MessageTransport>>> connect_websocket(std::string url,
                                                                              WebSocketLimits limits = {});

}  // namespace telltale::net

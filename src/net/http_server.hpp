#pragma once

// The HTTP/1.1 server: keep-alive, chunked request and response bodies, limits and deadlines of
// base/limits.hpp.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/loop.hpp"
#include "base/task.hpp"
#include "net/http.hpp"
#include "net/limits.hpp"
#include "net/websocket_relay.hpp"

namespace telltale::net {

/// Writes the body of a streamed response, chunk by chunk, on the loop of its connection.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  /// Sends the pieces as one chunk and completes when the kernel took them all. The pieces must live until
  /// then. Errors: closed (client gone), timeout (not taken within kHttpWriteTimeout; the connection is then
  /// closed), stopped.
  virtual base::Task<base::Result<void>> write(std::span<const std::string_view> pieces) = 0;
};

/// Reads the body of a request while its handler runs, on the loop of its connection.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// The next piece, of some KiB; empty at the end of the body. Errors: closed (client gone), timeout, limit,
  /// protocol (not HTTP), stopped; the connection then answers itself or is closed, whatever the handler says.
  virtual base::Task<base::Result<std::string>> read() = 0;
};

/// A request for a WebSocket that its handler has agreed to.
class WebSocketUpgrade {
 public:
  virtual ~WebSocketUpgrade() = default;
  /// Accepts it and passes messages to and from `upstream`; see net::relay(). Call once.
  virtual base::Task<> relay(std::shared_ptr<RelayUpstream> upstream, RelayReport& report) = 0;
};

/// What a handler answers: a whole response, a head and a function that streams the body, or a WebSocket.
struct HttpReply {
  HttpResponse response;
  /// When set, `response.body` is ignored; head and chunks are sent as they come. The function runs on the
  /// connection's loop, is cancelled when the client disconnects or the server stops, and ends the body by
  /// returning.
  std::function<base::Task<>(BodyWriter&)> stream;
  /// When set, the request asks_for_websocket(), and of the rest only the headers count. The function runs on the
  /// connection's loop and is cancelled when the server stops; the connection ends with it.
  std::function<base::Task<>(WebSocketUpgrade&)> upgrade{};
  /// When set, called once a whole response has been handed to a client that was still there. Destroyed without
  /// having been called when it never was. On the connection's loop.
  std::function<void()> delivered{};
  bool last = false;  ///< the connection ends with this answer
};

/// A reply that is neither streamed nor a WebSocket.
inline HttpReply whole(HttpResponse response) {
  HttpReply reply;
  reply.response = std::move(response);
  return reply;
}

/// Decides over requests. handle() runs on the loop of the connection, many at a time. It never throws:
/// failures are responses. It is cancelled when the client disconnects.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual base::Task<HttpReply> handle(HttpRequest request) = 0;
  /// The largest body of a request that is handled while its body comes; nothing for those whose body handle()
  /// gets whole (up to kHttpBodyBytes). `head` has no body yet.
  virtual std::optional<std::size_t> streamed_body_bytes(const HttpRequest& /*head*/) const { return std::nullopt; }
  /// handle() for those. The connection ends with the answer unless the body was read to its end. Cancelled when
  /// the server stops; read() tells when the client disconnects.
  virtual base::Task<HttpReply> handle_streamed(HttpRequest head, BodyReader& /*body*/) {
    return handle(std::move(head));
  }
  /// The response for a request that the server refuses itself (400 malformed, 408, 413, 421, 431, 501, 503, and
  /// 500 when handle() threw although it must not); `message` says why.
  virtual HttpResponse refuse(unsigned status, std::string_view message) = 0;
};

/// The bounds of one server; tests shorten them.
struct HttpServerLimits {
  std::size_t header_bytes = limits::kHttpHeaderBytes;
  std::size_t body_bytes = limits::kHttpBodyBytes;
  std::size_t connections = limits::kHttpConnections;
  std::chrono::nanoseconds request_timeout = limits::kHttpRequestTimeout;
  std::chrono::nanoseconds streamed_body_timeout = limits::kHttpStreamedBodyTimeout;
  std::chrono::nanoseconds idle_timeout = limits::kHttpIdleTimeout;
  std::chrono::nanoseconds write_timeout = limits::kHttpWriteTimeout;
  std::chrono::nanoseconds graceful_stop = limits::kGracefulStopTimeout;
  /// After a refusal the rest of the request is read and dropped for so long: closing at once would make the
  /// kernel send a reset that can overtake the answer.
  std::chrono::nanoseconds linger = std::chrono::seconds(1);
};

/// Owner: the wiring. Lives on loop 0 (accepting); each accepted connection lives on the pool's next loop.
class HttpServer {
 public:
  HttpServer(base::LoopPool& loops, HttpHandler& handler, HttpServerLimits limits = {});
  ~HttpServer();

  /// Binds and listens. Port 0 picks a free one. Returns the bound port. Errors: invalid_argument (bad
  /// address), conflict (address in use; the message says what to do), io.
  base::Result<std::uint16_t> listen(std::string_view host, std::uint16_t port);
  /// Accepts and serves until stop() or cancellation; returns after every connection has ended. Call once.
  base::Task<> run();
  /// Stops accepting, cancels streams, lets other requests end for kGracefulStopTimeout, then closes.
  /// Idempotent; call it on loop 0.
  void stop() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telltale::net

#pragma once

// A scripted WebSocket server for tests: says what it is told, also what no honest peer would. Answers plain
// HTTP, too.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/loop.hpp"
#include "base/task.hpp"
#include "net/http.hpp"

namespace telltale::testing {

/// One accepted WebSocket, used on the server's loop. Valid until on_end was called for it.
class WebSocketPeer {
 public:
  virtual ~WebSocketPeer() = default;
  /// What the client asked for in the handshake: target and headers.
  [[nodiscard]] virtual const net::HttpRequest& request() const noexcept = 0;
  /// Queues a text message. The queue has no bound: it is a test's.
  virtual void send(std::string text) = 0;
  /// Queues a text message that goes out in frames of at most `fragment_bytes`.
  virtual void send_fragmented(std::string text, std::size_t fragment_bytes) = 0;
  /// Closing handshake, behind what is queued.
  virtual void close() = 0;
  /// Ends the TCP connection at once, without a closing handshake.
  virtual void drop() = 0;
  /// Reads no more: pings stay unanswered and the client's bytes pile up. It still sends.
  virtual void go_silent() = 0;
};

/// What the server does; every function is optional and runs on the server's loop.
struct WebSocketScript {
  std::function<void(WebSocketPeer&)> on_open;
  std::function<void(WebSocketPeer&, std::string_view message)> on_message;
  std::function<void(WebSocketPeer&)> on_end;
  /// Answers plain requests; without it they get 404.
  std::function<net::HttpResponse(const net::HttpRequest&)> on_request;
  /// Other than 0: handshakes are refused with this status.
  unsigned refuse_handshake = 0;
  /// Handshakes are read and never answered.
  bool ignore_handshake = false;
};

/// Listens on 127.0.0.1 from construction on. Lives on one loop.
class WebSocketServer {
 public:
  WebSocketServer(base::Loop& loop, WebSocketScript script);
  ~WebSocketServer();

  [[nodiscard]] std::uint16_t port() const noexcept;
  [[nodiscard]] std::string url(std::string_view path = "/") const;  ///< ws://127.0.0.1:port/path
  /// Serves until stop() or cancellation; then every connection is dropped.
  base::Task<> run();
  void stop() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telltale::testing

#pragma once

// A deadline for whatever a socket is doing. Asio 1.81 has no cancel_after, and Beast's tcp_stream closes the
// socket when time is up, so that a server could no longer answer 408.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "base/task.hpp"

namespace telltale::net {

/// Belongs to one socket and lives on its loop. The user runs watch() beside the work: `co_await (work() ||
/// watch())`.
class SocketDeadline {
 public:
  using Clock = std::chrono::steady_clock;

  explicit SocketDeadline(base::asio::ip::tcp::socket& socket)
      : socket_(socket), timer_(socket.get_executor()), due_(Clock::time_point::max()) {}

  /// From `when` on, operations of the socket fail with operation_aborted and expired() is true.
  void expires_at(Clock::time_point when);
  void expires_after(std::chrono::nanoseconds duration) { expires_at(Clock::now() + duration); }
  void clear() { expires_at(Clock::time_point::max()); }
  [[nodiscard]] bool expired() const noexcept { return expired_; }

  /// Enforces the deadlines until it is cancelled.
  base::Task<> watch();

 private:
  base::asio::ip::tcp::socket& socket_;
  base::asio::steady_timer timer_;
  Clock::time_point due_;
  Clock::time_point armed_for_ = Clock::time_point::max();
  bool expired_ = false;
};

}  // namespace telltale::net

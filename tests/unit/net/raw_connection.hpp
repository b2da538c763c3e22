#pragma once

// A TCP connection that sends exactly the bytes a test wants, for requests that no HTTP client would make.

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <string>

#include "base/task.hpp"

namespace telltale::net {

/// Long enough for a loaded machine; only a failing test waits for it.
inline constexpr auto kPatience = std::chrono::seconds(10);

class RawConnection {
 public:
  explicit RawConnection(base::asio::any_io_executor executor) : socket_(executor) {}

  base::Task<> connect(std::uint16_t port) {
    const base::asio::ip::tcp::endpoint endpoint(base::asio::ip::address_v4::loopback(), port);
    co_await socket_.async_connect(endpoint, kAwait);
  }
  base::Task<> send(std::string text) {
    co_await base::asio::async_write(socket_, base::asio::buffer(text), kAwait);
  }
  /// Everything received and not taken before, up to and with `marker`; what there is when the connection
  /// ends before.
  base::Task<std::string> read_until(std::string marker) {
    bool more = true;
    while (more && received_.find(marker) == std::string::npos) more = co_await read_more();
    const auto found = received_.find(marker);
    const auto end = found == std::string::npos ? received_.size() : found + marker.size();
    const std::string taken = received_.substr(0, end);
    received_.erase(0, end);
    co_return taken;
  }
  base::Task<std::string> read_until_closed() {
    bool more = true;
    while (more) more = co_await read_more();
    co_return std::exchange(received_, {});
  }
  /// Whether the other side ended the connection, rather than the patience.
  [[nodiscard]] bool closed_by_peer() const noexcept { return closed_by_peer_; }
  void close() { socket_.close(); }
  base::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  static constexpr auto kAwait = base::asio::as_tuple(base::asio::use_awaitable);

  base::Task<bool> read_more() {
    using namespace base::asio::experimental::awaitable_operators;
    const auto outcome = co_await (read_some() || base::sleep_for(kPatience));
    const auto* const got_some = std::get_if<0>(&outcome);
    co_return got_some != nullptr && *got_some;
  }
  base::Task<bool> read_some() {
    std::array<char, 4096> block;
    const auto [error, size] = co_await socket_.async_read_some(base::asio::buffer(block), kAwait);
    received_.append(block.data(), size);
    if (error && error != base::asio::error::operation_aborted) closed_by_peer_ = true;
    co_return !error;
  }

  base::asio::ip::tcp::socket socket_;
  std::string received_;
  bool closed_by_peer_ = false;
};

}  // namespace telltale::net

#pragma once

// Stands between telltale and a real browser, and refuses one thing on the browser's behalf.

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>

#include "support/loop_thread.hpp"

namespace telltale::testing {

/// Passes bytes in both directions on any number of connections. On the first one the browser's answer to the
/// command with the id 2, which is Target.setAutoAttach, becomes an error: no real browser was found to
/// refuse it.
class RefusingProxy {
 public:
  /// `websocket_url`: of a browser on 127.0.0.1.
  explicit RefusingProxy(const std::string& websocket_url);
  ~RefusingProxy() { thread_.stop(); }
  /// The same address with the proxy's port.
  [[nodiscard]] const std::string& websocket_url() const noexcept { return url_; }

 private:
  using Socket = base::asio::ip::tcp::socket;
  base::Task<> accept();
  base::Task<> serve(Socket client, bool refuse);
  static base::Task<> copy(Socket& from, Socket& to, bool refuse);

  LoopThread thread_;
  base::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t browser_port_ = 0;
  std::string url_;
};

}  // namespace telltale::testing

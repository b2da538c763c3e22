#include "support/refusing_proxy.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <tuple>
#include <utility>

#include "net/url.hpp"

namespace telltale::testing {
namespace {

namespace asio = base::asio;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

/// A frame of text as a server sends it; shorter than 126 bytes.
std::string frame(std::string text) {
  return std::string("\x81") + static_cast<char>(text.size()) + std::move(text);
}

void refuse_in(std::string& bytes) {
  const std::string accepted = frame(R"({"id":2,"result":{}})");
  const auto at = bytes.find(accepted);
  if (at == std::string::npos) return;
  bytes.replace(at, accepted.size(), frame(R"({"id":2,"error":{"code":-32000,"message":"Not allowed"}})"));
}

}  // namespace

RefusingProxy::RefusingProxy(const std::string& websocket_url)
    : acceptor_(thread_.loop().context(), {asio::ip::address_v4::loopback(), 0}) {
  const auto url = net::parse_url(websocket_url);
  browser_port_ = url->port;
  url_ = "ws://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + url->target;
  thread_.spawn(accept());
}

base::Task<> RefusingProxy::accept() {
  base::TaskScope connections(thread_.loop().executor());
  for (bool first = true;; first = false) {
    auto accepted = co_await acceptor_.async_accept(kTuple);
    if (std::get<0>(accepted)) break;  // stopped
    connections.spawn(serve(std::move(std::get<1>(accepted)), first));
  }
  connections.stop();
  co_await connections.join();
}

base::Task<> RefusingProxy::serve(Socket client, bool refuse) {
  using namespace asio::experimental::awaitable_operators;
  Socket browser(thread_.loop().context());
  const asio::ip::tcp::endpoint address(asio::ip::address_v4::loopback(), browser_port_);
  const auto connected = co_await browser.async_connect(address, kTuple);
  if (std::get<0>(connected)) co_return;
  co_await (base::as_root(copy(client, browser, false)) || base::as_root(copy(browser, client, refuse)));
}

base::Task<> RefusingProxy::copy(Socket& from, Socket& to, bool refuse) {
  std::array<char, 64u << 10> buffer;
  for (;;) {
    const auto read = co_await from.async_read_some(asio::buffer(buffer), kTuple);
    if (std::get<0>(read)) co_return;
    std::string bytes(buffer.data(), std::get<1>(read));
    if (refuse) refuse_in(bytes);
    const auto written = co_await asio::async_write(to, asio::buffer(bytes), kTuple);
    if (std::get<0>(written)) co_return;
  }
}

}  // namespace telltale::testing

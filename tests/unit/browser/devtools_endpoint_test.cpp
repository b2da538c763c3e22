#include "browser/devtools_endpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "browser/find.hpp"
#include "unit/browser/run.hpp"

namespace telltale::browser {
namespace {

namespace asio = base::asio;
using asio::ip::tcp;
using base::Errc;
using base::Result;
using base::Task;
using testing::HasSubstr;
using testing::Not;

TEST(DevToolsActivePort, IsAPortAndAPath) {
  const auto found = parse_devtools_active_port("45123\n/devtools/browser/6f0c");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->port, 45123);
  EXPECT_EQ(found->path, "/devtools/browser/6f0c");
}

TEST(DevToolsActivePort, IsAbsentWhileTheFileIsIncompleteOrWrong) {
  for (const char* const text : {"", "451", "45123\n", "45123\n/devtools/br", "0\n/devtools/browser/6f0c",
                                 "70000\n/devtools/browser/6f0c", "x\n/devtools/browser/6f0c"}) {
    EXPECT_FALSE(parse_devtools_active_port(text)) << text;
  }
  EXPECT_FALSE(read_devtools_active_port("/nonexistent"));
}

/// Answers one connection with `body` and stores what was asked.
Task<> answer_once(tcp::acceptor& acceptor, unsigned status, std::string body, std::string& request) {
  tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
  std::array<char, 1024> buffer{};
  while (request.find("\r\n\r\n") == std::string::npos) {
    const auto space = asio::buffer(buffer);
    const std::size_t count = co_await socket.async_read_some(space, asio::use_awaitable);
    request.append(buffer.data(), count);
  }
  const std::string response = "HTTP/1.1 " + std::to_string(status) +
                               " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const auto bytes = asio::buffer(response);
  co_await asio::async_write(socket, bytes, asio::use_awaitable);
}

struct Discovery {
  std::uint16_t port = 0;
  std::string request;
  Result<std::string> url;
};

/// Discovers a server that answers one request with `status` and `body`.
Task<Discovery> discover_from(unsigned status, std::string body) {
  const auto executor = co_await asio::this_coro::executor;
  const tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);
  tcp::acceptor acceptor(executor, any_port);
  Discovery discovery;
  discovery.port = acceptor.local_endpoint().port();
  base::TaskScope scope(executor);
  scope.spawn(answer_once(acceptor, status, std::move(body), discovery.request));
  discovery.url = co_await discover_websocket_url("http://127.0.0.1:" + std::to_string(discovery.port));
  co_await scope.join();
  co_return discovery;
}

TEST(DiscoverWebSocketUrl, ReturnsAWebSocketUrlAsItIs) {
  EXPECT_EQ(run(discover_websocket_url("ws://127.0.0.1:9222/devtools/browser/x")),
            "ws://127.0.0.1:9222/devtools/browser/x");
}

TEST(DiscoverWebSocketUrl, AsksJsonVersionWithThePortInTheHostHeader) {
  const auto found =
      run(discover_from(200, R"({"webSocketDebuggerUrl": "ws://127.0.0.1:1/devtools/browser/x"})"));
  EXPECT_EQ(found.url, "ws://127.0.0.1:1/devtools/browser/x");
  EXPECT_THAT(found.request, testing::StartsWith("GET /json/version HTTP/1.1"));
  EXPECT_THAT(found.request, HasSubstr("Host: 127.0.0.1:" + std::to_string(found.port)));
}

TEST(DiscoverWebSocketUrl, RefusesWhatIsNoDevToolsEndpoint) {
  for (const char* const body : {"<html>", "[]", "{}", R"({"webSocketDebuggerUrl": 1})"}) {
    const auto found = run(discover_from(200, body));
    ASSERT_FALSE(found.url) << body;
    EXPECT_EQ(found.url.error().code, Errc::protocol);
    EXPECT_THAT(found.url.error().message, HasSubstr("not a DevTools endpoint"));
  }
}

TEST(DiscoverWebSocketUrl, SaysTheStatusOfAFailureAndNothingOfItsAnswer) {
  for (const int status : {500, 404, 403, 302, 204}) {
    const auto found = run(discover_from(status, status == 204 ? "" : "INTERNAL_SECRET"));
    ASSERT_FALSE(found.url);
    EXPECT_EQ(found.url.error().code, Errc::protocol);
    EXPECT_THAT(found.url.error().message, HasSubstr("answered " + std::to_string(status)));
    EXPECT_THAT(found.url.error().message, Not(HasSubstr("SECRET")));
  }
}

TEST(DiscoverWebSocketUrl, TakesNoUrlThatIsNoneOfAWebSocket) {
  for (const char* const url : {"SECRET", "http://127.0.0.1/SECRET", "wss://127.0.0.1/SECRET", "file:///SECRET", "",
                                "ws://user:SECRET@127.0.0.1/", "ws:SECRET", "ws://127.0.0.1:99999/SECRET"}) {
    const auto found = run(discover_from(200, R"({"webSocketDebuggerUrl": ")" + std::string(url) + "\"}"));
    ASSERT_FALSE(found.url) << url;
    EXPECT_EQ(found.url.error().code, Errc::protocol);
    EXPECT_THAT(found.url.error().message, Not(HasSubstr("SECRET")));
  }
}

/// A port that nobody listens on: bound, so that nobody else gets it, without listen().
Task<Result<std::string>> discover_nobody(std::uint16_t& port) {
  const auto executor = co_await asio::this_coro::executor;
  const tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);
  tcp::socket reserved(executor, any_port);
  port = reserved.local_endpoint().port();
  co_return co_await discover_websocket_url("http://127.0.0.1:" + std::to_string(port));
}

TEST(DiscoverWebSocketUrl, SaysHowToStartABrowserWhereNobodyListens) {
  std::uint16_t port = 0;
  const auto found = run(discover_nobody(port));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::refused);
  EXPECT_THAT(found.error().message, HasSubstr("--remote-debugging-port=" + std::to_string(port)));
}

TEST(DiscoverWebSocketUrl, RefusesOtherUrls) {
  for (const char* const url : {"https://127.0.0.1:9222", "127.0.0.1", ""}) {
    const auto found = run(discover_websocket_url(url));
    ASSERT_FALSE(found) << url;
    EXPECT_EQ(found.error().code, Errc::invalid_argument);
  }
}

}  // namespace
}  // namespace telltale::browser

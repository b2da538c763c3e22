#include "net/http_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve.hpp"

namespace telltale::net {
namespace {

using base::Errc;
using base::Task;
using testing::HasSubstr;
using namespace std::chrono_literals;
using asio_tcp = base::asio::ip::tcp;

constexpr auto kAwait = base::asio::as_tuple(base::asio::use_awaitable);

/// Accepts one connection, reads the request head, answers `bytes` and closes, or stays open and silent.
class CannedServer {
 public:
  CannedServer(base::Loop& loop, std::string bytes, bool then_close = true)
      : acceptor_(loop.executor(), asio_tcp::endpoint(base::asio::ip::address_v4::loopback(), 0)),
        bytes_(std::move(bytes)),
        then_close_(then_close) {}
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] const std::string& request() const noexcept { return request_; }

  Task<> run() {
    auto [error, socket] = co_await acceptor_.async_accept(kAwait);
    if (error) co_return;
    std::array<char, 4096> block;
    while (request_.find("\r\n\r\n") == std::string::npos) {
      const auto [read_error, size] = co_await socket.async_read_some(base::asio::buffer(block), kAwait);
      if (read_error) co_return;
      request_.append(block.data(), size);
    }
    co_await base::asio::async_write(socket, base::asio::buffer(bytes_), kAwait);
    if (!then_close_) co_await base::sleep_for(kPatience);
  }

 private:
  asio_tcp::acceptor acceptor_;
  std::string bytes_;
  bool then_close_;
  std::string request_;
};

/// Runs `test` beside a CannedServer.
void with_answer(std::string bytes, std::function<Task<>(CannedServer&)> test, bool then_close = true) {
  base::LoopPool loops(1);
  CannedServer server(loops.at(0), std::move(bytes), then_close);
  loops.run([](base::Loop& loop, CannedServer& canned, std::function<Task<>(CannedServer&)> body) -> Task<> {
    base::TaskScope scope(loop.executor());
    scope.spawn(canned.run());
    co_await body(canned);
    scope.stop();
    co_await scope.join();
  }(loops.at(0), server, std::move(test)));
}

Task<base::Result<HttpResponse>> get(std::uint16_t port, std::chrono::nanoseconds deadline = kPatience) {
  HttpRequest request;
  request.path = "/json/version";
  co_return co_await http_fetch("127.0.0.1", port, request, deadline);
}

TEST(HttpFetch, SendsHostWithPortAndNoOrigin) {
  with_answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", [](CannedServer& server) -> Task<> {
    const auto response = co_await get(server.port());
    EXPECT_TRUE(response && response->body == "{}");
    EXPECT_EQ(server.request(), "GET /json/version HTTP/1.1\r\nHost: 127.0.0.1:" +
                                    std::to_string(server.port()) + "\r\nConnection: close\r\n\r\n");
  });
}

TEST(HttpFetch, TakesBodiesThatEndWithTheConnection) {
  with_answer("HTTP/1.0 200 OK\r\n\r\nuntil the end", [](CannedServer& server) -> Task<> {
    const auto response = co_await get(server.port());
    EXPECT_TRUE(response && response->body == "until the end");
  });
}

TEST(HttpFetch, SkipsInterimResponses) {
  with_answer(
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno!",
      [](CannedServer& server) -> Task<> {
        const auto response = co_await get(server.port());
        EXPECT_TRUE(response && response->status == 404 && response->body == "no!");
        EXPECT_FALSE(response && response->headers.find("Link"));
      });
}

TEST(HttpFetch, ReportsATruncatedAnswerAsClosed) {
  with_answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", [](CannedServer& server) -> Task<> {
    const auto response = co_await get(server.port());
    EXPECT_EQ(response.error().code, Errc::closed) << response.error().message;
  });
  with_answer("", [](CannedServer& server) -> Task<> {
    const auto response = co_await get(server.port());
    EXPECT_EQ(response.error().code, Errc::closed) << response.error().message;
  });
}

TEST(HttpFetch, ReportsAnAnswerThatIsNotHttpAsProtocol) {
  with_answer("220 mail.example.com ESMTP\r\n\r\n", [](CannedServer& server) -> Task<> {
    const auto response = co_await get(server.port());
    EXPECT_EQ(response.error().code, Errc::protocol) << response.error().message;
  });
}

TEST(HttpFetch, TimesOutOnASilentServer) {
  const auto test = [](CannedServer& server) -> Task<> {
    const auto response = co_await get(server.port(), 50ms);
    EXPECT_EQ(response.error().code, Errc::timeout) << response.error().message;
    EXPECT_THAT(response.error().message, HasSubstr("/json/version"));
  };
  with_answer("HTTP/1.1 200 OK\r\n", test, /*then_close=*/false);
}

TEST(HttpFetch, ReportsCancellationAsStopped) {
  const auto test = [](CannedServer& server) -> Task<> {
    Errc seen = Errc::protocol;
    base::TaskScope scope(co_await base::asio::this_coro::executor);
    scope.spawn([](std::uint16_t port, Errc& code) -> Task<> {
      const auto response = co_await get(port);
      if (!response) code = response.error().code;
    }(server.port(), seen));
    EXPECT_TRUE(co_await eventually([&] { return !server.request().empty(); }));
    scope.stop();
    co_await scope.join();
    EXPECT_EQ(seen, Errc::stopped);
  };
  with_answer("", test, /*then_close=*/false);
}

TEST(HttpFetch, IsRefusedWhereNobodyListens) {
  base::LoopPool loops(1);
  loops.run([](base::Loop& loop) -> Task<> {
    std::uint16_t free_port = 0;
    {
      asio_tcp::acceptor taken(loop.executor(),
                               asio_tcp::endpoint(base::asio::ip::address_v4::loopback(), 0));
      free_port = taken.local_endpoint().port();
    }
    const auto response = co_await get(free_port);
    EXPECT_EQ(response.error().code, Errc::refused);
    EXPECT_THAT(response.error().message, HasSubstr("127.0.0.1:" + std::to_string(free_port)));
    const auto unknown = co_await http_fetch("no-such-host.invalid", 80, HttpRequest(), kPatience);
    EXPECT_EQ(unknown.error().code, Errc::refused) << unknown.error().message;
  }(loops.at(0)));
}

TEST(HttpFetch, ReachesLocalhostAndIpv6) {
  FunctionHandler handler(echo);
  with_server(handler, [](Served served) -> Task<> {
    const auto named = co_await http_fetch("localhost", served.port, HttpRequest(), kPatience);
    EXPECT_TRUE(named && named->status == 200);
  });
  base::LoopPool loops(1);
  HttpServer server(loops, handler);
  const auto port = server.listen("::1", 0);
  if (!port) GTEST_SKIP() << "no IPv6 here: " << port.error().message;
  loops.run([](base::Loop& loop, HttpServer& six, std::uint16_t bound) -> Task<> {
    base::TaskScope scope(loop.executor());
    scope.spawn(six.run());
    const auto direct = co_await http_fetch("::1", bound, HttpRequest(), kPatience);
    EXPECT_TRUE(direct && direct->status == 200);
    const auto fallback = co_await http_fetch("localhost", bound, HttpRequest(), kPatience);
    EXPECT_TRUE(fallback && fallback->status == 200) << "localhost tries every loopback address";
    six.stop();
    co_await scope.join();
  }(loops.at(0), server, *port));
}

TEST(HttpStream, HandsOverHeadAndPiecesAndBoundsTheSilence) {
  const auto test = [](CannedServer& server) -> Task<> {
    unsigned status = 0;
    std::string body;
    const auto response = co_await http_stream(
        "127.0.0.1", server.port(), HttpRequest(), [&](const HttpResponse& head) { status = head.status; },
        [&](std::string_view piece) { body += piece; }, 50ms);
    EXPECT_EQ(status, 200u);
    EXPECT_EQ(body, "abcde");
    EXPECT_EQ(response.error().code, Errc::timeout);
  };
  with_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n", test,
              /*then_close=*/false);
}

TEST(HttpStream, CollectsTheBodyOfAnError) {
  with_answer("HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nwho?",
              [](CannedServer& server) -> Task<> {
                bool got_data = false;
                const auto response = co_await http_stream(
                    "127.0.0.1", server.port(), HttpRequest(), nullptr,
                    [&](std::string_view) { got_data = true; }, kPatience);
                EXPECT_TRUE(response && response->status == 401 && response->body == "who?");
                EXPECT_FALSE(got_data);
              });
}

}  // namespace
}  // namespace telltale::net

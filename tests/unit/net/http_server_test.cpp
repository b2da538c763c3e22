#include "net/http_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "net/http_client.hpp"
#include "serve.hpp"

namespace telltale::net {
namespace {

using base::Errc;
using base::Task;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

TEST(HttpServer, HandsTheWholeRequestToTheHandler) {
  HttpRequest seen;
  FunctionHandler handler([&](HttpRequest request) -> Task<HttpReply> {
    seen = request;
    co_return text_reply("done");
  });
  with_server(handler, [](Served served) -> Task<> {
    HttpRequest request;
    request.method = "POST";
    request.path = "/browsers/a%20b";
    request.query = {{"q", "x y"}};
    request.headers.set("X-Test", "1");
    request.body = "payload";
    const auto response = co_await http_fetch("127.0.0.1", served.port, request, kPatience);
    EXPECT_TRUE(response) << response.error().message;
    if (!response) co_return;
    EXPECT_EQ(response->status, 200u);
    EXPECT_EQ(response->body, "done");
    EXPECT_EQ(response->headers.find("content-type"), "text/plain");
  });
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.path, "/browsers/a%20b");
  EXPECT_EQ(seen.query_value("q"), "x y");
  EXPECT_EQ(seen.headers.find("x-test"), "1");
  EXPECT_EQ(seen.body, "payload");
  EXPECT_THAT(seen.peer, StartsWith("127.0.0.1:"));
}

// The handler has done something for its client that is undone unless the client gets the answer.
TEST(HttpServer, TellsOfAnAnswerThatItsClientHasGot) {
  bool got = false;
  FunctionHandler handler([&](HttpRequest) -> Task<HttpReply> {
    auto reply = text_reply("made");
    reply.delivered = [&got] { got = true; };
    co_return reply;
  });
  with_server(handler, [&](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    const auto answer = co_await connection.read_until("made");
    EXPECT_THAT(answer, EndsWith("made"));
    const bool told = co_await eventually([&] { return got; });
    EXPECT_TRUE(told);
  });
}

TEST(HttpServer, TellsNobodyWhoHasGoneOfWhatIsUndone) {
  // The client closes its half while the handler cannot be cancelled any more.
  bool got = false;
  RawConnection* client = nullptr;
  FunctionHandler handler([&](HttpRequest) -> Task<HttpReply> {
    client->socket().shutdown(base::asio::ip::tcp::socket::shutdown_send);
    auto reply = text_reply("made");
    reply.delivered = [&got] { got = true; };
    co_return reply;
  });
  with_server(handler, [&](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    client = &connection;
    co_await connection.connect(served.port);
    co_await connection.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    const auto answer = co_await connection.read_until_closed();
    EXPECT_EQ(answer, "");
    EXPECT_TRUE(connection.closed_by_peer());
  });
  EXPECT_FALSE(got);
}

TEST(HttpServer, ServesManyRequestsOnOneConnection) {
  FunctionHandler handler(echo);
  with_server(handler, [](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    for (int i = 0; i < 3; ++i) {
      co_await connection.send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n");
      const auto answer = co_await connection.read_until("GET /" + std::to_string(i) + " ");
      EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
      EXPECT_THAT(answer, Not(HasSubstr("Connection:")));
    }
  });
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  FunctionHandler handler(echo);
  with_server(handler, [](Served served) -> Task<> {
    const auto answer = co_await exchange_raw(
        served, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_LT(answer.find("GET /1"), answer.find("GET /2"));
    EXPECT_THAT(answer, EndsWith("GET /2 "));
  });
}

TEST(HttpServer, ClosesWhenTheClientAsksForIt) {
  FunctionHandler handler(echo);
  with_server(handler, [](Served served) -> Task<> {
    const auto close =
        co_await exchange_raw(served, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(close, HasSubstr("Connection: close\r\n"));
    const auto old = co_await exchange_raw(served, "GET / HTTP/1.0\r\n\r\n");
    EXPECT_THAT(old, EndsWith("\r\n\r\nGET / "));
  });
}

TEST(HttpServer, AcceptsChunkedBodiesInPieces) {
  FunctionHandler handler(echo);
  with_server(handler, [](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send("POST /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab");
    co_await connection.send("c\r\n4\r\ndefg\r\n0\r\n\r\n");
    EXPECT_THAT(co_await connection.read_until("abcdefg"), EndsWith("POST /up abcdefg"));
  });
}

TEST(HttpServer, InvitesABodyThatWaitsForContinue) {
  FunctionHandler handler(echo);
  with_server(handler, [](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send(
        "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(co_await connection.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    co_await connection.send("body");
    EXPECT_THAT(co_await connection.read_until("body"), StartsWith("HTTP/1.1 200 OK"));
  });
}

TEST(HttpServer, AnswersHeadWithoutABody) {
  FunctionHandler handler(echo);
  with_server(handler, [](Served served) -> Task<> {
    const auto answer =
        co_await exchange_raw(served, "HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("Content-Length: 8\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
  });
}

TEST(HttpServer, SendsNoBodyWithNoContent) {
  FunctionHandler handler([](HttpRequest) -> Task<HttpReply> {
    auto reply = text_reply("must not be sent");
    reply.response.status = 204;
    co_return reply;
  });
  with_server(handler, [](Served served) -> Task<> {
    const auto answer =
        co_await exchange_raw(served, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 204 No Content\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
  });
}

TEST(HttpServer, TurnsAHandlersExceptionInto500) {
  FunctionHandler handler([](HttpRequest) -> Task<HttpReply> {
    throw std::runtime_error("bug");
    co_return HttpReply{};
  });
  with_server(handler, [](Served served) -> Task<> {
    const auto response = co_await http_fetch("127.0.0.1", served.port, HttpRequest(), kPatience);
    EXPECT_TRUE(response && response->status == 500);
  });
}

TEST(HttpServer, RefusesMalformedAndOversizedRequests) {
  FunctionHandler handler(echo);
  HttpServerLimits limits;
  limits.header_bytes = 1000;
  limits.body_bytes = 1000;
  limits.linger = 100ms;
  const auto test = [](Served served) -> Task<> {
    EXPECT_THAT(co_await exchange_raw(served, "\x16\x03\x01 this is TLS\r\n\r\n"),
                StartsWith("HTTP/1.1 400 "));
    const std::string field = "X: " + std::string(2000, 'x') + "\r\n\r\n";
    EXPECT_THAT(co_await exchange_raw(served, "GET / HTTP/1.1\r\nHost: h\r\n" + field),
                StartsWith("HTTP/1.1 431 "));
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
    const std::string body(200'000, 'b');
    EXPECT_THAT(co_await exchange_raw(served, head + "Content-Length: 200000\r\n\r\n" + body),
                StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(co_await exchange_raw(served, head + "Transfer-Encoding: chunked\r\n\r\n30D40\r\n" + body),
                StartsWith("HTTP/1.1 413 "));
  };
  with_server(handler, test, limits);
}

TEST(HttpServer, EndsSlowRequestsWith408) {
  FunctionHandler handler(echo);
  HttpServerLimits limits;
  limits.request_timeout = 100ms;
  limits.linger = 10ms;
  const auto test = [](Served served) -> Task<> {
    EXPECT_THAT(co_await exchange_raw(served, "GET / HT"), StartsWith("HTTP/1.1 408 "));
    EXPECT_THAT(co_await exchange_raw(served, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nslow"),
                StartsWith("HTTP/1.1 408 "));
    EXPECT_EQ(co_await exchange_raw(served, ""), "") << "who says nothing is not answered";
  };
  with_server(handler, test, limits);
}

TEST(HttpServer, EndsARequestThatDripsByteByByte) {
  FunctionHandler handler(echo);
  HttpServerLimits limits;
  limits.request_timeout = 150ms;
  limits.linger = 10ms;
  const auto test = [](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    base::TaskScope drip(served.loops.at(0).executor());
    drip.spawn([](RawConnection& slow) -> Task<> {
      bool go_on = true;
      while (go_on) {
        co_await slow.send("x");
        go_on = co_await base::sleep_for(5ms);
      }
    }(connection));
    EXPECT_THAT(co_await connection.read_until_closed(), StartsWith("HTTP/1.1 408 "));
    drip.stop();
    co_await drip.join();
  };
  with_server(handler, test, limits);
}

TEST(HttpServer, ClosesIdleConnections) {
  FunctionHandler handler(echo);
  HttpServerLimits limits;
  limits.idle_timeout = 50ms;
  const auto test = [](Served served) -> Task<> {
    EXPECT_THAT(co_await exchange_raw(served, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), EndsWith("GET / "));
  };
  with_server(handler, test, limits);
}

TEST(HttpServer, TurnsAwayConnectionsAboveTheLimit) {
  FunctionHandler handler(echo);
  HttpServerLimits limits;
  limits.connections = 1;
  limits.linger = 10ms;
  const auto test = [](Served served) -> Task<> {
    RawConnection first(served.loops.at(0).executor());
    co_await first.connect(served.port);
    co_await first.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
    co_await first.read_until("GET /first ");
    EXPECT_THAT(co_await exchange_raw(served, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
                StartsWith("HTTP/1.1 503 "));
    first.close();
    bool served_again = false;
    while (!served_again) {
      const auto response = co_await http_fetch("127.0.0.1", served.port, HttpRequest(), kPatience);
      if (!response) break;
      served_again = response->status == 200;
    }
    EXPECT_TRUE(served_again);
  };
  with_server(handler, test, limits);
}

TEST(HttpServer, CancelsTheHandlerWhenTheClientDisconnects) {
  bool started = false;
  bool cancelled = false;
  FunctionHandler handler([&](HttpRequest) -> Task<HttpReply> {
    started = true;
    cancelled = !co_await base::sleep_for(kPatience);
    co_return HttpReply{};
  });
  with_server(handler, [&](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(co_await eventually([&] { return started; }));
    connection.close();
    EXPECT_TRUE(co_await eventually([&] { return cancelled; }));
  });
}

TEST(HttpServer, SaysWhoIsInTheWayWhenTheAddressIsInUse) {
  FunctionHandler handler(echo);
  with_server(handler, [&](Served served) -> Task<> {
    HttpServer second(served.loops, handler);
    const auto port = second.listen("127.0.0.1", served.port);
    EXPECT_FALSE(port);
    if (port) co_return;
    EXPECT_EQ(port.error().code, Errc::conflict);
    EXPECT_THAT(port.error().message, HasSubstr("127.0.0.1:" + std::to_string(served.port) + " is in use"));
    EXPECT_EQ(second.listen("not-an-address", 0).error().code, Errc::invalid_argument);
    EXPECT_EQ(second.listen("192.0.2.1", 0).error().code, Errc::invalid_argument);
  });
}

TEST(HttpServer, SpreadsConnectionsOverTheLoops) {
  std::array<std::atomic<int>, 4> per_loop{};
  FunctionHandler handler([&](HttpRequest request) -> Task<HttpReply> {
    per_loop[base::Loop::current()->index()].fetch_add(1);
    co_return text_reply(request.path);
  });
  const auto test = [](Served served) -> Task<> {
    base::TaskScope clients(served.loops.at(0).executor());
    for (int i = 0; i < 40; ++i) {
      clients.spawn([](std::uint16_t port, int number) -> Task<> {
        HttpRequest request;
        request.path = "/" + std::to_string(number);
        const auto response = co_await http_fetch("127.0.0.1", port, request, kPatience);
        EXPECT_TRUE(response && response->body == request.path);
      }(served.port, i));
    }
    co_await clients.join();
  };
  with_server(handler, test, {}, 4);
  for (const auto& count : per_loop) EXPECT_EQ(count.load(), 10);
}

}  // namespace
}  // namespace telltale::net

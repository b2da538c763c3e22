// Requests whose body is read by their handler as it comes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "net/http_server.hpp"
#include "serve.hpp"

namespace telltale::net {
namespace {

using base::Errc;
using base::Task;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr std::size_t kMost = 100'000;

/// Bodies of POST /stream are read by `answer`; others are echoed.
class StreamedHandler final : public FunctionHandler {
 public:
  using Answer = std::function<Task<HttpReply>(HttpRequest, BodyReader&)>;
  explicit StreamedHandler(Answer answer) : FunctionHandler(echo), answer_(std::move(answer)) {}

  std::optional<std::size_t> streamed_body_bytes(const HttpRequest& head) const override {
    return head.path == "/stream" ? std::optional(kMost) : std::nullopt;
  }
  Task<HttpReply> handle_streamed(HttpRequest head, BodyReader& body) override {
    return answer_(std::move(head), body);
  }

 private:
  Answer answer_;
};

/// "METHOD SIZE LARGEST", or the kind of the error.
Task<HttpReply> measure(HttpRequest request, BodyReader& body) {
  std::size_t size = 0;
  std::size_t largest = 0;
  for (;;) {
    const auto piece = co_await body.read();
    if (!piece) co_return text_reply("error");
    if (piece->empty()) break;
    size += piece->size();
    largest = std::max(largest, piece->size());
  }
  co_return text_reply(request.method + " " + std::to_string(size) + (largest > 20'000 ? " in one" : " in pieces"));
}

std::string post(std::size_t size, std::string_view more = "") {
  return "POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n" +
         std::string(more) + "\r\n";
}

TEST(HttpStreamedBody, ComesInPiecesAndLeavesTheConnectionOpen) {
  StreamedHandler handler(measure);
  with_server(handler, [](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    const std::array<std::size_t, 3> sizes{0, 1, kMost};
    for (const auto size : sizes) {
      co_await connection.send(post(size) + std::string(size, 'x'));
      const auto answer = co_await connection.read_until("in pieces");
      EXPECT_THAT(answer, HasSubstr("POST " + std::to_string(size) + " in pieces"));
    }
    // A pipelined request behind a body, and one whose body comes in chunks.
    co_await connection.send(post(3) + "abcGET /next HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(co_await connection.read_until("GET /next "), HasSubstr("POST 3 in pieces"));
    co_await connection.send("POST /stream HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    co_await connection.send("2\r\nde\r\n0\r\n\r\n");
    EXPECT_THAT(co_await connection.read_until("in pieces"), HasSubstr("POST 5 in pieces"));
  });
}

TEST(HttpStreamedBody, IsAskedForOnlyByWhoReadsIt) {
  StreamedHandler handler(measure);
  with_server(handler, [](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send(post(5, "Expect: 100-continue\r\n"));
    EXPECT_THAT(co_await connection.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 100 "));
    co_await connection.send("hello");
    EXPECT_THAT(co_await connection.read_until("in pieces"), HasSubstr("POST 5 in pieces"));
  });
}

TEST(HttpStreamedBody, HasItsOwnLimit) {
  StreamedHandler handler(measure);
  with_server(handler, [](Served served) -> Task<> {
    const auto announced = co_await exchange_raw(served, post(kMost + 1, "Expect: 100-continue\r\n"));
    EXPECT_THAT(announced, StartsWith("HTTP/1.1 413 "));
    std::string chunked = "POST /stream HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 11; ++i) chunked += "2710\r\n" + std::string(10'000, 'x') + "\r\n";
    const auto sent = co_await exchange_raw(served, chunked);
    EXPECT_THAT(sent, StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(sent, HasSubstr("larger than 100000 bytes"));
  });
}

TEST(HttpStreamedBody, ThatNobodyReadsEndsTheConnection) {
  StreamedHandler handler([](HttpRequest, BodyReader&) -> Task<HttpReply> {
    HttpReply reply = text_reply("not you");
    reply.response.status = 401;
    co_return reply;
  });
  with_server(handler, [](Served served) -> Task<> {
    const auto answer = co_await exchange_raw(served, post(30) + "GET /smuggled HTTP/1.1\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 401 "));
    EXPECT_THAT(answer, HasSubstr("Connection: close"));
    EXPECT_THAT(answer, ::testing::Not(HasSubstr("smuggled")));
  });
}

TEST(HttpStreamedBody, MustBeHttp) {
  StreamedHandler handler(measure);
  with_server(handler, [](Served served) -> Task<> {
    const auto answer = co_await exchange_raw(
        served, "POST /stream HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  });
}

TEST(HttpStreamedBody, MustKeepComing) {
  StreamedHandler handler(measure);
  HttpServerLimits limits;
  limits.request_timeout = 200ms;
  with_server(
      handler,
      [](Served served) -> Task<> {
        const auto answer = co_await exchange_raw(served, post(10) + "abc");
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 408 "));
      },
      limits);
}

TEST(HttpStreamedBody, OfAClientThatGoesIsSaidToBeGone) {
  std::optional<Errc> error;
  StreamedHandler handler([&error](HttpRequest, BodyReader& body) -> Task<HttpReply> {
    for (;;) {
      const auto piece = co_await body.read();
      if (!piece) error = piece.error().code;
      if (!piece || piece->empty()) break;
    }
    co_return text_reply("nobody hears this");
  });
  with_server(handler, [&error](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send(post(10) + "abc");
    connection.close();
    const bool said = co_await eventually([&error] { return error.has_value(); });
    EXPECT_TRUE(said);
    EXPECT_EQ(error, Errc::closed);
  });
}

}  // namespace
}  // namespace telltale::net

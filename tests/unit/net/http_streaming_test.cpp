#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "net/http_client.hpp"
#include "net/http_server.hpp"
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

constexpr auto kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

/// Replies with a stream; the function outlives the connections.
FunctionHandler streaming(std::function<Task<>(BodyWriter&)> stream) {
  return FunctionHandler([stream](HttpRequest) -> Task<HttpReply> {
    HttpReply reply;
    reply.stream = stream;
    co_return reply;
  });
}

Task<base::Result<void>> write_text(BodyWriter& writer, std::string text) {
  const std::array<std::string_view, 1> pieces{text};
  co_return co_await writer.write(pieces);
}

TEST(HttpStreaming, SendsThePiecesOfAWriteAsOneChunk) {
  auto handler = streaming([](BodyWriter& writer) -> Task<> {
    const std::array<std::string_view, 4> pieces{"id: 1\n", "data: ", "{}", "\n\n"};
    co_await writer.write(pieces);
    co_await write_text(writer, "");
    co_await write_text(writer, "end");
  });
  with_server(handler, [](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send(kGet);
    const auto answer = co_await connection.read_until("0\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n10\r\nid: 1\ndata: {}\n\n\r\n3\r\nend\r\n0\r\n\r\n"));
    co_await connection.send(kGet);
    EXPECT_THAT(co_await connection.read_until("0\r\n\r\n"), StartsWith("HTTP/1.1 200")) << "kept alive";
  });
}

TEST(HttpStreaming, DelimitsAnHttp10BodyByClosing) {
  auto handler = streaming([](BodyWriter& writer) -> Task<> { co_await write_text(writer, "all"); });
  with_server(handler, [](Served served) -> Task<> {
    const auto answer = co_await exchange_raw(served, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(answer, Not(HasSubstr("chunked")));
    EXPECT_THAT(answer, EndsWith("\r\n\r\nall"));
  });
}

TEST(HttpStreaming, AnswersHeadWithoutRunningTheStream) {
  bool ran = false;
  auto handler = streaming([&](BodyWriter&) -> Task<> {
    ran = true;
    co_return;
  });
  with_server(handler, [](Served served) -> Task<> {
    EXPECT_THAT(co_await exchange_raw(served, "HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
                EndsWith("\r\n\r\n"));
  });
  EXPECT_FALSE(ran);
}

TEST(HttpStreaming, CancelsTheStreamWhenTheClientDisconnects) {
  bool cancelled = false;
  auto handler = streaming([&](BodyWriter& writer) -> Task<> {
    co_await write_text(writer, "first");
    cancelled = !co_await base::sleep_for(kPatience);
  });
  with_server(handler, [&](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send(kGet);
    co_await connection.read_until("first");
    connection.close();
    EXPECT_TRUE(co_await eventually([&] { return cancelled; }));
  });
}

TEST(HttpStreaming, GoesOnWhenTheClientPipelinesANextRequest) {
  bool go_on = false;
  auto handler = streaming([&](BodyWriter& writer) -> Task<> {
    co_await write_text(writer, "first");
    while (!go_on) co_await base::sleep_for(1ms);
    co_await write_text(writer, "last");
  });
  with_server(handler, [&](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send(kGet);
    co_await connection.read_until("first");
    co_await connection.send(kGet);
    co_await base::sleep_for(5ms);
    go_on = true;
    EXPECT_THAT(co_await connection.read_until("0\r\n\r\n"), HasSubstr("last"));
    EXPECT_THAT(co_await connection.read_until("0\r\n\r\n"), HasSubstr("last"));
  });
}

TEST(HttpStreaming, GivesUpOnAClientThatDoesNotRead) {
  Errc seen = Errc::protocol;
  bool ended = false;
  auto handler = streaming([&](BodyWriter& writer) -> Task<> {
    for (;;) {
      const auto written = co_await write_text(writer, std::string(1 << 20, 'x'));
      if (written) continue;
      seen = written.error().code;
      ended = true;
      co_return;
    }
  });
  HttpServerLimits limits;
  limits.write_timeout = 100ms;
  const auto test = [&](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send(kGet);
    EXPECT_TRUE(co_await eventually([&] { return ended; }));
  };
  with_server(handler, test, limits);
  EXPECT_EQ(seen, Errc::timeout);
}

TEST(HttpStreaming, CutsTheBodyWhenTheStreamThrows) {
  auto handler = streaming([](BodyWriter& writer) -> Task<> {
    co_await write_text(writer, "part");
    throw std::runtime_error("bug");
  });
  with_server(handler, [](Served served) -> Task<> {
    EXPECT_THAT(co_await exchange_raw(served, kGet), EndsWith("4\r\npart\r\n"));
  });
}

TEST(HttpServerStop, EndsStreamsInGoodOrder) {
  bool cancelled = false;
  auto handler = streaming([&](BodyWriter& writer) -> Task<> {
    co_await write_text(writer, "first");
    cancelled = !co_await base::sleep_for(kPatience);
  });
  with_server(handler, [](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send(kGet);
    co_await connection.read_until("first");
    served.server.stop();
    EXPECT_EQ(co_await connection.read_until_closed(), "\r\n0\r\n\r\n");
    EXPECT_TRUE(connection.closed_by_peer());
  });
  EXPECT_TRUE(cancelled);
}

TEST(HttpServerStop, LetsARequestEndWithinTheGraceAndClosesIdleConnections) {
  bool started = false;
  bool finish = false;
  FunctionHandler handler([&](HttpRequest) -> Task<HttpReply> {
    started = true;
    while (!finish) co_await base::sleep_for(1ms);
    co_return text_reply("finished");
  });
  HttpServerLimits limits;
  limits.graceful_stop = kPatience;
  const auto test = [&](Served served) -> Task<> {
    RawConnection idle(served.loops.at(0).executor());
    co_await idle.connect(served.port);
    RawConnection busy(served.loops.at(0).executor());
    co_await busy.connect(served.port);
    co_await busy.send(kGet);
    EXPECT_TRUE(co_await eventually([&] { return started; }));
    served.server.stop();
    EXPECT_EQ(co_await idle.read_until_closed(), "");
    EXPECT_TRUE(idle.closed_by_peer());
    finish = true;
    const auto answer = co_await busy.read_until_closed();
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(answer, EndsWith("finished"));
  };
  with_server(handler, test, limits);
}

TEST(HttpServerStop, CancelsARequestThatOutlivesTheGrace) {
  bool started = false;
  bool cancelled = false;
  FunctionHandler handler([&](HttpRequest) -> Task<HttpReply> {
    started = true;
    cancelled = !co_await base::sleep_for(kPatience);
    co_return text_reply("too late");
  });
  HttpServerLimits limits;
  limits.graceful_stop = 30ms;
  const auto test = [&](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send(kGet);
    EXPECT_TRUE(co_await eventually([&] { return started; }));
    served.server.stop();
    EXPECT_EQ(co_await connection.read_until_closed(), "");
  };
  with_server(handler, test, limits);
  EXPECT_TRUE(cancelled);
}

TEST(HttpServerStop, EndsEverythingOnManyLoops) {
  auto handler = streaming([](BodyWriter& writer) -> Task<> {
    bool go_on = true;
    while (go_on) {
      const auto written = co_await write_text(writer, "tick");
      const bool slept = co_await base::sleep_for(1ms);
      go_on = written && slept;
    }
  });
  const auto test = [](Served served) -> Task<> {
    base::TaskScope clients(served.loops.at(0).executor());
    std::size_t streaming_clients = 0;
    for (int i = 0; i < 30; ++i) {
      clients.spawn([](Served where, std::size_t& count) -> Task<> {
        RawConnection connection(where.loops.at(0).executor());
        co_await connection.connect(where.port);
        co_await connection.send(kGet);
        co_await connection.read_until("tick");
        ++count;
        co_await connection.read_until_closed();
        EXPECT_TRUE(connection.closed_by_peer());
      }(served, streaming_clients));
    }
    EXPECT_TRUE(co_await eventually([&] { return streaming_clients == 30; }));
    served.server.stop();
    co_await clients.join();
  };
  with_server(handler, test, {}, 4);
}

}  // namespace
}  // namespace telltale::net

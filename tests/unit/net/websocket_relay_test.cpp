#include "net/websocket_relay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/via.hpp"
#include "serve.hpp"
#include "support/websocket_server.hpp"

namespace telltale::net {
namespace {

using base::Errc;
using base::Task;
using telltale::testing::WebSocketPeer;
using telltale::testing::WebSocketScript;
using telltale::testing::WebSocketServer;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

/// A client, the relay in an HttpServer, and a scripted server behind it; all on one loop.
class RelayTest : public ::testing::Test {
 protected:
  using Body = std::function<Task<>(Served, std::string url)>;

  void run(WebSocketScript script, Body body) {
    base::LoopPool loops(1);
    WebSocketServer upstream(loops.at(0), std::move(script));
    upstream_url_ = upstream.url("/upstream");
    FunctionHandler handler([this](HttpRequest) { return connect(); });
    HttpServer server(loops, handler);
    loops.run([](base::Loop& loop, WebSocketServer& scripted, HttpServer& relaying, base::LoopPool& pool,
                 Body test) -> Task<> {
      base::TaskScope scope(loop.executor());
      scope.spawn(scripted.run());
      co_await serve_while(pool, relaying, [&test](Served served) -> Task<> {
        co_await test(served, "ws://127.0.0.1:" + std::to_string(served.port) + "/");
      });
      scripted.stop();
      co_await scope.join();
    }(loops.at(0), upstream, server, loops, std::move(body)));
  }
  Task<HttpReply> connect() {
    auto connected = co_await connect_relay(upstream_url_, via(), limits);
    HttpReply reply;
    if (!connected) {
      reply.response.status = 502;
      co_return reply;
    }
    reply.upgrade = [this, upstream = *connected](WebSocketUpgrade& upgrade) {
      return serve(upgrade, upstream);
    };
    co_return reply;
  }
  Task<> serve(WebSocketUpgrade& upgrade, std::shared_ptr<RelayUpstream> upstream) {
    co_await upgrade.relay(std::move(upstream), report);
    over = true;
  }
  Task<bool> wait_until_over() {
    co_return co_await eventually([this] { return over; });
  }

  RelayLimits limits;
  RelayReport report;
  bool over = false;

 private:
  std::string upstream_url_;
};

/// Collects messages; closes after `count` of them.
class Collected final : public WebSocketHandler {
 public:
  Collected(MessageTransport& transport, std::size_t count) : transport_(transport), count_(count) {}
  void on_message(std::string_view message) override {
    messages.emplace_back(message);
    if (messages.size() == count_) transport_.close();
  }
  void on_oversized_message(std::string_view, std::size_t) override { ADD_FAILURE(); }
  std::vector<std::string> messages;

 private:
  MessageTransport& transport_;
  std::size_t count_;
};

TEST_F(RelayTest, PassesMessagesOfAnySizeBothWays) {
  WebSocketScript script;
  script.on_message = [](WebSocketPeer& peer, std::string_view text) {
    peer.send(std::string(text));
    peer.send_fragmented(std::string(text), 1'000);
  };
  run(std::move(script), [&](Served, std::string url) -> Task<> {
    auto client = co_await connect_websocket(url);
    EXPECT_TRUE(client) << client.error().message;
    if (!client) co_return;
    const std::string large(3'000'000, 'x');
    EXPECT_TRUE((*client)->send("small"));
    EXPECT_TRUE((*client)->send(large));
    Collected collected(**client, 4);
    const auto end = co_await (*client)->run(collected);
    EXPECT_EQ(end.code, Errc::stopped);
    const std::vector<std::string> expected{"small", "small", large, large};
    EXPECT_TRUE(collected.messages == expected);
    EXPECT_TRUE(co_await wait_until_over());
  });
  EXPECT_EQ(report.end, RelayReport::End::client);
  EXPECT_EQ(report.messages, 6u);
}

TEST_F(RelayTest, TellsTheClientThatTheOtherSideLeft) {
  WebSocketScript script;
  script.on_message = [](WebSocketPeer& peer, std::string_view) { peer.drop(); };
  run(std::move(script), [&](Served, std::string url) -> Task<> {
    auto client = co_await connect_websocket(url);
    EXPECT_TRUE(client);
    if (!client) co_return;
    EXPECT_TRUE((*client)->send("go"));
    Collected collected(**client, 1);
    const auto end = co_await (*client)->run(collected);
    EXPECT_EQ(end.code, Errc::closed);
    EXPECT_THAT(end.message, HasSubstr("1001"));
  });
  EXPECT_EQ(report.end, RelayReport::End::upstream);
}

TEST_F(RelayTest, ClosesAClientThatDoesNotKeepUp) {
  limits.queue_bytes = 1u << 20;
  limits.stall_timeout = 50ms;
  limits.upstream.close_timeout = 50ms;
  WebSocketScript script;
  // More than the sockets in between hold.
  script.on_open = [](WebSocketPeer& peer) {
    for (int i = 0; i < 64; ++i) peer.send(std::string(1 << 20, 'x'));
  };
  run(std::move(script), [&](Served, std::string url) -> Task<> {
    const auto client = co_await connect_websocket(url);  // and never reads
    EXPECT_TRUE(client);
    EXPECT_TRUE(co_await wait_until_over());
  });
  EXPECT_EQ(report.end, RelayReport::End::slow_client);
  EXPECT_THAT(report.reason, HasSubstr("does not keep up"));
}

TEST_F(RelayTest, EndsAtAMessageOfTheClientThatIsTooLarge) {
  limits.upstream.message_bytes = 100'000;
  run({}, [&](Served, std::string url) -> Task<> {
    auto client = co_await connect_websocket(url);
    EXPECT_TRUE(client);
    if (!client) co_return;
    EXPECT_TRUE((*client)->send(std::string(100'001, 'x')));
    Collected collected(**client, 1);
    const auto end = co_await (*client)->run(collected);
    EXPECT_THAT(end.message, HasSubstr("1009"));
  });
  EXPECT_EQ(report.end, RelayReport::End::client);
  EXPECT_THAT(report.reason, HasSubstr("too large"));
}

TEST_F(RelayTest, EndsWhenTheServerStops) {
  run({}, [&](Served served, std::string url) -> Task<> {
    auto client = co_await connect_websocket(url);
    EXPECT_TRUE(client);
    if (!client) co_return;
    served.server.stop();
    Collected collected(**client, 1);
    const auto end = co_await (*client)->run(collected);
    EXPECT_EQ(end.code, Errc::closed);
    EXPECT_THAT(end.message, HasSubstr("1001"));
  });
  EXPECT_EQ(report.end, RelayReport::End::cancelled);
}

TEST(AsksForWebSocket, WantsTheHeadersOfTheHandshake) {
  HttpRequest request;
  request.headers.set("Upgrade", "WebSocket");
  request.headers.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
  EXPECT_FALSE(asks_for_websocket(request));
  request.headers.set("Sec-WebSocket-Version", "13");
  EXPECT_TRUE(asks_for_websocket(request));
  request.method = "POST";
  EXPECT_FALSE(asks_for_websocket(request));
}

}  // namespace
}  // namespace telltale::net

#include "net/websocket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "net/http_client.hpp"
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

class Recorder final : public WebSocketHandler {
 public:
  std::function<void(std::string_view)> on_each;
  std::vector<std::string> messages;
  std::string oversized_prefix;
  std::size_t oversized = 0;
  unsigned padding_sum = 0;

  void on_message(std::string_view message) override {
    for (std::size_t i = 0; i < kMessagePadding; ++i)
      padding_sum += static_cast<unsigned char>(message.end()[i]);
    messages.emplace_back(message);
    if (on_each) on_each(message);
  }
  void on_oversized_message(std::string_view prefix, std::size_t size) override {
    oversized_prefix = prefix;
    oversized = size;
  }
};

/// Runs `test` beside a scripted server on one loop.
void with_script(WebSocketScript script, std::function<Task<>(WebSocketServer&)> test) {
  base::LoopPool loops(1);
  WebSocketServer server(loops.at(0), std::move(script));
  loops.run([](base::Loop& loop, WebSocketServer& scripted,
               std::function<Task<>(WebSocketServer&)> body) -> Task<> {
    base::TaskScope scope(loop.executor());
    scope.spawn(scripted.run());
    co_await body(scripted);
    scripted.stop();
    co_await scope.join();
  }(loops.at(0), server, std::move(test)));
}

/// Connects and runs until the connection ends; `started` may send.
Task<base::Error> run_client(std::string url, Recorder& recorder,
                             std::function<void(MessageTransport&)> started = {},
                             WebSocketLimits limits = {}) {
  auto client = co_await connect_websocket(std::move(url), limits);
  if (!client) co_return client.error();
  if (started) started(**client);
  co_return co_await (*client)->run(recorder);
}

TEST(WebSocket, SendsAndReceivesInOrder) {
  WebSocketScript script;
  script.on_message = [](WebSocketPeer& peer, std::string_view text) {
    peer.send("echo " + std::string(text));
  };
  with_script(std::move(script), [](WebSocketServer& server) -> Task<> {
    Recorder recorder;
    MessageTransport* client = nullptr;
    recorder.on_each = [&](std::string_view) {
      if (recorder.messages.size() == 3) client->close();
    };
    const auto end = co_await run_client(server.url("/devtools"), recorder, [&](MessageTransport& transport) {
      client = &transport;
      for (const auto* text : {"1", "2", "3"}) EXPECT_TRUE(transport.send(text));
    });
    EXPECT_EQ(end.code, Errc::stopped) << end.message;
    EXPECT_THAT(recorder.messages, ::testing::ElementsAre("echo 1", "echo 2", "echo 3"));
  });
}

TEST(WebSocket, SendsHostWithPortAndNoOrigin) {
  HttpRequest seen;
  WebSocketScript script;
  script.on_open = [&](WebSocketPeer& peer) {
    seen = peer.request();
    peer.close();
  };
  std::string authority;
  with_script(std::move(script), [&](WebSocketServer& server) -> Task<> {
    authority = "127.0.0.1:" + std::to_string(server.port());
    Recorder recorder;
    co_await run_client(server.url("/devtools/browser/1?x=y"), recorder);
  });
  EXPECT_EQ(seen.path, "/devtools/browser/1");
  EXPECT_EQ(seen.query_value("x"), "y");
  EXPECT_EQ(seen.headers.find("Host"), authority);
  EXPECT_EQ(seen.headers.find("Origin"), std::nullopt);
  EXPECT_EQ(seen.headers.find("Sec-WebSocket-Extensions"), std::nullopt);
}

TEST(WebSocket, AssemblesLargeAndFragmentedMessagesWithPadding) {
  WebSocketScript script;
  script.on_open = [](WebSocketPeer& peer) {
    peer.send(std::string(3'000'000, 'a'));
    peer.send_fragmented(std::string(1'000'000, 'b'), 777);
    for (int i = 0; i < 2000; ++i) peer.send(std::to_string(i));
    peer.send("");
    peer.close();
  };
  with_script(std::move(script), [](WebSocketServer& server) -> Task<> {
    Recorder recorder;
    const auto end = co_await run_client(server.url(), recorder);
    EXPECT_EQ(end.code, Errc::closed) << end.message;
    EXPECT_THAT(end.message, HasSubstr("1001"));
    EXPECT_EQ(recorder.messages.size(), 2003u);
    if (recorder.messages.size() != 2003u) co_return;
    EXPECT_EQ(recorder.messages[0], std::string(3'000'000, 'a'));
    EXPECT_EQ(recorder.messages[1], std::string(1'000'000, 'b'));
    EXPECT_EQ(recorder.messages[2001], "1999");
    EXPECT_EQ(recorder.messages[2002], "");
  });
}

TEST(WebSocket, SkipsAnOversizedMessageAndGoesOn) {
  WebSocketScript script;
  script.on_open = [](WebSocketPeer& peer) {
    peer.send_fragmented("{\"id\":7" + std::string(500'000, 'x'), 10'000);
    peer.send("next");
    peer.close();
  };
  with_script(std::move(script), [](WebSocketServer& server) -> Task<> {
    Recorder recorder;
    WebSocketLimits limits;
    limits.message_bytes = 100'000;
    co_await run_client(server.url(), recorder, {}, limits);
    EXPECT_EQ(recorder.oversized, 500'007u);
    EXPECT_GE(recorder.oversized_prefix.size(), 4096u);
    EXPECT_THAT(recorder.oversized_prefix, ::testing::StartsWith("{\"id\":7x"));
    EXPECT_THAT(recorder.messages, ::testing::ElementsAre("next"));
  });
}

TEST(WebSocket, EndsWithTimeoutWhenThePeerAnswersNoPing) {
  WebSocketScript script;
  script.on_open = [](WebSocketPeer& peer) { peer.go_silent(); };
  with_script(std::move(script), [](WebSocketServer& server) -> Task<> {
    Recorder recorder;
    WebSocketLimits limits;
    limits.idle_timeout = 100ms;
    const auto end = co_await run_client(server.url(), recorder, {}, limits);
    EXPECT_EQ(end.code, Errc::timeout) << end.message;
  });
}

TEST(WebSocket, KeepsAQuietPeerThatAnswersPings) {
  WebSocketPeer* peer = nullptr;
  WebSocketScript script;
  script.on_open = [&](WebSocketPeer& opened) { peer = &opened; };
  with_script(std::move(script), [&](WebSocketServer& server) -> Task<> {
    Recorder recorder;
    WebSocketLimits limits;
    limits.idle_timeout = 200ms;
    base::TaskScope scope(co_await base::asio::this_coro::executor);
    scope.spawn([](WebSocketPeer*& quiet) -> Task<> {
      co_await base::sleep_for(700ms);  // several idle timeouts
      quiet->send("still here");
      quiet->close();
    }(peer));
    const auto end = co_await run_client(server.url(), recorder, {}, limits);
    EXPECT_EQ(end.code, Errc::closed) << end.message;
    EXPECT_THAT(recorder.messages, ::testing::ElementsAre("still here"));
    co_await scope.join();
  });
}

TEST(WebSocket, EndsWithClosedWhenThePeerDropsTheConnection) {
  WebSocketScript script;
  script.on_message = [](WebSocketPeer& peer, std::string_view) { peer.drop(); };
  with_script(std::move(script), [](WebSocketServer& server) -> Task<> {
    Recorder recorder;
    const auto end = co_await run_client(server.url(), recorder,
                                         [](MessageTransport& client) { EXPECT_TRUE(client.send("go")); });
    EXPECT_EQ(end.code, Errc::closed) << end.message;
  });
}

TEST(WebSocket, EndsWithStoppedWhenCancelled) {
  WebSocketScript script;
  bool open = false;
  script.on_open = [&](WebSocketPeer&) { open = true; };
  with_script(std::move(script), [&](WebSocketServer& server) -> Task<> {
    Recorder recorder;
    std::optional<base::Error> end;
    base::TaskScope scope(co_await base::asio::this_coro::executor);
    scope.spawn([](std::string url, Recorder& into, std::optional<base::Error>& out) -> Task<> {
      out = co_await run_client(std::move(url), into);
    }(server.url(), recorder, end));
    EXPECT_TRUE(co_await eventually([&] { return open; }));
    scope.stop();
    co_await scope.join();
    EXPECT_TRUE(end && end->code == Errc::stopped);
  });
}

TEST(WebSocket, ClosesInTimeAgainstASilentPeer) {
  WebSocketScript script;
  script.on_open = [](WebSocketPeer& peer) {
    peer.send("hello");
    peer.go_silent();
  };
  with_script(std::move(script), [](WebSocketServer& server) -> Task<> {
    Recorder recorder;
    MessageTransport* client = nullptr;
    recorder.on_each = [&](std::string_view) { client->close(); };
    WebSocketLimits limits;
    limits.close_timeout = 50ms;
    const auto end = co_await run_client(
        server.url(), recorder, [&](MessageTransport& transport) { client = &transport; }, limits);
    EXPECT_EQ(end.code, Errc::stopped) << end.message;
    EXPECT_THAT(recorder.messages, ::testing::ElementsAre("hello"));
  });
}

TEST(WebSocket, ReadsWhileThePeerTakesNothing) {
  WebSocketScript script;
  script.on_open = [](WebSocketPeer& peer) {
    peer.go_silent();
    for (int i = 0; i < 1000; ++i) peer.send(std::string(10'000, 'x'));
  };
  with_script(std::move(script), [](WebSocketServer& server) -> Task<> {
    Recorder recorder;
    MessageTransport* client = nullptr;
    recorder.on_each = [&](std::string_view) {
      if (recorder.messages.size() == 1000) client->close();
    };
    WebSocketLimits limits;
    limits.close_timeout = 50ms;
    const auto end = co_await run_client(
        server.url(), recorder,
        [&](MessageTransport& transport) {
          client = &transport;
          EXPECT_TRUE(transport.send(std::string(30'000'000, 'y')));
        },
        limits);
    EXPECT_EQ(end.code, Errc::stopped) << end.message;
    EXPECT_EQ(recorder.messages.size(), 1000u);
  });
}

TEST(WebSocket, RefusesToSendBeyondTheQueueOrAfterTheEnd) {
  with_script({}, [](WebSocketServer& server) -> Task<> {
    WebSocketLimits limits;
    limits.send_queue_bytes = 100;
    auto client = co_await connect_websocket(server.url(), limits);
    EXPECT_TRUE(client);
    if (!client) co_return;
    EXPECT_TRUE((*client)->send(std::string(100, 'x')));
    EXPECT_EQ((*client)->send("x").error().code, Errc::limit);
    (*client)->close();
    EXPECT_EQ((*client)->send("").error().code, Errc::closed);
    Recorder recorder;
    EXPECT_EQ((co_await (*client)->run(recorder)).code, Errc::stopped);
  });
}

TEST(WebSocket, MayBeDestroyedWithoutHavingRun) {
  with_script({}, [](WebSocketServer& server) -> Task<> {
    auto client = co_await connect_websocket(server.url());
    EXPECT_TRUE(client);
    EXPECT_TRUE(client && (*client)->send("never sent"));
  });
}

TEST(ConnectWebSocket, SaysWithWhichStatusTheServerRefused) {
  WebSocketScript script;
  script.refuse_handshake = 403;
  with_script(std::move(script), [](WebSocketServer& server) -> Task<> {
    const auto client = co_await connect_websocket(server.url());
    EXPECT_EQ(client.error().code, Errc::protocol);
    EXPECT_THAT(client.error().message, HasSubstr("403"));
  });
}

TEST(ConnectWebSocket, TimesOutWhenTheHandshakeIsNotAnswered) {
  WebSocketScript script;
  script.ignore_handshake = true;
  with_script(std::move(script), [](WebSocketServer& server) -> Task<> {
    WebSocketLimits limits;
    limits.connect_timeout = 50ms;
    const auto client = co_await connect_websocket(server.url(), limits);
    EXPECT_EQ(client.error().code, Errc::timeout) << client.error().message;
  });
}

TEST(ConnectWebSocket, RefusesTlsAndOtherSchemesWithTheReason) {
  with_script({}, [](WebSocketServer&) -> Task<> {
    const auto tls = co_await connect_websocket("wss://127.0.0.1/");
    EXPECT_EQ(tls.error().code, Errc::invalid_argument);
    EXPECT_THAT(tls.error().message, HasSubstr("TLS"));
    const auto http = co_await connect_websocket("http://127.0.0.1/");
    EXPECT_EQ(http.error().code, Errc::invalid_argument);
  });
}

TEST(WebSocketServer, AnswersPlainRequestsForTests) {
  WebSocketScript script;
  script.on_request = [](const HttpRequest& request) {
    HttpResponse response;
    response.body = "path " + request.path;
    return response;
  };
  with_script(std::move(script), [](WebSocketServer& server) -> Task<> {
    HttpRequest request;
    request.path = "/json/version";
    const auto response = co_await http_fetch("127.0.0.1", server.port(), request, kPatience);
    EXPECT_TRUE(response && response->body == "path /json/version");
  });
}

}  // namespace
}  // namespace telltale::net

// The WebSocket client against a server that sends exactly the bytes of the test.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/beast/websocket/detail/hybi13.hpp>
#include <functional>
#include <string>
#include <vector>

#include "net/websocket.hpp"
#include "raw_connection.hpp"
#include "serve.hpp"

namespace telltale::net {
namespace {

using base::Errc;
using base::Task;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;
using namespace std::string_literals;

std::string frame(unsigned first, std::string_view payload) {
  std::string out(1, static_cast<char>(first));
  out += static_cast<char>(payload.size());
  return out.append(payload);
}

/// The first frame of what a client sent: its first byte, and the payload unmasked. It goes from `bytes`.
std::string take_frame(std::string& bytes) {
  if (bytes.size() < 6) return "nothing";
  const std::size_t size = static_cast<unsigned char>(bytes[1]) & 0x7f;
  std::string out = bytes.substr(0, 1);
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(bytes[6 + i] ^ bytes[2 + i % 4]);
  bytes.erase(0, 6 + size);
  return out;
}

class Recorder final : public WebSocketHandler {
 public:
  std::function<void()> on_each;
  std::vector<std::string> messages;
  void on_message(std::string_view message) override {
    messages.emplace_back(message);
    if (on_each) on_each();
  }
  void on_oversized_message(std::string_view, std::size_t) override { messages.emplace_back("oversized"); }
};

struct Outcome {
  base::Error end{Errc::io, "never ended"};
  std::vector<std::string> messages;
  std::string sent;  ///< what the client sent behind its handshake, until it closed the connection
};

constexpr auto kAwait = base::asio::as_tuple(base::asio::use_awaitable);

Task<> serve(base::asio::ip::tcp::acceptor& acceptor, std::string bytes, bool close, Outcome& outcome) {
  RawConnection connection(acceptor.get_executor());
  co_await acceptor.async_accept(connection.socket(), kAwait);
  const std::string head = co_await connection.read_until("\r\n\r\n");
  const std::string name = "Sec-WebSocket-Key: ";
  const auto at = head.find(name) + name.size();
  boost::beast::websocket::detail::sec_ws_accept_type accept;
  const std::string key = head.substr(at, head.find('\r', at) - at);
  boost::beast::websocket::detail::make_sec_ws_accept(accept, boost::beast::string_view(key.data(), key.size()));
  // One write, so that the client reads the first frames together with the end of the head.
  co_await connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           "Sec-WebSocket-Accept: " +
                           std::string(accept.data(), accept.size()) + "\r\n\r\n" + bytes);
  if (close) connection.socket().shutdown(base::asio::ip::tcp::socket::shutdown_send);
  outcome.sent = co_await connection.read_until_closed();
}

/// Runs a client against a server that answers the handshake, sends `bytes`, and then only reads.
Outcome run_against(std::string bytes, std::function<void(MessageTransport&)> started = {},
                    WebSocketLimits limits = {}, bool close = false) {
  Outcome outcome;
  base::LoopPool loops(1);
  loops.run([](base::Loop& loop, std::string said, std::function<void(MessageTransport&)> begin,
               WebSocketLimits bounds, bool close_too, Outcome& out) -> Task<> {
    const base::asio::ip::tcp::endpoint any(base::asio::ip::address_v4::loopback(), 0);
    base::asio::ip::tcp::acceptor acceptor(loop.executor(), any);
    base::TaskScope scope(loop.executor());
    scope.spawn(serve(acceptor, std::move(said), close_too, out));
    auto client = co_await connect_websocket(
        "ws://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/", bounds);
    EXPECT_TRUE(client) << client.error().message;
    if (client) {
      Recorder recorder;
      recorder.on_each = [&] {
        if (begin && recorder.messages.size() == 1) begin(**client);
      };
      out.end = co_await (*client)->run(recorder);
      out.messages = recorder.messages;
    }
    co_await scope.join();
  }(loops.at(0), std::move(bytes), std::move(started), limits, close, outcome));
  return outcome;
}

WebSocketLimits soon() {
  WebSocketLimits limits;
  limits.close_timeout = 50ms;
  return limits;
}

TEST(WebSocketClient, TakesWhatComesTogetherWithTheHandshake) {
  const auto bytes = frame(0x81, "first") + frame(0x81, "sec\r\n\r\nond") + frame(0x81, "third");
  const auto outcome = run_against(bytes, {}, {}, true);
  EXPECT_THAT(outcome.messages, ElementsAre("first", "sec\r\n\r\nond", "third"));
  EXPECT_EQ(outcome.end.code, Errc::closed) << outcome.end.message;
}

TEST(WebSocketClient, AnswersAPingBetweenTheFragmentsOfAMessage) {
  const auto bytes =
      frame(0x01, "frag") + frame(0x89, "ping") + frame(0x80, "ments") + frame(0x88, "\x03\xe8"s);
  auto outcome = run_against(bytes, {}, soon());
  EXPECT_THAT(outcome.messages, ElementsAre("fragments"));
  EXPECT_EQ(take_frame(outcome.sent), "\x8aping");
  EXPECT_EQ(take_frame(outcome.sent), "\x88\x03\xe8"s);
  EXPECT_EQ(outcome.sent, "");
}

TEST(WebSocketClient, AnswersTheLastOfManyPings) {
  std::string pings;
  for (int i = 0; i < 1000; ++i) pings += frame(0x89, std::to_string(i));
  auto outcome = run_against(pings + frame(0x88, ""), {}, soon());
  std::string last;
  for (auto next = take_frame(outcome.sent); next[0] == '\x8a'; next = take_frame(outcome.sent)) last = next;
  EXPECT_EQ(last, "\x8a" "999");
}

TEST(WebSocketClient, AnswersACloseWithItsCodeAndSaysWhy) {
  const auto bytes = frame(0x81, "bye") + frame(0x88, "\x03\xe9target gone") + frame(0x81, "too late");
  auto outcome = run_against(bytes, {}, soon());
  EXPECT_THAT(outcome.messages, ElementsAre("bye"));
  EXPECT_EQ(outcome.end.code, Errc::closed);
  EXPECT_THAT(outcome.end.message, HasSubstr("code 1001 (target gone)"));
  EXPECT_EQ(take_frame(outcome.sent), "\x88\x03\xe9");
  auto silent = run_against(frame(0x88, ""), {}, soon());
  EXPECT_EQ(silent.end.code, Errc::closed);
  EXPECT_THAT(silent.end.message, HasSubstr("without a code"));
  EXPECT_EQ(take_frame(silent.sent), "\x88");
}

TEST(WebSocketClient, ClosesWithProtocolErrorWhenThePeerBreaksTheRules) {
  for (const auto& broken : {frame(0xc1, "x"), frame(0x83, ""), "\x81\x81kkkkx"s, frame(0x80, "x"), frame(0x09, ""),
                             frame(0x88, "\x03\xed"s), "\x81\x7e\x00\x01x"s}) {
    auto outcome = run_against(frame(0x81, "fine") + broken + frame(0x81, "never seen"), {}, soon());
    EXPECT_EQ(outcome.end.code, Errc::protocol) << outcome.end.message;
    EXPECT_THAT(outcome.messages, ElementsAre("fine"));
    EXPECT_EQ(take_frame(outcome.sent), "\x88\x03\xea");
  }
}

TEST(WebSocketClient, SendsWhatIsQueuedBeforeItsClose) {
  auto outcome = run_against(frame(0x81, "go"), [](MessageTransport& client) {
    EXPECT_TRUE(client.send("one"));
    EXPECT_TRUE(client.send("two"));
    client.close();
  }, soon());
  EXPECT_EQ(outcome.end.code, Errc::stopped) << outcome.end.message;
  EXPECT_EQ(take_frame(outcome.sent), "\x81one");
  EXPECT_EQ(take_frame(outcome.sent), "\x81two");
  EXPECT_EQ(take_frame(outcome.sent), "\x88\x03\xe8"s);
  EXPECT_EQ(outcome.sent, "");
}

TEST(WebSocketClient, EndsWithStoppedWhenBothSidesClose) {
  auto outcome = run_against(frame(0x81, "go") + frame(0x88, "\x03\xe8"s),
                             [](MessageTransport& client) { client.close(); }, soon());
  EXPECT_EQ(outcome.end.code, Errc::stopped) << outcome.end.message;
  EXPECT_EQ(take_frame(outcome.sent), "\x88\x03\xe8"s);
  EXPECT_EQ(outcome.sent, "") << "one close frame";
}

TEST(WebSocketClient, SendsNothingAfterThePeerHasClosed) {
  auto outcome = run_against(frame(0x81, "go") + frame(0x88, ""), [](MessageTransport& client) {
    EXPECT_TRUE(client.send("in time, not sent"));
  }, soon());
  EXPECT_EQ(outcome.end.code, Errc::closed) << outcome.end.message;
  EXPECT_EQ(take_frame(outcome.sent), "\x88");
  EXPECT_EQ(outcome.sent, "");
}

TEST(WebSocketClient, LetsTheLoopHaveItsTurnBetweenManyMessages) {
  std::string bytes;
  for (int i = 0; i < 200; ++i) bytes += frame(0x81, "m");
  std::size_t seen_by_others = 0;
  std::size_t handled = 0;
  base::LoopPool loops(1);
  const auto body = [&](base::Loop& loop) -> Task<> {
    const base::asio::ip::tcp::endpoint any(base::asio::ip::address_v4::loopback(), 0);
    base::asio::ip::tcp::acceptor acceptor(loop.executor(), any);
    Outcome outcome;
    base::TaskScope scope(loop.executor());
    scope.spawn(serve(acceptor, bytes, true, outcome));
    auto client = co_await connect_websocket(
        "ws://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/");
    if (!client) co_return ADD_FAILURE() << client.error().message;
    Recorder recorder;
    recorder.on_each = [&] {
      // A message that takes long, as a large one does.
      const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(limits::kReadTurn) / 10;
      while (std::chrono::steady_clock::now() < until) continue;
      if (handled++ == 0) base::asio::post(loop.executor(), [&] { seen_by_others = handled; });
    };
    co_await (*client)->run(recorder);
    co_await scope.join();
  };
  loops.run(body(loops.at(0)));
  EXPECT_EQ(handled, 200u);
  EXPECT_GT(seen_by_others, 0u);
  EXPECT_LE(seen_by_others, 10u) << "messages before the loop did anything else";
}

}  // namespace
}  // namespace telltale::net

// The event stream over real sockets: net::HttpServer in front of a log that the test writes,
// net::http_stream as the client.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <functional>
#include <string>
#include <vector>

#include "api/event_stream.hpp"
#include "base/loop.hpp"
#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "stream/limits.hpp"
#include "stream/log.hpp"
#include "telemetry/envelope.hpp"

namespace telltale::api {
namespace {

using namespace std::chrono_literals;
using namespace boost::asio::experimental::awaitable_operators;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto kPatience = 10s;

telemetry::Event console(std::string text) {
  telemetry::ConsoleLog data;
  data.text = std::move(text);
  telemetry::Event event;
  event.ts_us = 1'800'000'000'000'000;
  event.data = std::move(data);
  return event;
}

telemetry::Event load() {
  telemetry::Event event;
  event.data = telemetry::PageLoad{};
  return event;
}

// Serves one log at any path, as the route of a session does.
class LogServer final : public net::HttpHandler {
 public:
  LogServer(base::LoopPool& loops, std::size_t retained_bytes)
      : log(stream::Log::create(loops, loops.at(0), {.next = {1}, .retained_bytes = retained_bytes})), http(loops, *this) {}

  base::Task<net::HttpReply> handle(net::HttpRequest request) override {
    EventStreamOptions options;
    options.start = start_position(request);
    if (options.start.from == stream::Start::From::now) options.start = stream::Start::after(log->head());
    options.filter = parse_stream_filter(request.query).value();
    options.keepalive = keepalive;
    net::HttpReply reply;
    reply.response = event_stream_head();
    reply.stream = [this, options](net::BodyWriter& out) { return serve(out, options); };
    co_return reply;
  }
  net::HttpResponse refuse(unsigned status, std::string_view) override {
    net::HttpResponse response;
    response.status = status;
    return response;
  }

  base::Task<> serve(net::BodyWriter& out, EventStreamOptions options) {
    ++open_streams;
    co_await write_event_stream(out, log, options);
    --open_streams;
  }

  std::shared_ptr<stream::Log> log;
  net::HttpServer http;
  std::uint16_t port = 0;
  std::chrono::nanoseconds keepalive = 1h;
  int open_streams = 0;
};

// What a client got so far.
struct Received {
  net::HttpResponse head;
  std::string body;

  [[nodiscard]] std::vector<int> ids() const {
    std::vector<int> found;
    for (auto at = body.find("id: "); at != std::string::npos; at = body.find("\nid: ", at)) {
      at = body.find("id: ", at);
      found.push_back(std::stoi(body.substr(at + 4)));
    }
    return found;
  }
};

using Query = std::vector<std::pair<std::string, std::string>>;
// Named, because g++ 12 cannot compile a braced list inside of a co_await.
const Query kLive;
const Query kReplay = {{"replay", "all"}};
const Query kReplayConsole = {{"replay", "all"}, {"category", "console"}};
const Query kReplayConsoleLog = {{"replay", "all"}, {"type", "console_log"}};

base::Task<> receive(LogServer& server, Received& got, Query query, std::string last_event_id = {}) {
  net::HttpRequest request;
  request.path = "/stream";
  request.query = std::move(query);
  if (!last_event_id.empty()) request.headers.set("Last-Event-ID", last_event_id);
  std::function<void(const net::HttpResponse&)> on_head = [&got](const net::HttpResponse& head) {
    got.head = head;
  };
  std::function<void(std::string_view)> on_data = [&got](std::string_view data) { got.body += data; };
  const auto ended =
      co_await net::http_stream("127.0.0.1", server.port, std::move(request), on_head, on_data, kPatience);
  EXPECT_TRUE(ended || ended.error().code == base::Errc::stopped) << ended.error().message;
}

base::Task<> until(std::function<bool()> condition) {
  const auto deadline = steady_clock::now() + kPatience;
  while (!condition() && steady_clock::now() < deadline) co_await base::sleep_for(1ms);
  EXPECT_TRUE(condition());
}

class EventStreamTest : public ::testing::Test {
 protected:
  using Script = std::function<base::Task<>(LogServer&, Received&)>;

  // Runs `script` against a server on a free port; all on one loop, so that the test may look at everything.
  void run(Script script, std::size_t retained_bytes = stream::limits::kLogBytes) {
    base::LoopPool loops(1);
    LogServer server(loops, retained_bytes);
    const auto port = server.http.listen("127.0.0.1", 0);
    ASSERT_TRUE(port);
    server.port = *port;
    loops.run(drive(server, std::move(script)));
    EXPECT_EQ(server.open_streams, 0);
  }

 private:
  static base::Task<> drive(LogServer& server, Script script) {
    co_await (base::as_root(play(server, std::move(script))) && base::as_root(server.http.run()));
  }
  static base::Task<> play(LogServer& server, Script script) {
    Received got;
    co_await script(server, got);
    server.http.stop();
  }
};

// Appends three console events and ends.
void fill(stream::Log& log) {
  for (const auto* text : {"one", "two", "three"}) log.append(console(text), base::Secrets::mask);
}

TEST_F(EventStreamTest, HasTheFrameGrammarByteByByte) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    fill(*server.log);
    server.log->end();
    co_await receive(server, got, kReplay);
    const auto frame = [](int seq, const std::string& text) {
      return "id: " + std::to_string(seq) + "\ndata: {\"seq\":" + std::to_string(seq) +
             R"(,"event":{"ts":1800000000000000,"type":"console_log","category":"console","source":{"kind":"cdp"},"data":{"text":")" +
             text + "\"}}}\n\n";
    };
    EXPECT_EQ(got.body, ":\n\n" + frame(1, "one") + frame(2, "two") + frame(3, "three"));
    EXPECT_EQ(got.head.status, 200u);
    EXPECT_EQ(got.head.headers.find("Content-Type"), "text/event-stream");
    EXPECT_EQ(got.head.headers.find("X-SSE-Content-Type"), "application/json");
  });
}

TEST_F(EventStreamTest, SaysWhatIsLostToWhoReadsEverything) {
  run(
      [](LogServer& server, Received& got) -> base::Task<> {
        const std::string text(10'000, 'x');
        for (int i = 0; i < 300; ++i) server.log->append(console(text), base::Secrets::mask);
        server.log->end();
        co_await receive(server, got, kLive, "5");
        const auto first = got.ids().front();
        EXPECT_GT(first, 100);
        EXPECT_TRUE(got.body.starts_with(":\n\n: gap 6-" + std::to_string(first - 1) + "\n\nid: ")) << got.body.substr(0, 60);
        EXPECT_EQ(got.body.rfind(": gap"), 3u) << "once";

        got = {};
        co_await receive(server, got, kReplay);
        EXPECT_EQ(got.body.find(": gap"), std::string::npos) << "whoever asks for what is kept";
        got = {};
        co_await receive(server, got, kReplayConsole, "5");
        EXPECT_EQ(got.body.find(": gap"), std::string::npos) << "among the holes of a filter";
      },
      1 << 20);
}

TEST_F(EventStreamTest, StartsWithTheOldestForAnIdAboveTheHead) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    fill(*server.log);
    server.log->end();
    co_await receive(server, got, kLive, "82");
    EXPECT_EQ(got.ids(), (std::vector<int>{1, 2, 3}));
  });
}

TEST_F(EventStreamTest, StartsWithACommentBeforeAnyEvent) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    co_await (base::as_root(receive(server, got, kLive)) ||
              base::as_root(until([&got] { return got.body == ":\n\n"; })));
    EXPECT_EQ(got.head.status, 200u);
  });
}

TEST_F(EventStreamTest, DeliversOnlyWhatComesAfterTheRequestByDefault) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    fill(*server.log);
    auto follow = [](LogServer& server_, Received& got_) -> base::Task<> {
      co_await until([&got_] { return !got_.body.empty(); });
      fill(*server_.log);
      server_.log->end();
    };
    co_await (base::as_root(receive(server, got, kLive)) && base::as_root(follow(server, got)));
    EXPECT_THAT(got.ids(), ElementsAre(4, 5, 6));
  });
}

TEST_F(EventStreamTest, ResumesAfterTheLastEventId) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    fill(*server.log);
    server.log->end();
    co_await receive(server, got, kReplay, "2");
    EXPECT_THAT(got.ids(), ElementsAre(3));
  });
}

TEST_F(EventStreamTest, WaitsForSeqToPassAResumePointOfTheFuture) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    auto follow = [](LogServer& server_, Received& got_) -> base::Task<> {
      co_await until([&got_] { return !got_.body.empty(); });
      fill(*server_.log);
      server_.log->end();
    };
    co_await (base::as_root(receive(server, got, kLive, "2")) && base::as_root(follow(server, got)));
    EXPECT_THAT(got.ids(), ElementsAre(3));
  });
}

TEST_F(EventStreamTest, SendsACommentAfterEachSilence) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    server.keepalive = 1ms;
    co_await (base::as_root(receive(server, got, kLive)) ||
              base::as_root(until([&got] { return got.body.starts_with(":\n\n:\n\n:\n\n"); })));
  });
}

TEST_F(EventStreamTest, HoldsBackWhatTheFilterDoesNotName) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    server.log->append(load(), base::Secrets::mask);
    server.log->append(console("seen"), base::Secrets::mask);
    server.log->append(load(), base::Secrets::mask);
    server.log->append(console("seen too"), base::Secrets::mask);
    server.log->end();
    co_await receive(server, got, kReplayConsole);
    EXPECT_THAT(got.ids(), ElementsAre(2, 4));
    EXPECT_THAT(got.body, Not(HasSubstr("page_load")));
  });
}

TEST_F(EventStreamTest, MovesTheClientsPositionOverHeldBackEventsInPlaceOfTheKeepalive) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    server.keepalive = 1ms;
    server.log->append(console("seen"), base::Secrets::mask);
    server.log->append(load(), base::Secrets::mask);
    server.log->append(load(), base::Secrets::mask);
    co_await (base::as_root(receive(server, got, kReplayConsoleLog)) ||
              base::as_root(until([&got] { return got.body.contains("}\n\nid: 3\n\n:\n\n"); })));
    EXPECT_THAT(got.ids(), ElementsAre(1, 3));
  });
}

TEST_F(EventStreamTest, EndsAFilteredStreamWithThePositionOfTheLog) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    server.log->append(console("seen"), base::Secrets::mask);
    server.log->append(load(), base::Secrets::mask);
    server.log->end();
    co_await receive(server, got, kReplayConsoleLog);
    EXPECT_TRUE(got.body.ends_with("}\n\nid: 2\n\n"));
  });
}

TEST_F(EventStreamTest, NeverSendsABarePositionOnAnUnfilteredStream) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    fill(*server.log);
    server.log->end();
    co_await receive(server, got, kLive);
    EXPECT_EQ(got.body, ":\n\n");
  });
}

TEST_F(EventStreamTest, DeliversTheRestWhenTheSessionEnds) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    auto finish = [](LogServer& server_, Received& got_) -> base::Task<> {
      co_await until([&got_] { return !got_.body.empty(); });
      fill(*server_.log);
      server_.log->end();
    };
    co_await (base::as_root(receive(server, got, kLive)) && base::as_root(finish(server, got)));
    EXPECT_THAT(got.ids(), ElementsAre(1, 2, 3));
  });
}

TEST_F(EventStreamTest, EndsWhenTheClientDisconnects) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    co_await (base::as_root(receive(server, got, kLive)) ||
              base::as_root(until([&got] { return !got.body.empty(); })));
    co_await until([&server] { return server.open_streams == 0; });
  });
}

TEST_F(EventStreamTest, EndsWhenTheServerStops) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    auto stop = [](LogServer& server_, Received& got_) -> base::Task<> {
      co_await until([&got_] { return !got_.body.empty(); });
      server_.http.stop();
    };
    co_await (base::as_root(receive(server, got, kLive)) && base::as_root(stop(server, got)));
    EXPECT_EQ(got.body, ":\n\n");
  });
}

TEST_F(EventStreamTest, DeliversALongLogCompletelyAndInOrder) {
  run([](LogServer& server, Received& got) -> base::Task<> {
    for (int i = 0; i < 5000; ++i) server.log->append(console("event"), base::Secrets::mask);
    server.log->end();
    co_await receive(server, got, kReplay);
    const auto ids = got.ids();
    EXPECT_EQ(ids.size(), 5000u);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] != static_cast<int>(i) + 1) {
        ADD_FAILURE() << "position " << i << " has id " << ids[i];
        break;
      }
    }
  });
}

}  // namespace
}  // namespace telltale::api

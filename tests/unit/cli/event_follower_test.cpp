#include "cli/event_follower.hpp"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "base/loop.hpp"

namespace telltale::cli {
namespace {

namespace asio = base::asio;
using asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr auto kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string event(int seq) {
  const std::string number = std::to_string(seq);
  return "id: " + number + "\ndata: event " + number + "\n\n";
}

std::string chunk(const std::string& content) {
  std::ostringstream size;
  size << std::hex << content.size();
  return size.str() + "\r\n" + content + "\r\n";
}

/// The stream as the server ends it when the session is over, and as it looks when the server is killed.
std::string whole(const std::string& content) { return kHead + chunk(content) + "0\r\n\r\n"; }
std::string broken(const std::string& content) { return kHead + chunk(content); }

/// A server that answers its first connections with the given bytes and notes the requests.
class ScriptedServer {
 public:
  ScriptedServer(const asio::any_io_executor& executor, std::vector<std::string> answers)
      : acceptor_(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        answers_(std::move(answers)) {}

  [[nodiscard]] Client client() const {
    net::Url url{
        .scheme = "http", .host = "127.0.0.1", .port = acceptor_.local_endpoint().port(), .target = "/"};
    return Client(ServerAddress{.url = std::move(url), .token = "s3cret"});
  }
  [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }

  base::Task<> run() {
    for (const auto& answer : answers_) {
      auto [error, socket] = co_await acceptor_.async_accept(kAwait);
      if (error) co_return;
      std::string request;
      co_await asio::async_read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", kAwait);
      requests_.push_back(std::move(request));
      co_await asio::async_write(socket, asio::buffer(answer), kAwait);
    }
    acceptor_.close();
  }

 private:
  tcp::acceptor acceptor_;
  std::vector<std::string> answers_;
  std::vector<std::string> requests_;
};

/// What a follower told, and what the server was asked.
struct Outcome {
  std::optional<base::Result<void>> result;
  std::vector<std::string> events;
  std::vector<std::string> gaps;
  int retries = 0;
  std::vector<std::string> requests;
};

base::Task<> follow(std::vector<std::string> answers, StreamRequest request, std::string stop_at,
                    Outcome& outcome) {
  const auto executor = co_await asio::this_coro::executor;
  ScriptedServer server(executor, std::move(answers));
  base::TaskScope scope(executor);
  scope.spawn(server.run());
  EventFollower* running = nullptr;
  FollowerEvents events;
  events.on_event = [&](std::string_view json) {
    outcome.events.emplace_back(json);
    if (json == stop_at) running->stop();
  };
  events.on_gap = [&](base::Seq first, base::Seq last) {
    outcome.gaps.push_back(std::to_string(first.value) + ".." + std::to_string(last.value));
  };
  events.on_retry = [&](const base::Error&, std::chrono::milliseconds) { ++outcome.retries; };
  EventFollower follower(server.client(), std::move(request), std::move(events));
  running = &follower;
  outcome.result = co_await follower.run();
  scope.stop();
  co_await scope.join();
  outcome.requests = server.requests();
}

Outcome run(std::vector<std::string> answers, StreamRequest request = {}, std::string stop_at = "never") {
  request.session = "some id";
  Outcome outcome;
  base::LoopPool(1).run(follow(std::move(answers), std::move(request), std::move(stop_at), outcome));
  return outcome;
}

StreamRequest replay_all() {
  StreamRequest request;
  request.replay_all = true;
  return request;
}

StreamRequest behind(base::Seq seq) {
  StreamRequest request;
  request.after = seq;
  return request;
}

using Texts = std::vector<std::string>;

TEST(EventFollower, EndsWhenTheServerEndsTheStream) {
  const auto outcome = run({whole(event(4) + ":\n\n" + event(5))});
  EXPECT_TRUE(*outcome.result);
  EXPECT_EQ(outcome.events, (Texts{"event 4", "event 5"}));
  EXPECT_EQ(outcome.gaps, Texts{});
}

TEST(EventFollower, AsksForWhatTheRequestSays) {
  StreamRequest request;
  request.categories = {"page", "console"};
  request.types = {"page_load"};
  request.replay_all = true;
  const auto outcome = run({whole("")}, request);
  ASSERT_EQ(outcome.requests.size(), 1u);
  const std::string& sent = outcome.requests.front();
  EXPECT_TRUE(sent.starts_with(
      "GET /browsers/some%20id/telemetry/stream?category=page&category=console&type=page_load&"
      "replay=all HTTP/1.1\r\n"))
      << sent;
  EXPECT_NE(sent.find("Authorization: Bearer s3cret\r\n"), std::string::npos);
  EXPECT_EQ(sent.find("Last-Event-ID"), std::string::npos);
}

TEST(EventFollower, ContinuesBehindTheLastEventAfterALostConnection) {
  const auto outcome = run({broken(event(1) + event(2)), whole(event(3))}, replay_all());
  EXPECT_TRUE(*outcome.result);
  EXPECT_EQ(outcome.retries, 1);
  EXPECT_EQ(outcome.events, (Texts{"event 1", "event 2", "event 3"}));
  ASSERT_EQ(outcome.requests.size(), 2u);
  EXPECT_NE(outcome.requests[1].find("Last-Event-ID: 2\r\n"), std::string::npos) << outcome.requests[1];
}

TEST(EventFollower, ContinuesBehindABlockWithoutEvent) {
  StreamRequest request;
  request.types = {"page_load"};
  const auto outcome = run({broken(event(1) + "id: 9\n\n"), whole("")}, request);
  ASSERT_EQ(outcome.requests.size(), 2u);
  EXPECT_NE(outcome.requests[1].find("Last-Event-ID: 9\r\n"), std::string::npos) << outcome.requests[1];
}

TEST(EventFollower, TellsGapsOfAnUnfilteredStream) {
  EXPECT_EQ(run({whole(event(3) + event(7))}).gaps, Texts{"4..6"});
  EXPECT_EQ(run({whole(event(3))}, replay_all()).gaps, Texts{"1..2"});
  EXPECT_EQ(run({whole(event(9))}, behind(base::Seq{5})).gaps, Texts{"6..8"});
}

TEST(EventFollower, ExpectsGapsInAFilteredStream) {
  StreamRequest request;
  request.categories = {"page"};
  request.replay_all = true;
  EXPECT_EQ(run({whole(event(3) + event(7))}, request).gaps, Texts{});
}

TEST(EventFollower, FailsAtOnceWhenTheServerRefuses) {
  const auto outcome =
      run({"HTTP/1.1 404 Not Found\r\nContent-Length: 41\r\n\r\n"
           R"({"code":"not_found","message":"no such"} )"});
  ASSERT_FALSE(*outcome.result);
  EXPECT_EQ(outcome.result->error().code, base::Errc::not_found);
  EXPECT_EQ(outcome.result->error().message, "no such");
  EXPECT_EQ(outcome.retries, 0);
}

TEST(EventFollower, FailsWhenTheSessionIsGoneAfterALostConnection) {
  const auto outcome = run({broken(event(1)), "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"});
  ASSERT_FALSE(*outcome.result);
  EXPECT_EQ(outcome.result->error().code, base::Errc::not_found);
}

TEST(EventFollower, StopsInTheMiddleOfWhatHasArrived) {
  const auto outcome = run({broken(event(1) + event(2) + event(3))}, {}, "event 2");
  EXPECT_TRUE(*outcome.result);
  EXPECT_EQ(outcome.events, (Texts{"event 1", "event 2"}));
  EXPECT_EQ(outcome.retries, 0);
}

TEST(EventFollower, RefusesAStreamThatIsNone) {
  const auto outcome = run({whole("data: " + std::string(SseParser::kMaxEventBytes, 'x'))});
  ASSERT_FALSE(*outcome.result);
  EXPECT_EQ(outcome.result->error().code, base::Errc::limit);
}

}  // namespace
}  // namespace telltale::cli

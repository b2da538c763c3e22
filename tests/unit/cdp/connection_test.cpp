#include "cdp/connection.hpp"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "base/loop.hpp"

namespace telltale::cdp {
namespace {

namespace asio = base::asio;
using base::Task;
using nlohmann::json;

// A transport whose other end is the test: it sees what was sent and says what arrives and how it ends.
class ScriptedTransport final : public net::MessageTransport {
 public:
  explicit ScriptedTransport(asio::any_io_executor executor)
      : until_end_(executor, asio::steady_timer::time_point::max()) {}

  Task<base::Error> run(net::WebSocketHandler& handler) override {
    handler_ = &handler;
    co_await until_end_.async_wait(asio::as_tuple(asio::use_awaitable));
    handler_ = nullptr;
    co_return end_;
  }
  base::Result<void> send(std::string message) override {
    if (full) return base::fail(base::Errc::limit, "queue full");
    sent.push_back(json::parse(message));
    return {};
  }
  void close() noexcept override { end({base::Errc::stopped, "closed by us"}); }

  void receive(std::string text) {
    const auto size = text.size();
    text.resize(size + net::kMessagePadding);
    handler_->on_message({text.data(), size});
  }
  void receive_oversized(std::string_view prefix, std::size_t size) {
    handler_->on_oversized_message(prefix, size);
  }
  void end(base::Error why) {
    end_ = std::move(why);
    until_end_.cancel();
  }

  std::vector<json> sent;
  bool full = false;

 private:
  asio::steady_timer until_end_;
  net::WebSocketHandler* handler_ = nullptr;
  base::Error end_{base::Errc::closed, ""};
};

struct Harness {
  explicit Harness(asio::any_io_executor executor) : scope(executor) {
    auto owned = std::make_unique<ScriptedTransport>(executor);
    transport = owned.get();
    connection = std::make_unique<Connection>(std::move(owned), [this](const Notification& notification) {
      notifications.push_back(notification);
    });
    scope.spawn(run());
  }
  Task<> run() { ended_with = co_await connection->run(); }

  Connection::OnReply store(std::string key) {
    return [this, key](base::Result<std::string> result) {
      EXPECT_FALSE(replies.contains(key)) << "answered twice";
      replies.emplace(key, std::move(result));
    };
  }

  base::TaskScope scope;
  ScriptedTransport* transport = nullptr;
  std::unique_ptr<Connection> connection;
  std::vector<Notification> notifications;
  std::map<std::string, base::Result<std::string>> replies;
  std::optional<base::Error> ended_with;
};

// Runs `body(harness)` with a connection that is being read.
template <class Body>
void with_connection(Body body) {
  base::LoopPool loops(1);
  const auto main = [](Body run_body) -> Task<> {
    Harness harness(co_await asio::this_coro::executor);
    co_await base::sleep_for(std::chrono::milliseconds(0));  // lets run() begin
    co_await run_body(harness);
    harness.connection->close();
    co_await harness.scope.join();
  };
  loops.run(main(body));
}

Command navigate(const std::string& session = "S1") {
  return command(base::CdpSessionId(session), page::Navigate{"http://x.test/"});
}

TEST(Connection, SendsCommandsWithFreshIdsAndTheirSession) {
  with_connection([](Harness& harness) -> Task<> {
    harness.connection->post(navigate(), harness.store("a"));
    harness.connection->post(command({}, target::CreateTarget{}), harness.store("b"));
    EXPECT_EQ(harness.transport->sent.size(), 2u);
    EXPECT_EQ(harness.transport->sent.at(0),
              json::parse(
                  R"({"id":1,"method":"Page.navigate","params":{"url":"http://x.test/"},"sessionId":"S1"})"));
    EXPECT_EQ(harness.transport->sent.at(1),
              json::parse(R"({"id":2,"method":"Target.createTarget","params":{"url":"about:blank"}})"));
    co_return;
  });
}

TEST(Connection, MatchesRepliesInAnyOrderAndCountsLateOnes) {
  with_connection([](Harness& harness) -> Task<> {
    harness.connection->post(navigate(), harness.store("a"));
    harness.connection->post(navigate(), harness.store("b"));
    harness.transport->receive(R"({"id":2,"result":{"x":2}})");
    harness.transport->receive(R"({"id":1,"error":{"code":-1,"message":"no such frame"}})");
    harness.transport->receive(R"({"id":1,"result":{}})");
    EXPECT_EQ(*harness.replies.at("b"), R"({"x":2})");
    EXPECT_EQ(harness.replies.at("a").error().code, base::Errc::protocol);
    EXPECT_EQ(harness.replies.at("a").error().message, "Page.navigate: no such frame");
    EXPECT_EQ(harness.connection->stats().late_replies, 1u);
    co_return;
  });
}

TEST(Connection, HandsOnNotificationsAndSkipsWhatItCannotRead) {
  with_connection([](Harness& harness) -> Task<> {
    harness.transport->receive("garbage");
    harness.transport->receive(R"({"method":"Page.loadEventFired","params":{"timestamp":"no"}})");
    harness.transport->receive(R"({"method":"Some.unknown","params":{}})");
    harness.transport->receive(
        R"({"method":"Page.loadEventFired","params":{"timestamp":4.5},"sessionId":"S"})");
    EXPECT_EQ(harness.notifications.size(), 1u);
    EXPECT_EQ(harness.notifications.at(0).session.value, "S");
    EXPECT_EQ(harness.connection->stats().undecodable, 2u);
    EXPECT_EQ(harness.connection->stats().messages, 4u);
    co_return;
  });
}

TEST(Connection, FailsACallThatIsNotAnsweredInTime) {
  with_connection([](Harness& harness) -> Task<> {
    auto slow = navigate();
    const auto result = co_await harness.connection->call(std::move(slow), std::chrono::milliseconds(1));
    EXPECT_EQ(result.error().code, base::Errc::timeout);
    EXPECT_EQ(result.error().message, "Page.navigate: the browser did not answer in time");
  });
}

TEST(Connection, FailsPendingCallsWithTheReasonWhenTheTransportEnds) {
  with_connection([](Harness& harness) -> Task<> {
    harness.connection->post(navigate(), harness.store("a"));
    harness.transport->end({base::Errc::closed, "the browser closed the connection"});
    co_await harness.scope.join();
    EXPECT_EQ(harness.ended_with->code, base::Errc::closed);
    EXPECT_EQ(harness.replies.at("a").error().message, "Page.navigate: the browser closed the connection");
    harness.connection->post(navigate(), harness.store("later"));
    EXPECT_EQ(harness.replies.at("later").error().code, base::Errc::closed);
  });
}

// F8
TEST(Connection, EndsTheCallsOfATargetThatGoesAwayAndNoOthers) {
  with_connection([](Harness& harness) -> Task<> {
    const auto attach = [](const std::string& parent, const std::string& session) {
      return R"({"method":"Target.attachedToTarget","params":{"sessionId":")" + session +
             R"(","targetInfo":{"targetId":"T","type":"page","title":"","url":""},"waitingForDebugger":false})" +
             (parent.empty() ? "}" : R"(,"sessionId":")" + parent + R"("})");
    };
    harness.transport->receive(attach("", "S1"));
    harness.transport->receive(attach("S1", "frame"));
    harness.transport->receive(attach("frame", "inner"));
    harness.transport->receive(attach("", "S2"));
    for (const auto* session : {"S1", "frame", "inner", "S2"}) {
      harness.connection->post(navigate(session), harness.store(session));
    }
    harness.connection->post(command({}, target::CreateTarget{}), harness.store("browser"));
    harness.transport->receive(
        R"({"method":"Target.detachedFromTarget","params":{"sessionId":"frame"},"sessionId":"S1"})");
    EXPECT_EQ(harness.replies.size(), 2u);
    EXPECT_EQ(harness.replies.at("frame").error().code, base::Errc::closed);
    EXPECT_EQ(harness.replies.at("inner").error().message, "Page.navigate: its target has gone");
    harness.transport->receive(R"({"method":"Target.detachedFromTarget","params":{"sessionId":"S1"}})");
    EXPECT_EQ(harness.replies.at("S1").error().code, base::Errc::closed);
    EXPECT_EQ(harness.replies.size(), 3u);
    co_return;
  });
}

TEST(Connection, EndsTheCallsOfATargetThatCrashesOnceItsOwnerKnows) {
  with_connection([](Harness& harness) -> Task<> {
    harness.connection->post(navigate("S1"), [&harness](base::Result<std::string> result) {
      EXPECT_EQ(result.error().message, "Page.navigate: its target has crashed");
      EXPECT_EQ(harness.notifications.size(), 1u);
      harness.replies.emplace("a", std::move(result));
    });
    harness.connection->post(navigate("S2"), harness.store("other"));
    harness.transport->receive(R"({"method":"Inspector.targetCrashed","params":{},"sessionId":"S1"})");
    EXPECT_TRUE(harness.replies.contains("a"));
    EXPECT_FALSE(harness.replies.contains("other"));
    // One that is sent later, as the navigation that heals the page, waits for its answer.
    harness.connection->post(navigate("S1"), harness.store("later"));
    EXPECT_FALSE(harness.replies.contains("later"));
    co_return;
  });
}

TEST(Connection, InterruptsWhoeverWaitsAndNotWhatWasPosted) {
  with_connection([](Harness& harness) -> Task<> {
    using namespace asio::experimental::awaitable_operators;
    harness.connection->post(navigate("S1"), harness.store("posted"));
    const auto interrupt = [](Harness& with) -> Task<> {
      co_await base::sleep_for(std::chrono::milliseconds(0));
      with.connection->interrupt(base::CdpSessionId("S1"), {base::Errc::unavailable, "a dialog is open"});
    };
    auto waiting = navigate("S1");
    const auto result =
        co_await (harness.connection->call(std::move(waiting), std::chrono::seconds(20)) && interrupt(harness));
    EXPECT_EQ(result.error().code, base::Errc::unavailable);
    EXPECT_EQ(result.error().message, "Page.navigate: a dialog is open");
    EXPECT_FALSE(harness.replies.contains("posted"));
  });
}

TEST(Connection, EndsACancelledCallWithStoppedAndIgnoresItsAnswer) {
  with_connection([](Harness& harness) -> Task<> {
    using namespace asio::experimental::awaitable_operators;
    auto slow = navigate();
    auto outcome =
        co_await (harness.connection->call(std::move(slow)) || base::sleep_for(std::chrono::milliseconds(1)));
    EXPECT_EQ(outcome.index(), 1u);
    harness.transport->receive(R"({"id":1,"result":{}})");
  });
}

TEST(Connection, FailsTheCallThatAnOversizedMessageAnswered) {
  with_connection([](Harness& harness) -> Task<> {
    harness.connection->post(navigate(), harness.store("a"));
    harness.transport->receive_oversized(R"({"id":1,"result":{"data":"AAAA)", 70'000'000);
    EXPECT_EQ(harness.replies.at("a").error().code, base::Errc::limit);
    EXPECT_EQ(harness.connection->stats().oversized, 1u);
    co_return;
  });
}

TEST(Connection, ReportsAFullQueueToTheCaller) {
  with_connection([](Harness& harness) -> Task<> {
    harness.transport->full = true;
    harness.connection->post(navigate(), harness.store("a"));
    EXPECT_EQ(harness.replies.at("a").error().code, base::Errc::limit);
    co_return;
  });
}

}  // namespace
}  // namespace telltale::cdp

#include "base/limits.hpp"
#include "base/log_hub.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/logging.hpp"

namespace telltale::base {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr std::size_t kAll = 1'000'000;

LogLine line(std::string message) { return {.scope = "test", .message = std::move(message)}; }

std::vector<std::string> messages(const LogCursor::Batch& batch) {
  std::vector<std::string> texts;
  for (const auto& each : batch.lines) texts.push_back(each->message);
  return texts;
}

using Texts = std::vector<std::string>;

// Runs `body` on a loop, where cursors may be made.
template <class Body>
void on_a_loop(Body body) {
  LoopPool pool(2);
  pool.run(body(pool));
}

TEST(LogHub, HandsLinesToEveryCursorInOrder) {
  on_a_loop([](LoopPool&) -> Task<> {
    LogHub hub;
    LogCursor first(hub);
    LogCursor second(hub);
    const auto before = std::chrono::system_clock::now();
    for (const auto* text : {"one", "two", "three"}) hub.write(line(text));
    const auto some = first.read(2);
    EXPECT_EQ(messages(some), (Texts{"one", "two"}));
    EXPECT_EQ(messages(first.read(kAll)), Texts{"three"});
    EXPECT_TRUE(first.read(kAll).lines.empty());
    EXPECT_EQ(messages(second.read(kAll)), (Texts{"one", "two", "three"}));
    EXPECT_EQ(some.dropped, 0u);
    EXPECT_GE(some.lines.front()->at, before);
    co_return;
  });
}

TEST(LogHub, KnowsWhetherAnybodyListens) {
  on_a_loop([](LoopPool&) -> Task<> {
    LogHub hub;
    EXPECT_FALSE(hub.has_consumers());
    {
      const LogCursor one(hub);
      std::optional<LogCursor> two(std::in_place, hub);
      two.reset();
      EXPECT_TRUE(hub.has_consumers());
    }
    EXPECT_FALSE(hub.has_consumers());
    co_return;
  });
}

TEST(LogHub, ReplaysNothingFromBeforeACursor) {
  on_a_loop([](LoopPool&) -> Task<> {
    LogHub hub;
    hub.write(line("nobody listens"));
    LogCursor first(hub);
    hub.write(line("one"));
    LogCursor second(hub);
    hub.write(line("two"));
    EXPECT_EQ(messages(first.read(kAll)), (Texts{"one", "two"}));
    EXPECT_EQ(messages(second.read(kAll)), Texts{"two"});
    co_return;
  });
}

TEST(LogHub, IsBoundedAndTellsACursorThatFellBehindHowManyItMissed) {
  on_a_loop([](LoopPool&) -> Task<> {
    constexpr std::size_t kRoom = 64 * 1024;
    constexpr int kLines = 1000;
    LogHub hub(kRoom);
    LogCursor cursor(hub);
    for (int i = 0; i < kLines; ++i) hub.write(line(std::to_string(i) + std::string(1000, '.')));
    const auto batch = cursor.read(kAll);
    std::size_t bytes = 0;
    for (const auto& kept : batch.lines) bytes += kept->message.size();
    EXPECT_LE(bytes, kRoom);
    EXPECT_GT(bytes, kRoom / 2);
    EXPECT_EQ(batch.dropped + batch.lines.size(), static_cast<std::uint64_t>(kLines));
    // What is left is the newest, without a hole.
    for (std::size_t i = 0; i < batch.lines.size(); ++i) {
      EXPECT_TRUE(batch.lines[i]->message.starts_with(std::to_string(batch.dropped + i) + "."));
    }
    hub.write(line("after"));
    const auto next = cursor.read(kAll);
    EXPECT_EQ(next.dropped, 0u) << "told once";
    EXPECT_EQ(messages(next), Texts{"after"});
    co_return;
  });
}

TEST(LogHub, CutsLongMessagesBetweenCharacters) {
  on_a_loop([](LoopPool&) -> Task<> {
    LogHub hub;
    LogCursor cursor(hub);
    std::string text;
    while (text.size() < 2 * base::limits::kLogMessageBytes) text += "\u20ac";  // three bytes
    hub.write(line(text));
    const auto batch = cursor.read(kAll);
    const auto& message = batch.lines.at(0)->message;
    EXPECT_LE(message.size(), base::limits::kLogMessageBytes);
    EXPECT_TRUE(message.ends_with("\u20ac..."));
    co_return;
  });
}

TEST(LogCursor, WaitsForTheNextLine) {
  on_a_loop([](LoopPool& pool) -> Task<> {
    LogHub hub;
    LogCursor cursor(hub);
    asio::post(pool.at(1).executor(), [&hub] { hub.write(line("from another loop")); });
    const auto wake = co_await cursor.wait(steady_clock::now() + 10s);
    EXPECT_EQ(wake, Wake::notified);
    EXPECT_EQ(messages(cursor.read(kAll)), Texts{"from another loop"});
    hub.write(line("unread"));
    const auto at_once = co_await cursor.wait(steady_clock::time_point::max());
    EXPECT_EQ(at_once, Wake::notified);
    cursor.read(kAll);
    const auto late = co_await cursor.wait(steady_clock::now());
    EXPECT_EQ(late, Wake::timeout);
    cursor.wake();
    const auto woken = co_await cursor.wait(steady_clock::now() + 10s);
    EXPECT_EQ(woken, Wake::notified);
  });
}

Task<> count_lines(LogHub& hub, std::size_t expected, std::size_t& got, std::atomic<int>& ready) {
  LogCursor cursor(hub);
  ++ready;
  std::optional<std::chrono::system_clock::time_point> last;
  while (got < expected) {
    const auto batch = cursor.read(100);
    got += batch.lines.size() + batch.dropped;
    for (const auto& each : batch.lines) {
      EXPECT_TRUE(!last || *last <= each->at);
      last = each->at;
    }
    if (!batch.lines.empty()) continue;
    const auto wake = co_await cursor.wait(steady_clock::now() + 10s);
    if (wake == Wake::timeout) break;
  }
}

TEST(LogHub, TakesLinesFromManyThreadsAndLosesNone) {
  constexpr int kThreads = 3;
  constexpr int kEach = 5000;
  LogHub hub;
  std::size_t here = 0;
  std::size_t there = 0;
  std::atomic<int> ready{0};
  std::vector<std::thread> writers;
  for (int i = 0; i < kThreads; ++i) {
    writers.emplace_back([&hub, &ready] {
      while (ready < 2) std::this_thread::yield();
      for (int n = 0; n < kEach; ++n) hub.write(line("x"));
    });
  }
  on_a_loop([&](LoopPool& pool) -> Task<> {
    TaskScope scope(pool.at(0).executor());
    scope.spawn(count_lines(hub, kThreads * kEach, here, ready));
    co_await on(pool.at(1), count_lines(hub, kThreads * kEach, there, ready));
    co_await scope.join();
  });
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(here, static_cast<std::size_t>(kThreads * kEach));
  EXPECT_EQ(there, static_cast<std::size_t>(kThreads * kEach));
  EXPECT_FALSE(hub.has_consumers());
}

TEST(Logging, HandsWhatTheLevelLetsThroughToTheHub) {
  const auto before = spdlog::default_logger();
  ASSERT_TRUE(init_logging("info"));
  on_a_loop([](LoopPool&) -> Task<> {
    LogCursor cursor(log_hub());
    spdlog::debug("below the level");
    spdlog::info("stopping");
    spdlog::warn("session id=abc cannot open a page");
    spdlog::error("cdp client gone session=def messages=1");
    spdlog::log(kHubKnows, spdlog::level::err, "told in another form");
    const auto batch = cursor.read(kAll);
    EXPECT_EQ(messages(batch), (Texts{"stopping", "session id=abc cannot open a page",
                                      "cdp client gone session=def messages=1"}));
    if (batch.lines.size() != 3) co_return;
    const LogLine& stopping = *batch.lines[0];
    EXPECT_EQ(stopping.level, LogLevel::info);
    EXPECT_EQ(stopping.scope, "telltale");
    EXPECT_FALSE(stopping.session_id || stopping.transport || stopping.direction);
    EXPECT_EQ(batch.lines[1]->level, LogLevel::warn);
    EXPECT_EQ(batch.lines[1]->scope, "session");
    EXPECT_EQ(batch.lines[1]->session_id, "abc");
    EXPECT_EQ(batch.lines[2]->level, LogLevel::error);
    EXPECT_EQ(batch.lines[2]->scope, "telltale");
    EXPECT_EQ(batch.lines[2]->session_id, "def");
    co_return;
  });
  spdlog::set_default_logger(before);
}

}  // namespace
}  // namespace telltale::base

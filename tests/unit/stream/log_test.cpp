#include "stream/log.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "log_events.hpp"
#include "stream/cursor.hpp"
#include "stream/limits.hpp"

namespace telltale::stream {
namespace {

using base::Seq;
using base::Task;
using std::chrono::steady_clock;

// Runs `body(loops, log)` on loop 0, which is the log's home.
template <class Body>
void with_log(Body body, std::size_t retained = stream::limits::kLogBytes, std::size_t threads = 1) {
  base::LoopPool loops(threads);
  auto log = Log::create(loops, loops.at(0), {.next = {1}, .retained_bytes = retained});
  loops.run(body(loops, log));
}

TEST(Log, StampsADenseSequenceFromOne) {
  with_log([](base::LoopPool&, std::shared_ptr<Log> log) -> Task<> {
    EXPECT_EQ(log->head(), Seq{0});
    EXPECT_EQ(log->append(console("a"), base::Secrets::reveal), Seq{1});
    EXPECT_EQ(log->append(console("b"), base::Secrets::reveal), Seq{2});
    EXPECT_EQ(log->head(), Seq{2});
    co_return;
  });
}

TEST(Log, HandsOutReadyFramesFromTheOldestOnReplay) {
  with_log([](base::LoopPool&, std::shared_ptr<Log> log) -> Task<> {
    for (int i = 0; i < 3; ++i) log->append(console("x"), base::Secrets::reveal);
    auto cursor = co_await log->open(Start::oldest());
    const auto batch = co_await cursor.read(everything(), 1 << 20);
    EXPECT_EQ(ids(batch), range(1, 3));
    EXPECT_EQ(batch.pieces.size(), 1u) << "neighbours are one piece";
    EXPECT_EQ(batch.last, Seq{3});
  });
}

TEST(Log, StartsANewCursorBehindTheHead) {
  with_log([](base::LoopPool&, std::shared_ptr<Log> log) -> Task<> {
    log->append(console("old"), base::Secrets::reveal);
    auto cursor = co_await log->open(Start::now());
    EXPECT_EQ(co_await drain(cursor, everything(), 1 << 20), range(1, 0));
    log->append(console("new"), base::Secrets::reveal);
    EXPECT_EQ(co_await drain(cursor, everything(), 1 << 20), range(2, 2));
  });
}

TEST(Log, StartsACursorOfAnEmptyLogAtItsFirstEvent) {
  with_log([](base::LoopPool&, std::shared_ptr<Log> log) -> Task<> {
    auto cursor = co_await log->open(Start::now());
    log->append(console("first"), base::Secrets::reveal);
    EXPECT_EQ(co_await drain(cursor, everything(), 1 << 20), range(1, 1));
  });
}

TEST(Log, ResumesStrictlyAfterASeqAnywhereInTheChain) {
  with_log([](base::LoopPool&, std::shared_ptr<Log> log) -> Task<> {
    const std::uint64_t total = 3 * stream::limits::kSegmentEvents;
    for (std::uint64_t i = 0; i < total; ++i) log->append(idle(), base::Secrets::reveal);
    for (const std::uint64_t after : {std::uint64_t{1}, std::uint64_t{stream::limits::kSegmentEvents} - 1,
                                      std::uint64_t{stream::limits::kSegmentEvents}, total - 1, total}) {
      auto cursor = co_await log->open(Start::after({after}));
      EXPECT_EQ(co_await drain(cursor, everything(), 4096), range(after + 1, total)) << after;
    }
  });
}

// Its id belongs to another log: in this one, nothing has been read.
TEST(Log, StartsWithTheOldestEventWhereTheResumePointIsAboveTheHead) {
  with_log([](base::LoopPool&, std::shared_ptr<Log> log) -> Task<> {
    auto early = co_await log->open(Start::after({3}));
    for (int i = 0; i < 2; ++i) log->append(console("x"), base::Secrets::reveal);
    auto late = co_await log->open(Start::after({3}));
    for (int i = 0; i < 2; ++i) log->append(console("x"), base::Secrets::reveal);
    EXPECT_EQ(co_await drain(early, everything(), 1 << 20), range(1, 4));
    EXPECT_EQ(co_await drain(late, everything(), 1 << 20), range(1, 4));
  });
}

TEST(Log, GoesOnCountingWhereItIsToldTo) {
  base::LoopPool loops(1);
  auto log = Log::create(loops, loops.at(0), {.next = {101}});
  const auto body = [](std::shared_ptr<Log> shared) -> Task<> {
    EXPECT_EQ(shared->head(), Seq{100});
    auto now = co_await shared->open(Start::now());
    auto oldest = co_await shared->open(Start::oldest());
    auto behind = co_await shared->open(Start::after({40}));
    EXPECT_FALSE(now.at_end());
    EXPECT_EQ(shared->append(console("x"), base::Secrets::reveal), Seq{101});
    for (auto* cursor : {&now, &oldest}) {
      const auto batch = co_await cursor->read(everything(), 1 << 20);
      EXPECT_EQ(ids(batch), range(101, 101));
      EXPECT_FALSE(batch.gap);
    }
    const auto batch = co_await behind.read(everything(), 1 << 20);
    EXPECT_EQ(batch.gap, (Gap{{41}, {100}}));
  };
  loops.run(body(log));
}

TEST(Log, GivesTheEnvelopeOfARecord) {
  Segment segment({7}, std::make_unique<HeapMemory>(1024));
  segment.append("id: 7\ndata: {\"seq\":7}\n\n", 12, 3);
  const auto record = segment.record(0);
  EXPECT_EQ(record.seq, Seq{7});
  EXPECT_EQ(record.ts_us, 12);
  EXPECT_EQ(record.type, 3);
  EXPECT_EQ(record.json(), R"({"seq":7})");
}

TEST(Log, FiltersByTypeAndStillTellsHowFarItLooked) {
  with_log([](base::LoopPool&, std::shared_ptr<Log> log) -> Task<> {
    for (int i = 0; i < 3; ++i) {
      log->append(console("c"), base::Secrets::reveal);
      log->append(idle(), base::Secrets::reveal);
    }
    auto cursor = co_await log->open(Start::oldest());
    const auto mask = only(telemetry::NetworkIdle{});
    const auto batch = co_await cursor.read(mask, 1 << 20);
    EXPECT_EQ(ids(batch), (std::vector<std::uint64_t>{2, 4, 6}));
    EXPECT_EQ(batch.pieces.size(), 3u);
    EXPECT_EQ(batch.last_delivered, Seq{6});
    EXPECT_EQ(cursor.last(), Seq{6});
    log->append(console("c"), base::Secrets::reveal);
    const auto none = co_await cursor.read(mask, 1 << 20);
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.last, Seq{7});
    EXPECT_EQ(none.last_delivered, Seq{0});
  });
}

TEST(Log, GivesAnEventThatIsLargerThanASegmentOneOfItsOwn) {
  with_log([](base::LoopPool&, std::shared_ptr<Log> log) -> Task<> {
    log->append(console("small"), base::Secrets::reveal);
    log->append(console(std::string(2 * stream::limits::kSegmentBytes, 'x')), base::Secrets::reveal);
    log->append(console("small"), base::Secrets::reveal);
    auto cursor = co_await log->open(Start::oldest());
    EXPECT_EQ(co_await drain(cursor, everything(), 1 << 20), range(1, 3));
  });
}

TEST(Log, TellsOfTheGapThatRetentionHasMade) {
  with_log(
      [](base::LoopPool&, std::shared_ptr<Log> log) -> Task<> {
        auto early = co_await log->open(Start::now());
        log->append(console("first"), base::Secrets::reveal);
        EXPECT_EQ(co_await drain(early, everything(), 1 << 20), range(1, 1));
        const std::string text(10'000, 'x');
        for (int i = 0; i < 300; ++i) log->append(console(text), base::Secrets::reveal);

        auto oldest = co_await log->open(Start::oldest());
        const auto retained = co_await drain(oldest, everything(), 64 << 10);
        auto replay = co_await log->open(Start::oldest());
        const auto replayed = co_await replay.read(everything(), 1);
        EXPECT_FALSE(replayed.gap) << "who asks for what there is has lost nothing";
        EXPECT_GT(retained.size(), 50u);
        EXPECT_LT(retained.size(), 150u) << "about 1 MiB of 10 KB events";
        EXPECT_EQ(retained.back(), 301u);

        auto resumed = co_await log->open(Start::after({1}));
        const auto first = co_await resumed.read(everything(), 1);
        EXPECT_EQ(first.gap, (Gap{{2}, {retained.front() - 1}}));
        EXPECT_EQ(first.last_delivered, Seq{retained.front()});
        auto again = co_await log->open(Start::after({1}));
        EXPECT_EQ(co_await drain(again, everything(), 64 << 10), retained);
        // The slow reader finishes the segment that it holds, then jumps.
        std::vector<std::uint64_t> rest;
        std::vector<Gap> gaps;
        while (early.last() < log->head()) {
          const auto batch = co_await early.read(everything(), 64 << 10);
          for (const auto id : ids(batch)) rest.push_back(id);
          if (batch.gap) gaps.push_back(*batch.gap);
        }
        EXPECT_EQ(rest.front(), 2u);
        EXPECT_EQ(rest.back(), 301u);
        EXPECT_EQ(gaps.size(), 1u);
        if (gaps.size() != 1) co_return;
        EXPECT_EQ(gaps.front().last, Seq{retained.front() - 1});
        EXPECT_EQ(rest.size() + gaps.front().last.value - gaps.front().first.value + 1, 300u);
      },
      1 << 20);
}

TEST(Log, EndsCursorsOnceTheyHaveReadEverything) {
  with_log([](base::LoopPool&, std::shared_ptr<Log> log) -> Task<> {
    log->append(console("a"), base::Secrets::reveal);
    auto cursor = co_await log->open(Start::oldest());
    auto empty = co_await log->open(Start::after({1}));
    EXPECT_FALSE(cursor.at_end());
    log->end();
    EXPECT_FALSE(cursor.at_end()) << "one event is still unread";
    EXPECT_TRUE(empty.at_end());
    EXPECT_EQ(co_await cursor.wait(steady_clock::time_point::max()), base::Wake::notified);
    EXPECT_EQ(co_await drain(cursor, everything(), 1 << 20), range(1, 1));
    EXPECT_TRUE(cursor.at_end());
    EXPECT_EQ(log->append(console("late"), base::Secrets::reveal), Seq{0});
  });
}

TEST(Log, TimesOutAWaitWithoutEvents) {
  with_log([](base::LoopPool&, std::shared_ptr<Log> log) -> Task<> {
    auto cursor = co_await log->open(Start::now());
    EXPECT_EQ(co_await cursor.wait(steady_clock::now() + std::chrono::milliseconds(10)), base::Wake::timeout);
  });
}

Task<std::uint64_t> follow(std::shared_ptr<Log> log, std::atomic<int>& opened) {
  auto cursor = co_await log->open(Start::now());
  ++opened;
  std::uint64_t expected = 1;
  for (;;) {
    const auto batch = co_await cursor.read(everything(), 64 << 10);
    for (const auto id : ids(batch)) {
      EXPECT_EQ(id, expected);
      ++expected;
    }
    if (!batch.empty()) continue;
    if (cursor.at_end()) co_return expected - 1;
    co_await cursor.wait(steady_clock::time_point::max());
  }
}

Task<> follow_into(std::shared_ptr<Log> log, std::atomic<int>& opened, std::atomic<std::uint64_t>& total) {
  total += co_await follow(std::move(log), opened);
}

// Readers on three loops follow a writer on another, each seeing every event in order.
TEST(Log, DeliversEveryEventInOrderToReadersOnOtherLoops) {
  constexpr int kReaders = 9;
  constexpr std::uint64_t kEvents = 20'000;
  std::atomic<int> opened{0};
  std::atomic<std::uint64_t> total{0};
  base::LoopPool loops(4);
  auto log = Log::create(loops, loops.at(0), {.next = {1}, .retained_bytes = 256u << 20});
  const auto body = [](base::LoopPool& pool, std::shared_ptr<Log> shared, std::atomic<int>& ready,
                       std::atomic<std::uint64_t>& seen) -> Task<> {
    base::TaskScope scope(pool.at(0).executor());
    for (int i = 0; i < kReaders; ++i) {
      scope.spawn(base::on(pool.at(1 + static_cast<std::size_t>(i) % 3), follow_into(shared, ready, seen)));
    }
    while (ready < kReaders) co_await base::sleep_for(std::chrono::milliseconds(1));
    for (std::uint64_t i = 0; i < kEvents; ++i) {
      shared->append(console("event " + std::to_string(i)), base::Secrets::reveal);
      if (i % 500 == 0)
        co_await base::sleep_for(std::chrono::microseconds(100));  // lets readers catch up and wait
    }
    shared->end();
    co_await scope.join();
  };
  loops.run(body(loops, log, opened, total));
  EXPECT_EQ(total, kReaders * kEvents);
}

Task<> first_batch(std::shared_ptr<Log> log, std::atomic<int>& opened, std::atomic<int>& complete,
                   std::uint64_t events) {
  auto cursor = co_await log->open(Start::now());
  ++opened;
  co_await cursor.wait(steady_clock::time_point::max());
  const auto batch = co_await cursor.read(everything(), 1 << 20);
  if (ids(batch) == range(1, events)) ++complete;
}

TEST(Log, WakesReadersOnceForAllThatOneHandlerAppends) {
  constexpr int kReaders = 12;
  constexpr std::uint64_t kEvents = 50;
  std::atomic<int> opened{0};
  std::atomic<int> complete{0};
  base::LoopPool loops(3);
  auto log = Log::create(loops, loops.at(0));
  const auto body = [](base::LoopPool& pool, std::shared_ptr<Log> shared, std::atomic<int>& ready,
                       std::atomic<int>& whole) -> Task<> {
    base::TaskScope scope(pool.at(0).executor());
    for (std::size_t i = 0; i < kReaders; ++i) {
      scope.spawn(base::on(pool.at(i % pool.size()), first_batch(shared, ready, whole, kEvents)));
    }
    while (ready < kReaders) co_await base::sleep_for(std::chrono::milliseconds(1));
    co_await base::sleep_for(std::chrono::milliseconds(5));  // they wait by now; one that does not sees all as well
    for (std::uint64_t i = 0; i < kEvents; ++i) {
      shared->append(console("x"), base::Secrets::reveal);
      if (i == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));  // time enough to be woken too early
    }
    co_await scope.join();
  };
  loops.run(body(loops, log, opened, complete));
  EXPECT_EQ(complete, kReaders);
}

Task<> wake_slowly(std::shared_ptr<Log> log, int& opened, int& woken) {
  auto cursor = co_await log->open(Start::now());
  ++opened;
  co_await cursor.wait(steady_clock::time_point::max());
  ++woken;
  const auto until = steady_clock::now() + std::chrono::microseconds(300);  // a write to a client takes time
  while (steady_clock::now() < until) continue;
}

TEST(Log, LetsTheLoopHaveItsTurnWhileItWakesManyReaders) {
  constexpr int kReaders = 60;
  with_log([](base::LoopPool& loops, std::shared_ptr<Log> log) -> Task<> {
    base::TaskScope scope(loops.at(0).executor());
    int opened = 0;
    int woken = 0;
    for (int i = 0; i < kReaders; ++i) scope.spawn(wake_slowly(log, opened, woken));
    while (opened < kReaders) co_await base::sleep_for(std::chrono::milliseconds(1));
    log->append(console("x"), base::Secrets::reveal);
    int turns = 0;
    while (woken < kReaders) {
      co_await base::asio::post(loops.at(0).executor(), base::asio::use_awaitable);
      ++turns;
    }
    EXPECT_GE(turns, kReaders / 4);
    co_await scope.join();
  });
}

}  // namespace
}  // namespace telltale::stream

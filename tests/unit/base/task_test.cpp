#include "base/task.hpp"

#include <gtest/gtest.h>

#include "base/loop.hpp"

namespace telltale::base {
namespace {

using namespace std::chrono_literals;

// A child that sleeps until it is cancelled.
Task<> sleeper(int& cancelled) {
  const bool slept = co_await sleep_for(1h);
  if (!slept) ++cancelled;
}

Task<> finish(int& finished) {
  ++finished;
  co_return;
}

// A child that needs several steps to end after it was cancelled.
Task<> slow_to_stop(bool& ended) {
  co_await sleep_for(1h);
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await sleep_for(5ms);
  co_await sleep_for(5ms);
  ended = true;
}

Task<> spawn_and_join(int& finished) {
  TaskScope scope(co_await asio::this_coro::executor);
  for (int i = 0; i < 10; ++i) scope.spawn(finish(finished));
  co_await scope.join();
  EXPECT_EQ(scope.size(), 0u);
}

TEST(TaskScope, JoinsWhenTheLastChildHasEnded) {
  int finished = 0;
  LoopPool(1).run(spawn_and_join(finished));
  EXPECT_EQ(finished, 10);
}

Task<> join_nothing() {
  TaskScope scope(co_await asio::this_coro::executor);
  co_await scope.join();
}

TEST(TaskScope, JoinsAtOnceWithoutChildren) { LoopPool(1).run(join_nothing()); }

Task<> stop_sleepers(int& cancelled) {
  TaskScope scope(co_await asio::this_coro::executor);
  for (int i = 0; i < 3; ++i) scope.spawn(sleeper(cancelled));
  co_await sleep_for(1ms);
  EXPECT_EQ(scope.size(), 3u);
  scope.stop();
  scope.stop();
  EXPECT_TRUE(scope.stopping());
  co_await scope.join();
}

TEST(TaskScope, CancelsItsChildrenOnStop) {
  int cancelled = 0;
  LoopPool(1).run(stop_sleepers(cancelled));
  EXPECT_EQ(cancelled, 3);
}

Task<> stop_slow_child(bool& ended) {
  TaskScope scope(co_await asio::this_coro::executor);
  scope.spawn(slow_to_stop(ended));
  co_await sleep_for(1ms);
  scope.stop();
  co_await scope.join();
  EXPECT_TRUE(ended);
}

TEST(TaskScope, WaitsForChildrenThatNeedTimeToStop) {
  bool ended = false;
  LoopPool(1).run(stop_slow_child(ended));
}

Task<> spawn_after_stop(int& cancelled) {
  TaskScope scope(co_await asio::this_coro::executor);
  scope.stop();
  scope.spawn(sleeper(cancelled));
  co_await scope.join();
}

TEST(TaskScope, CancelsAChildThatIsSpawnedAfterStop) {
  int cancelled = 0;
  LoopPool(1).run(spawn_after_stop(cancelled));
  EXPECT_EQ(cancelled, 1);
}

TEST(SleepFor, CompletesAfterTheDuration) {
  bool completed = false;
  const auto main = [](bool& out) -> Task<> {
    const auto begin = std::chrono::steady_clock::now();
    out = co_await sleep_for(5ms);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 5ms);
  };
  LoopPool(1).run(main(completed));
  EXPECT_TRUE(completed);
}

}  // namespace
}  // namespace telltale::base

#include "base/wait_list.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace telltale::base {
namespace {

using namespace std::chrono_literals;

Task<> wait_once(WaitList& list, std::chrono::nanoseconds patience, std::vector<Wake>& woken) {
  woken.push_back(co_await list.wait(std::chrono::steady_clock::now() + patience));
}

// Lets two children wait, does `act`, and joins them.
template <class Act>
std::vector<Wake> two_waiters(std::chrono::nanoseconds patience, Act act) {
  LoopPool pool(1);
  std::vector<Wake> woken;
  const auto main = [](LoopPool& loops, std::chrono::nanoseconds time, Act then,
                       std::vector<Wake>& out) -> Task<> {
    WaitList list(loops.at(0));
    TaskScope scope(loops.at(0).executor());
    for (int i = 0; i < 2; ++i) scope.spawn(wait_once(list, time, out));
    while (list.empty()) co_await sleep_for(1ms);
    then(list, scope);
    co_await scope.join();
    EXPECT_TRUE(list.empty());
  };
  pool.run(main(pool, patience, act, woken));
  return woken;
}

TEST(WaitList, WakesEveryWaiter) {
  const auto woken = two_waiters(1h, [](WaitList& list, TaskScope&) { list.notify_all(); });
  EXPECT_EQ(woken, (std::vector{Wake::notified, Wake::notified}));
}

TEST(WaitList, EndsAWaitAtItsDeadline) {
  const auto woken = two_waiters(1ms, [](WaitList&, TaskScope&) {});
  EXPECT_EQ(woken, (std::vector{Wake::timeout, Wake::timeout}));
}

TEST(WaitList, EndsAWaitWhoseCoroutineIsCancelled) {
  const auto woken = two_waiters(1h, [](WaitList&, TaskScope& scope) { scope.stop(); });
  EXPECT_EQ(woken, (std::vector{Wake::cancelled, Wake::cancelled}));
}

Task<> wait_again_and_again(WaitList& list, int& woken, bool& stop) {
  while (!stop) {
    const auto wake = co_await list.wait(std::chrono::steady_clock::time_point::max());
    if (wake != Wake::notified) co_return;
    ++woken;
  }
}

TEST(WaitList, WakesInPartsAndThoseWhoComeBackNotAgain) {
  LoopPool pool(1);
  const auto main = [](LoopPool& loops) -> Task<> {
    WaitList list(loops.at(0));
    TaskScope scope(loops.at(0).executor());
    int woken = 0;
    bool stop = false;
    for (int i = 0; i < 5; ++i) scope.spawn(wait_again_and_again(list, woken, stop));
    co_await sleep_for(1ms);
    const auto past = std::chrono::steady_clock::time_point::min();
    for (int i = 1; i < 5; ++i) {
      EXPECT_TRUE(list.notify_until(past));
      EXPECT_EQ(woken, i) << "at least one";
    }
    EXPECT_FALSE(list.notify_until(past));
    EXPECT_EQ(woken, 5);
    EXPECT_TRUE(list.notify_until(past)) << "a new round";
    stop = true;
    list.notify_all();  // the rest of the round, and those who wait behind it
    EXPECT_EQ(woken, 11);
    EXPECT_TRUE(list.empty());
    co_await scope.join();
  };
  pool.run(main(pool));
}

TEST(WaitList, CancelsAWaiterBetweenTwoParts) {
  LoopPool pool(1);
  const auto main = [](LoopPool& loops) -> Task<> {
    WaitList list(loops.at(0));
    TaskScope scope(loops.at(0).executor());
    std::vector<Wake> woken;
    for (int i = 0; i < 3; ++i) scope.spawn(wait_once(list, 1h, woken));
    co_await sleep_for(1ms);
    EXPECT_TRUE(list.notify_until(std::chrono::steady_clock::time_point::min()));
    scope.stop();
    co_await scope.join();
    EXPECT_EQ(woken, (std::vector{Wake::notified, Wake::cancelled, Wake::cancelled}));
    EXPECT_TRUE(list.empty());
  };
  pool.run(main(pool));
}

// A handler that is queued runs although its timer is destroyed: the list must be gone in between.
Task<> destroy_around_a_tick(Loop& loop, int posts) {
  auto list = std::make_unique<WaitList>(loop);
  std::vector<Wake> woken;
  TaskScope scope(loop.executor());
  scope.spawn(wait_once(*list, 1h, woken));
  while (list->empty()) co_await sleep_for(1ms);
  list->notify_all();
  co_await scope.join();
  std::this_thread::sleep_for(WaitList::kTick + 10ms);
  for (int i = 0; i < posts; ++i) co_await asio::post(loop.executor(), asio::use_awaitable);
  list.reset();
  const std::string other(sizeof(WaitList), '\xee');  // takes its place, if it can
  co_await sleep_for(5ms);
  EXPECT_EQ(woken.size(), 1u);
}

TEST(WaitList, MayBeDestroyedWhenATickIsDue) {
  for (int posts = 0; posts < 6; ++posts) {
    LoopPool pool(1);
    pool.run(destroy_around_a_tick(pool.at(0), posts));
  }
}

}  // namespace
}  // namespace telltale::base

#include "base/loop.hpp"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <set>
#include <stdexcept>
#include <thread>

namespace telltale::base {
namespace {

using namespace std::chrono_literals;

Task<> throw_error() {
  throw std::runtime_error("lost");
  co_return;
}

Task<std::thread::id> thread_of() { co_return std::this_thread::get_id(); }

Task<Loop*> loop_of() { co_return Loop::current(); }

TEST(LoopPool, RunsMainOnLoopZeroInTheCallingThread) {
  LoopPool pool(2);
  Loop* seen = nullptr;
  std::thread::id thread;
  const auto main = [](Loop*& loop, std::thread::id& id) -> Task<> {
    loop = Loop::current();
    id = std::this_thread::get_id();
    co_return;
  };
  pool.run(main(seen, thread));
  EXPECT_EQ(seen, &pool.at(0));
  EXPECT_EQ(thread, std::this_thread::get_id());
}

TEST(LoopPool, HasAtLeastOneLoop) { EXPECT_EQ(LoopPool(0).size(), 1u); }

TEST(LoopPool, RethrowsAnExceptionOfMain) {
  LoopPool pool(2);
  EXPECT_THROW(pool.run(throw_error()), std::runtime_error);
}

TEST(LoopPool, HandsOutItsLoopsInTurn) {
  LoopPool pool(3);
  std::set<std::size_t> seen;
  for (int i = 0; i < 3; ++i) seen.insert(pool.next().index());
  EXPECT_EQ(seen, (std::set<std::size_t>{0, 1, 2}));
}

TEST(LoopPool, KnowsNoCurrentLoopOnOtherThreads) { EXPECT_EQ(Loop::current(), nullptr); }

TEST(LoopPool, EndsWhatIsPostedWhileAllItsLoopsExist) {
  struct Owner {
    Owner(LoopPool& pool, int& count)
        : first(pool.at(0).context()), second(pool.at(1).context()), ended(count) {}
    ~Owner() {
      first.cancel();
      second.cancel();
      ++ended;
    }
    asio::steady_timer first;
    asio::steady_timer second;
    int& ended;
  };
  int ended = 0;
  {
    LoopPool pool(2);
    for (std::size_t i = 0; i < pool.size(); ++i) {
      auto owner = std::make_shared<Owner>(pool, ended);
      owner->first.expires_after(1h);
      owner->first.async_wait([owner](const boost::system::error_code&) {});
      asio::post(pool.at(i).executor(), [owner] {});
    }
  }
  EXPECT_EQ(ended, 2);
}

TEST(On, RunsTheTaskOnTheOtherLoopAndComesBackWithItsResult) {
  LoopPool pool(2);
  const auto main = [](LoopPool& loops) -> Task<> {
    const auto home = std::this_thread::get_id();
    EXPECT_EQ(co_await on(loops.at(1), loop_of()), &loops.at(1));
    EXPECT_NE(co_await on(loops.at(1), thread_of()), home);
    EXPECT_EQ(std::this_thread::get_id(), home);
    EXPECT_EQ(Loop::current(), &loops.at(0));
  };
  pool.run(main(pool));
}

TEST(On, CancelsTheTaskWithItsCaller) {
  LoopPool pool(2);
  const auto caller = [](LoopPool& loops, bool& slept) -> Task<> {
    slept = co_await on(loops.at(1), sleep_for(1h));
  };
  const auto main = [&caller](LoopPool& loops) -> Task<> {
    TaskScope scope(loops.at(0).executor());
    bool slept = true;
    scope.spawn(caller(loops, slept));
    co_await sleep_for(1ms);  // lets the child reach the other loop; it is cancelled in any case
    scope.stop();
    co_await scope.join();
    EXPECT_FALSE(slept);
  };
  pool.run(main(pool));
}

}  // namespace
}  // namespace telltale::base

#include "base/loop.hpp"

#include <algorithm>
#include <exception>

namespace telltale::base {
namespace {
thread_local Loop* current_loop = nullptr;
}  // namespace

Loop* Loop::current() noexcept { return current_loop; }

LoopPool::LoopPool(std::size_t count) {
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i)
    loops_.push_back(std::make_unique<Loop>(i));
}

LoopPool::~LoopPool() {
  // What a handler of one loop owns may use another loop when it ends (a timer does), so all loops must still
  // exist. A second time for what was posted by the ends of the first.
  for (int round = 0; round < 2; ++round) {
    for (auto& loop : loops_) loop->context_.shutdown();
  }
}

void LoopPool::run(Task<> main) {
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards;
  for (auto& loop : loops_) guards.emplace_back(loop->context().get_executor());
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < loops_.size(); ++i) {
    threads.emplace_back([loop = loops_[i].get()] {
      current_loop = loop;
      loop->context().run();
      current_loop = nullptr;
    });
  }
  std::exception_ptr failure;
  asio::co_spawn(at(0).executor(), as_root(std::move(main)), [&](std::exception_ptr thrown) {
    failure = thrown;
    for (auto& guard : guards) guard.reset();
    for (auto& loop : loops_) loop->context().stop();
  });
  Loop* const outer = std::exchange(current_loop, &at(0));
  at(0).context().run();
  current_loop = outer;
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace telltale::base

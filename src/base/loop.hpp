#pragma once

// Event loops: N io_contexts, each run by exactly one thread. An object lives on one loop for life, so it
// needs no lock.

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "base/task.hpp"

namespace telltale::base {

/// One event loop. `index` is its place in the pool, for per-loop tables.
class Loop {
 public:
  explicit Loop(std::size_t index) : index_(index) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] std::size_t index() const noexcept { return index_; }
  [[nodiscard]] asio::io_context& context() noexcept { return context_; }
  [[nodiscard]] asio::any_io_executor executor() noexcept { return context_.get_executor(); }

  /// The loop that the calling thread runs, or nullptr on a thread that runs none.
  static Loop* current() noexcept;

 private:
  friend class LoopPool;
  struct Context : asio::io_context {
    using asio::execution_context::shutdown;
    using asio::io_context::io_context;
  };
  std::size_t index_;
  Context context_{1};
};

/// The loops of the process. Loop 0 is run by the thread that calls run(); the others by threads of the pool.
class LoopPool {
 public:
  explicit LoopPool(std::size_t count);
  /// Ends what is still posted or waiting, on all loops, before it destroys the first of them.
  ~LoopPool();
  LoopPool(const LoopPool&) = delete;
  LoopPool& operator=(const LoopPool&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return loops_.size(); }
  [[nodiscard]] Loop& at(std::size_t index) noexcept { return *loops_[index]; }
  /// Loops in turn, to spread sessions and connections.
  [[nodiscard]] Loop& next() noexcept {
    return *loops_[turn_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
  }

  /// Runs `main` on loop 0 and all loops until `main` has ended; then stops the loops and joins their
  /// threads. An exception of `main` is rethrown here.
  void run(Task<> main);

 private:
  std::vector<std::unique_ptr<Loop>> loops_;
  std::atomic<std::size_t> turn_{0};
};

/// Runs `task` on `loop` and resumes the caller, with its result, on the caller's own loop. Cancelling the
/// caller cancels the task.
template <class T>
Task<T> on(Loop& loop, Task<T> task) {
  // co_spawn alone would keep the signal in the caller's slot and emit it on the other loop, possibly after
  // the caller went on and freed it (Boost 1.81). Shared ownership keeps it alive.
  auto signal = std::make_shared<asio::cancellation_signal>();
  // Not one expression: g++ 12 cannot deduce its type in a template.
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  auto slot = state.slot();
  if (slot.is_connected()) {
    slot.assign([signal, executor = loop.executor()](asio::cancellation_type type) {
      asio::post(executor, [signal, type] { signal->emit(type); });
    });
  }
  co_return co_await asio::co_spawn(loop.executor(), as_root(std::move(task)),
                                    asio::bind_cancellation_slot(signal->slot(), asio::use_awaitable));
}

}  // namespace telltale::base

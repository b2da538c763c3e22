#pragma once

// An event loop on a thread of its own, for tests that block while sockets work.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>
#include <utility>

#include "base/loop.hpp"
#include "base/task.hpp"

namespace telltale::testing {

/// Runs from construction to stop(). What its tasks use must outlive stop().
class LoopThread {
 public:
  LoopThread();
  ~LoopThread() { stop(); }
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  [[nodiscard]] base::LoopPool& loops() noexcept { return loops_; }
  [[nodiscard]] base::Loop& loop() noexcept { return loops_.at(0); }

  /// Runs `task` on the loop and blocks for its result; the deadline is the task's own.
  template <class T>
  T call(base::Task<T> task) {
    return base::asio::co_spawn(loop().executor(), base::as_root(std::move(task)), base::asio::use_future)
        .get();
  }
  /// Starts `task` on the loop; stop() cancels it.
  void spawn(base::Task<> task);
  /// Cancels the tasks and returns when they and the thread have ended. Idempotent.
  void stop();

 private:
  base::Task<> run_until_stopped();

  base::LoopPool loops_{1};
  base::TaskScope tasks_;
  base::asio::steady_timer stopped_;
  std::thread thread_;
};

}  // namespace telltale::testing

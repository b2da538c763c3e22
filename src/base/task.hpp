#pragma once

// Coroutines and their lifetimes. Every coroutine has an owner: a TaskScope, or the coroutine that awaits it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <utility>

#include "base/error.hpp"

namespace telltale::base {

namespace asio = boost::asio;

/// A coroutine that yields a T. Errors come back as Result<T>; an exception that leaves a Task is a bug.
template <class T = void>
using Task = asio::awaitable<T>;

/// Makes a coroutine fit to be started as a thread of its own (co_spawn, each operand of || and &&). Once
/// cancelled, a coroutine of Asio throws at its next co_await of another Task, so that it could await neither
/// clean-up nor join(); behind as_root() only the cancelled operation fails, with operation_aborted.
/// TaskScope, on() and LoopPool apply it.
template <class T>
Task<T> as_root(Task<T> task) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_return co_await std::move(task);
}

/// Owns child coroutines of one loop. stop() cancels them all, join() completes when the last has ended. Not
/// thread-safe: every call happens on the loop of `executor`. The scope must outlive its children, so its
/// owner awaits join().
class TaskScope {
 public:
  explicit TaskScope(asio::any_io_executor executor);
  ~TaskScope();
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  /// Starts `task` as a child. After stop() a new child is cancelled at its first suspension.
  void spawn(Task<> task);
  /// Cancels every child: their pending operations end with operation_aborted. Idempotent.
  void stop() noexcept;
  /// Completes when no child is left. May be called once at a time.
  Task<> join();
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }
  [[nodiscard]] std::size_t size() const noexcept { return children_.size(); }

 private:
  asio::any_io_executor executor_;
  std::list<asio::cancellation_signal> children_;
  std::function<void()> on_empty_;
  bool stopping_ = false;
};

/// Completes after `duration`; returns false when the coroutine was cancelled before or meanwhile.
Task<bool> sleep_for(std::chrono::nanoseconds duration);

}  // namespace telltale::base

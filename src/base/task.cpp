#include "base/task.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
#include <exception>

namespace telltale::base {

TaskScope::TaskScope(asio::any_io_executor executor) : executor_(std::move(executor)) {}

TaskScope::~TaskScope() { assert(children_.empty() && "a TaskScope was destroyed before join()"); }

void TaskScope::spawn(Task<> task) {
  children_.emplace_back();
  const auto child = std::prev(children_.end());
  asio::co_spawn(executor_, as_root(std::move(task)),
                 asio::bind_cancellation_slot(child->slot(), [this, child](std::exception_ptr failure) {
                   // Nobody could handle it: Result is how expected failures travel.
                   if (failure) std::rethrow_exception(failure);
                   children_.erase(child);
                   if (children_.empty() && on_empty_) std::exchange(on_empty_, nullptr)();
                 }));
  if (stopping_) {
    asio::post(executor_, [this] { stop(); });
  }
}

void TaskScope::stop() noexcept {
  stopping_ = true;
  // A cancelled child may end inside emit() and erase itself, so step over it first.
  for (auto child = children_.begin(); child != children_.end();) {
    auto current = child++;
    current->emit(asio::cancellation_type::terminal);
  }
}

Task<> TaskScope::join() {
  const bool throwing = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!children_.empty()) {
    asio::steady_timer done(executor_, asio::steady_timer::time_point::max());
    on_empty_ = [&done] { done.cancel(); };
    // Not cancellable, hence the empty slot: returning early would let the owner destroy live children.
    co_await done.async_wait(
        asio::bind_cancellation_slot(asio::cancellation_slot(), asio::as_tuple(asio::use_awaitable)));
  }
  co_await asio::this_coro::throw_if_cancelled(throwing);
}

Task<bool> sleep_for(std::chrono::nanoseconds duration) {
  // A signal that comes while no operation waits cancels none; only the state remembers it. Without this look
  // a loop of sleeps could miss its end.
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) co_return false;
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return !error && state.cancelled() == asio::cancellation_type::none;
}

}  // namespace telltale::base

#include "base/wait_list.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace telltale::base {

Task<Wake> WaitList::wait(std::chrono::steady_clock::time_point deadline) {
  const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
  if (cancelled != asio::cancellation_type::none) co_return Wake::cancelled;
  Waiter waiter;
  waiter.deadline = deadline;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Wake)>(
      [this, &waiter](auto handler) {
        // swap: the move assignment of Boost 1.81 recurses for ever.
        asio::any_completion_handler<void(Wake)>(std::move(handler)).swap(waiter.resume);
        // The slot of `resume`, not of `handler`: any_completion_handler takes that one for itself, and what
        // was assigned to it before is lost.
        if (auto slot = asio::get_associated_cancellation_slot(waiter.resume); slot.is_connected()) {
          slot.assign([this, &waiter](asio::cancellation_type) {
            if (!waiter.is_linked()) return;
            ticker_->waiters.erase(ticker_->waiters.iterator_to(waiter));
            wake(waiter, Wake::cancelled);
          });
        }
        ticker_->waiters.push_back(waiter);
        if (!ticker_->ticking) ticker_->start();
      },
      asio::use_awaitable);
}

void WaitList::notify_all() {
  // Woken coroutines may wait again at once: they join the new list, not the one being emptied.
  Waiters woken;
  woken.swap(called_);
  woken.splice(woken.end(), ticker_->waiters);
  while (!woken.empty()) wake_first(woken, Wake::notified);
}

bool WaitList::notify_until(std::chrono::steady_clock::time_point time) {
  if (called_.empty()) called_.swap(ticker_->waiters);
  while (!called_.empty()) {
    wake_first(called_, Wake::notified);
    if (std::chrono::steady_clock::now() >= time) break;
  }
  return !called_.empty();
}

void WaitList::wake_first(Waiters& list, Wake why) {
  Waiter& waiter = list.front();
  list.pop_front();
  wake(waiter, why);
}

void WaitList::wake(Waiter& waiter, Wake why) {
  // The handler resumes the coroutine whose frame holds the waiter, so it must be out of the waiter first.
  auto resume = std::move(waiter.resume);
  std::move(resume)(why);
}

void WaitList::Ticker::start() {
  ticking = true;
  timer.expires_after(kTick);
  timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    // Destroying the list cancels the timer, but not a tick that is due already.
    const auto self = weak.lock();
    if (error || !self) return;
    Waiters& list = self->waiters;
    const auto now = std::chrono::steady_clock::now();
    Waiters expired;
    for (auto it = list.begin(); it != list.end();) {
      Waiter& waiter = *it++;
      if (waiter.deadline > now) continue;
      list.erase(list.iterator_to(waiter));
      expired.push_back(waiter);
    }
    self->ticking = false;
    while (!expired.empty()) wake_first(expired, Wake::timeout);
    if (!list.empty() && !self->ticking) self->start();
  });
}

}  // namespace telltale::base

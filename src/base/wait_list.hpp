#pragma once

// Coroutines of one loop that wait for the same thing. One list and one coarse ticker serve all of them: no
// timer and no channel per waiter, so ten thousand idle consumers cost nothing but their entries.

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <memory>

#include "base/loop.hpp"
#include "base/task.hpp"

namespace telltale::base {

enum class Wake {
  notified,   ///< notify_all() was called.
  timeout,    ///< The deadline passed (up to WaitList::kTick late).
  cancelled,  ///< The waiting coroutine was cancelled.
};

/// Lives on one loop; every call happens there. It must outlive its waiters; without any, it may be destroyed on any
/// thread: the last owner of a session may be another loop.
class WaitList {
 public:
  /// Deadlines are looked at this often.
  static constexpr auto kTick = std::chrono::milliseconds(250);

  explicit WaitList(Loop& loop) : ticker_(std::make_shared<Ticker>(loop.context())) {}
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  /// Waits for notify_all(), the deadline, or cancellation (also one that came before).
  Task<Wake> wait(std::chrono::steady_clock::time_point deadline);
  /// Resumes every present waiter, in the order of their wait(). They run inside this call until they wait
  /// again.
  void notify_all();
  /// The same in parts: resumes waiters until `time`, at least one, and returns whether some of them are left; then
  /// it is called again. Who begins to wait meanwhile is not among them.
  bool notify_until(std::chrono::steady_clock::time_point time);
  [[nodiscard]] bool empty() const noexcept { return ticker_->waiters.empty() && called_.empty(); }

 private:
  // Lives in the frame of its wait(); linked while it waits.
  struct Waiter : boost::intrusive::list_base_hook<> {
    std::chrono::steady_clock::time_point deadline;
    asio::any_completion_handler<void(Wake)> resume;
  };
  // Without a size, so that a waiter may be taken out of whichever list it is in.
  using Waiters = boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>>;

  // What a tick that is due already still needs when the list has been destroyed meanwhile.
  struct Ticker : std::enable_shared_from_this<Ticker> {
    explicit Ticker(asio::io_context& context) : timer(context) {}
    void start();

    Waiters waiters;
    asio::steady_timer timer;
    bool ticking = false;
  };

  static void wake_first(Waiters& list, Wake why);
  static void wake(Waiter& waiter, Wake why);

  std::shared_ptr<Ticker> ticker_;
  Waiters called_;  ///< those that notify_until() has not come to yet
};

}  // namespace telltale::base

#pragma once

// The readers of a log on one loop: whom to wake, and how without holding up the loop.

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "base/loop.hpp"
#include "base/wait_list.hpp"

namespace telltale::stream {

/// Shared by the log and its cursors on that loop. wait() is called there, waiting() and wake() by the log's writer.
class Readers : public std::enable_shared_from_this<Readers> {
 public:
  explicit Readers(base::Loop& loop) : loop_(loop), waiters_(loop), pacer_(loop.context()) {}

  // --- the loop
  /// Said before a reader's last look at the log: what is appended later wakes it.
  void expect() noexcept { waiting_.store(true, std::memory_order_seq_cst); }
  base::Task<base::Wake> wait(std::chrono::steady_clock::time_point deadline) { return waiters_.wait(deadline); }

  // --- the writer
  [[nodiscard]] bool waiting() const noexcept { return waiting_.load(std::memory_order_seq_cst); }
  /// Wakes those who wait, soon. `last`: nothing will come any more, so that there is nothing to be gained by waiting.
  void wake(bool last);

 private:
  void flush();
  void flush_slice();

  base::Loop& loop_;
  base::WaitList waiters_;
  base::asio::steady_timer pacer_;
  std::chrono::steady_clock::time_point next_flush_{};
  std::chrono::steady_clock::duration cost_{};  // of the present flush, all its slices
  bool flushing_ = false;                       // between the slices of a flush
  bool flush_again_ = false;                    // it was asked for meanwhile
  std::atomic<bool> waiting_{false};
  std::atomic<bool> posted_{false};  // a wake-up is on its way: further events need none
  std::atomic<bool> last_{false};
};

}  // namespace telltale::stream

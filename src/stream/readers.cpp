#include "stream/readers.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace telltale::stream {
namespace {

// A busy log with many readers flushes at most this often, so that each flush carries many events: the next
// one starts no earlier than 8x the cost of the last, at most 20 ms later. With few readers the cost is
// microseconds: no delay.
constexpr int kFlushPause = 8;
constexpr auto kLongestFlushPause = std::chrono::milliseconds(20);
// A flush holds its loop for about so long at a time: a thousand readers, each of which writes to its client, take
// milliseconds, and the browser's socket may be on the same loop.
constexpr auto kFlushSlice = std::chrono::microseconds(500);

}  // namespace

void Readers::wake(bool last) {
  if (last) last_.store(true, std::memory_order_relaxed);
  if (posted_.exchange(true, std::memory_order_acq_rel)) return;
  base::asio::post(loop_.executor(), [self = shared_from_this()] { self->flush(); });
}

void Readers::flush() {
  if (flushing_) {
    flush_again_ = true;
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now < next_flush_ && !last_.load(std::memory_order_relaxed)) {
    pacer_.expires_at(next_flush_);
    pacer_.async_wait([self = shared_from_this()](const boost::system::error_code&) { self->flush(); });
    return;
  }
  // Events appended from here on post again; those before are seen by the readers that run now.
  waiting_.store(false, std::memory_order_seq_cst);
  posted_.store(false, std::memory_order_seq_cst);
  flushing_ = true;
  next_flush_ = now;
  cost_ = {};
  flush_slice();
}

void Readers::flush_slice() {
  const auto start = std::chrono::steady_clock::now();
  const bool more = waiters_.notify_until(start + kFlushSlice);
  cost_ += std::chrono::steady_clock::now() - start;
  if (more) {
    base::asio::post(loop_.executor(), [self = shared_from_this()] { self->flush_slice(); });
    return;
  }
  flushing_ = false;
  next_flush_ += std::min<std::chrono::steady_clock::duration>(cost_ * kFlushPause, kLongestFlushPause);
  if (std::exchange(flush_again_, false)) flush();
}

}  // namespace telltale::stream

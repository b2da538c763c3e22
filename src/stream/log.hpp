#pragma once

// The append-only log of one session: one writer, any number of cursors on any loop.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/json_encode.hpp"
#include "base/loop.hpp"
#include "base/strong.hpp"
#include "base/wait_list.hpp"
#include "stream/limits.hpp"
#include "stream/segment.hpp"

namespace telltale::telemetry {
struct Event;
}

namespace telltale::stream {

class Cursor;

/// Where a cursor starts.
struct Start {
  enum class From { now, oldest, after } from = From::now;
  base::Seq seq{};  ///< for `after`: the first event delivered is the first retained one above it

  static Start now() { return {}; }
  static Start oldest() { return {From::oldest, {}}; }
  static Start after(base::Seq seq) { return {From::after, seq}; }
};

/// One session's events as SSE frames (`id: N`, `data: {...}`, blank line), encoded once, kept in segments.
/// Retention removes whole segments from the old end; a reader sees that as a jump in seq, and only that.
/// Lives on the session's loop (home): append() and end() are called there. Shared ownership, because readers
/// on other loops may outlast the session.
class Log : public std::enable_shared_from_this<Log> {
 public:
  /// `retained_bytes`: memory for segments, see limits::kLogBytes.
  static std::shared_ptr<Log> create(base::LoopPool& loops, base::Loop& home,
                                     std::size_t retained_bytes = limits::kLogBytes);

  // --- home loop ---
  /// Stamps the next seq, encodes the event and appends it: from now on it can be read. Readers that wait are
  /// woken when the present handler of the loop has returned, once for all that it appended. After end() it is
  /// refused (returns seq 0).
  base::Seq append(const telemetry::Event& event, base::Secrets secrets);
  /// No event will come any more: cursors that have read everything end.
  void end();

  // --- any thread ---
  /// The seq of the newest event; 0 when there is none yet.
  [[nodiscard]] base::Seq head() const noexcept { return {head_.load(std::memory_order_acquire)}; }
  [[nodiscard]] bool ended() const noexcept { return ended_.load(std::memory_order_acquire); }
  /// A cursor for the calling coroutine's loop, which must be one of the pool's.
  base::Task<Cursor> open(Start start);

 private:
  friend class Cursor;

  // Where a seq is: the segment and the place in it. The segment may be null when nothing was appended yet.
  struct Position {
    std::shared_ptr<const Segment> segment;
    std::uint32_t at = 0;
  };

  // The readers of one loop. `waiters` is touched on that loop only.
  struct Readers {
    explicit Readers(base::Loop& on_loop) : loop(on_loop), waiters(on_loop), pacer(on_loop.context()) {}
    base::Loop& loop;
    base::WaitList waiters;
    base::asio::steady_timer pacer;
    std::chrono::steady_clock::time_point next_flush{};
    std::chrono::steady_clock::duration cost{};  // of the present flush, all its slices
    bool flushing = false;                       // between the slices of a flush
    bool flush_again = false;                    // it was asked for meanwhile
    std::atomic<bool> waiting{false};  // set by a reader before its last look at the head
    std::atomic<bool> posted{false};   // a wake-up is on its way: further events need none
  };

  Log(base::LoopPool& loops, base::Loop& home, std::size_t retained_bytes);

  Segment& segment_for(std::size_t frame_size, base::Seq seq);
  void announce();
  void wake_readers();
  void flush(Readers& readers);
  void flush_slice(Readers& readers);
  void retain();
  [[nodiscard]] Position locate(Start start) const;
  base::Task<Position> locate_on_home(Start start) const;

  base::Loop& home_;
  std::size_t retained_bytes_;
  std::deque<std::shared_ptr<Segment>> segments_;  // home loop only
  std::size_t footprint_ = 0;
  std::string frame_;  // reused buffer for encoding
  bool announced_ = false;  // home loop only: wake_readers() runs when the present handler has returned
  std::atomic<std::uint64_t> head_{0};
  std::atomic<bool> ended_{false};
  std::vector<std::unique_ptr<Readers>> readers_;
};

}  // namespace telltale::stream

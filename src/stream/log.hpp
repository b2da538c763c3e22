#pragma once

// The append-only log of one session: one writer, any number of cursors on any loop.

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/json_encode.hpp"
#include "base/loop.hpp"
#include "base/strong.hpp"
#include "stream/limits.hpp"
#include "stream/readers.hpp"
#include "stream/segment.hpp"
#include "stream/store.hpp"

namespace telltale::telemetry {
struct Event;
}

namespace telltale::stream {

class Cursor;

/// Where a cursor starts.
struct Start {
  enum class From { now, oldest, after } from = From::now;
  /// For `after`: the first event delivered is the first retained one above it. One above the head belongs to another
  /// log: then it is the oldest one.
  base::Seq seq{};

  static Start now() { return {}; }
  static Start oldest() { return {From::oldest, {}}; }
  static Start after(base::Seq seq) { return {From::after, seq}; }
};

/// How a log begins.
struct LogStart {
  base::Seq next{1};  ///< of its first event
  /// Memory for segments. With a store, that is where the older ones are read from.
  std::size_t retained_bytes = limits::kLogBytes;
  std::unique_ptr<Store> store{};  ///< null: what leaves memory is lost
};

/// One session's events as SSE frames (`id: N`, `data: {...}`, blank line), encoded once, kept in segments.
/// Retention removes whole segments from the old end; a reader that has not read them is told of the gap.
/// Lives on the session's loop (home): append() and end() are called there. Shared ownership, because readers
/// on other loops may outlast the session.
class Log : public std::enable_shared_from_this<Log> {
 public:
  static std::shared_ptr<Log> create(base::LoopPool& loops, base::Loop& home, LogStart start = {});

  // --- home loop ---
  /// Stamps the next seq, encodes the event and appends it: from now on it can be read. Readers that wait are
  /// woken when the present handler of the loop has returned, once for all that it appended. After end() it is
  /// refused (returns seq 0).
  base::Seq append(const telemetry::Event& event, base::Secrets secrets);
  /// No event will come any more: cursors that have read everything end.
  void end();
  /// The open segment gets no more events: it can be stored. Nothing when it is empty.
  void seal();

  // --- any thread ---
  /// The seq of the newest event; while there is none, the one before the first.
  [[nodiscard]] base::Seq head() const noexcept { return {head_.load(std::memory_order_acquire)}; }
  [[nodiscard]] bool ended() const noexcept { return ended_.load(std::memory_order_acquire); }
  /// A cursor for the calling coroutine's loop, which must be one of the pool's.
  base::Task<Cursor> open(Start start);

 private:
  friend class Cursor;

  // Where a reader goes on: behind `last`, in that place of a segment. Null: of one that is not in memory.
  struct Position {
    std::shared_ptr<const Segment> segment;
    std::uint32_t at = 0;
    base::Seq last;

    // Whether that is the very next event, or the place where it will be.
    [[nodiscard]] bool is_next() const noexcept { return segment && segment->first().value + at <= last.value + 1; }
  };

  Log(base::LoopPool& loops, base::Loop& home, LogStart start);

  Segment& segment_for(std::size_t frame_size, base::Seq seq);
  void seal_before(const std::shared_ptr<Segment>& next);
  void announce();
  void wake_readers();
  void retain();
  [[nodiscard]] Position locate(Start start) const;
  // The first event in memory above `last`.
  [[nodiscard]] Position behind(base::Seq last) const;
  base::Task<Position> locate_on_home(Start start) const;
  base::Task<Position> behind_on_home(base::Seq last) const;

  base::Loop& home_;
  const std::size_t retained_bytes_;
  const std::unique_ptr<Store> store_;
  std::deque<std::shared_ptr<Segment>> segments_;  // home loop only
  std::size_t footprint_ = 0;
  std::string frame_;  // reused buffer for encoding
  bool announced_ = false;  // home loop only: wake_readers() runs when the present handler has returned
  std::atomic<std::uint64_t> head_;
  std::atomic<bool> ended_{false};
  std::vector<std::shared_ptr<Readers>> readers_;  // by loop of the pool
};

}  // namespace telltale::stream

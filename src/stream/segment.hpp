#pragma once

// A piece of a log: ready-made SSE frames one after the other, and an index over them. Written by one thread,
// read by any.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/strong.hpp"
#include "stream/limits.hpp"
#include "stream/record.hpp"

namespace telltale::stream {

/// Published frames never change. The writer fills bytes and index entry, then publishes by raising count();
/// readers only look at what lies below count(), so neither side needs a lock.
class Segment {
 public:
  /// `capacity`: bytes for frames. The pages of the buffer are only touched when frames reach them.
  Segment(base::Seq first, std::size_t capacity)
      : first_(first), capacity_(capacity), bytes_(std::make_unique_for_overwrite<char[]>(capacity)) {}
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  // --- any thread ---
  [[nodiscard]] base::Seq first() const noexcept { return first_; }
  [[nodiscard]] std::uint32_t count() const noexcept { return count_.load(std::memory_order_acquire); }
  /// `at` must be below a count() that this thread has read.
  [[nodiscard]] Record record(std::uint32_t at) const noexcept {
    const Entry& entry = index_[at];
    return {{first_.value + at}, entry.ts_us, entry.type, {bytes_.get() + entry.offset, entry.size}};
  }
  /// Nothing will be added any more, and next() is final.
  [[nodiscard]] bool sealed() const noexcept { return sealed_.load(std::memory_order_acquire); }
  /// The segment after this one; null when retention has removed it. Only after sealed().
  [[nodiscard]] std::shared_ptr<const Segment> next() const noexcept { return next_.lock(); }
  /// Bytes of memory that this segment is charged with.
  [[nodiscard]] std::size_t footprint() const noexcept { return capacity_ + sizeof(Segment); }

  // --- the writer ---
  [[nodiscard]] bool fits(std::size_t size) const noexcept {
    return used_ + size <= capacity_ && count_.load(std::memory_order_relaxed) < index_.size();
  }
  /// Its seq is the one behind the last.
  void append(std::string_view frame, std::int64_t ts_us, std::uint8_t type) noexcept;
  /// Holds the next segment weakly: a slow reader must pin one segment, not everything after it.
  void seal(const std::shared_ptr<Segment>& next) noexcept {
    next_ = next;
    sealed_.store(true, std::memory_order_release);
  }

 private:
  struct Entry {
    std::int64_t ts_us = 0;
    std::uint32_t offset = 0;  // of the frame in the segment's bytes
    std::uint32_t size = 0;    // of the frame, including its blank line
    std::uint8_t type = 0;
  };

  base::Seq first_;
  std::size_t capacity_;
  std::size_t used_ = 0;
  std::unique_ptr<char[]> bytes_;
  std::array<Entry, limits::kSegmentEvents> index_;
  std::atomic<std::uint32_t> count_{0};
  std::atomic<bool> sealed_{false};
  std::weak_ptr<const Segment> next_;
};

}  // namespace telltale::stream

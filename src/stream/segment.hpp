#pragma once

// A piece of a log: ready-made SSE frames one after the other, and an index over them. Written by one thread,
// read by any.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "base/strong.hpp"
#include "stream/limits.hpp"
#include "stream/record.hpp"
#include "stream/segment_memory.hpp"

namespace telltale::stream {

/// Published frames never change. The writer fills bytes and index entry, then publishes by raising count();
/// readers only look at what lies below count(), so neither side needs a lock.
class Segment {
 public:
  Segment(base::Seq first, std::unique_ptr<SegmentMemory> memory) : first_(first), memory_(std::move(memory)) {}
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  // --- any thread ---
  [[nodiscard]] base::Seq first() const noexcept { return first_; }
  [[nodiscard]] std::uint32_t count() const noexcept { return count_.load(std::memory_order_acquire); }
  /// The newest event so far; the one before first() while there is none.
  [[nodiscard]] base::Seq last() const noexcept { return {first_.value + count() - 1}; }
  /// `at` must be below a count() that this thread has read.
  [[nodiscard]] Record record(std::uint32_t at) const noexcept {
    const Entry& entry = index_[at];
    return {{first_.value + at}, entry.ts_us, entry.type, {memory_->bytes().data() + entry.offset, entry.size}};
  }
  /// Nothing will be added any more, and next() is final.
  [[nodiscard]] bool sealed() const noexcept { return sealed_.load(std::memory_order_acquire); }
  /// The segment after this one; null when retention has removed it, or when this was sealed before there was one. Only
  /// after sealed().
  [[nodiscard]] std::shared_ptr<const Segment> next() const noexcept { return next_.lock(); }
  /// Bytes of memory that this segment is charged with.
  [[nodiscard]] std::size_t footprint() const noexcept { return memory_->bytes().size() + sizeof(Segment); }

  /// All its frames, one after the other; of a sealed one.
  [[nodiscard]] std::string_view frames() const noexcept { return {memory_->bytes().data(), used_}; }

  // --- the writer ---
  [[nodiscard]] bool fits(std::size_t size) const noexcept {
    return used_ + size <= memory_->bytes().size() && count_.load(std::memory_order_relaxed) < index_.size();
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
  std::size_t used_ = 0;
  std::unique_ptr<SegmentMemory> memory_;
  std::array<Entry, limits::kSegmentEvents> index_;
  std::atomic<std::uint32_t> count_{0};
  std::atomic<bool> sealed_{false};
  std::weak_ptr<const Segment> next_;
};

}  // namespace telltale::stream

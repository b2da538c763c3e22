#pragma once

// Where the frames of a segment lie: on the heap, or in a file that outlives the process.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace telltale::stream {

/// Owned by its segment, written by one thread.
class SegmentMemory {
 public:
  virtual ~SegmentMemory() = default;
  SegmentMemory(const SegmentMemory&) = delete;
  SegmentMemory& operator=(const SegmentMemory&) = delete;

  [[nodiscard]] std::span<char> bytes() const noexcept { return bytes_; }
  /// The first `used` bytes are whole frames: for whoever finds them after a crash. Before any reader sees the last one.
  void commit(std::size_t used) noexcept { committed_->store(used, std::memory_order_release); }

 protected:
  SegmentMemory(std::span<char> bytes, std::atomic<std::uint64_t>& committed) : bytes_(bytes), committed_(&committed) {}

 private:
  std::span<char> bytes_;
  std::atomic<std::uint64_t>* committed_;
};

/// Its pages are only touched when frames reach them.
class HeapMemory final : public SegmentMemory {
 public:
  explicit HeapMemory(std::size_t size) : HeapMemory(std::make_unique_for_overwrite<char[]>(size), size) {}

 private:
  HeapMemory(std::unique_ptr<char[]> bytes, std::size_t size)
      : SegmentMemory({bytes.get(), size}, used_), owned_(std::move(bytes)) {}

  std::unique_ptr<char[]> owned_;
  std::atomic<std::uint64_t> used_{0};
};

}  // namespace telltale::stream

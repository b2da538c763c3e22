#pragma once

// The seam between a log and what keeps its events beyond memory.

#include <bitset>
#include <cstddef>
#include <memory>
#include <optional>
#include <variant>

#include "base/error.hpp"
#include "base/task.hpp"
#include "stream/segment.hpp"
#include "telemetry/catalog.hpp"

namespace telltale::stream {

/// Event types, by index in telemetry::EventData.
using TypeMask = std::bitset<std::variant_size_v<telemetry::EventData>>;

/// What a store has found.
struct Stored {
  std::shared_ptr<const Segment> segment;  ///< null: nothing of that kind is stored
  base::Seq looked{};  ///< no stored event up to this one passes the mask, but for those of `segment`
};

/// Of one log, which owns it.
class Store {
 public:
  virtual ~Store() = default;

  // --- the log's loop
  /// Memory for `bytes` of a segment that begins with `first`. Never fails: what has no place on the disk is kept on the
  /// heap, and that it is not stored is the store's to tell.
  virtual std::unique_ptr<SegmentMemory> memory(base::Seq first, std::size_t bytes) = 0;
  /// The segment has all its events. It is stored soon, in order.
  virtual void sealed(std::shared_ptr<const Segment> segment) = 0;
  /// The newest event that is stored, or that never will be: until then the log keeps it in memory. What waits to be
  /// stored is bounded by the store.
  [[nodiscard]] virtual base::Seq settled() const noexcept = 0;

  // --- any thread
  /// The oldest event that is stored; absent: none is.
  [[nodiscard]] virtual std::optional<base::Seq> oldest() const noexcept = 0;

  // --- any loop
  /// The first stored segment with events above `after` of which some may pass `mask`; others may have been skipped.
  /// Reads on a thread that may wait. Errors: io, of the segment that cannot be read; go on behind `after`'s next.
  virtual base::Task<base::Result<Stored>> read(base::Seq after, TypeMask mask) = 0;
};

}  // namespace telltale::stream

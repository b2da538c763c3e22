#pragma once

// A consumer's place in a log. Live tail, resume and replay are the same thing: reading on from a seq.

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/task.hpp"
#include "stream/log.hpp"

namespace telltale::stream {

/// Consecutive frames of a log. The views stay valid while `segment` is held.
struct Batch {
  std::vector<std::string_view> pieces;    ///< SSE frames; neighbours are joined into one piece
  std::shared_ptr<const Segment> segment;  ///< keeps the bytes alive
  base::Seq last{};                        ///< the last event looked at, delivered or not
  base::Seq last_delivered{};              ///< of the events in `pieces`; 0: there are none
  std::optional<Gap> gap{};                ///< what is missing before the first event looked at

  [[nodiscard]] bool empty() const noexcept { return pieces.empty(); }
};

/// Lives on the loop that opened it; movable between waits. A slow cursor costs its segment (256 KB), nothing
/// else.
class Cursor {
 public:
  /// The next frames that match `mask`, at most about `max_bytes`. An empty batch means that nothing matching
  /// was there; `last` tells how far it looked. Waits only for what is not in memory: for the log's own loop, which
  /// knows what is, and for the store.
  base::Task<Batch> read(const TypeMask& mask, std::size_t max_bytes);
  /// Waits until there may be more to read, until the log ended, or until the deadline.
  base::Task<base::Wake> wait(std::chrono::steady_clock::time_point deadline);
  /// Everything was read and nothing will come.
  [[nodiscard]] bool at_end() const noexcept;
  /// The last event that read() went past; the start position before the first read.
  [[nodiscard]] base::Seq last() const noexcept { return position_.last; }

 private:
  friend class Log;
  Cursor(std::shared_ptr<Log> log, std::shared_ptr<Readers> readers, Log::Position position)
      : log_(std::move(log)), readers_(std::move(readers)), position_(std::move(position)) {}

  // Moves to the next segment where this one is used up; false when there is nothing more now.
  base::Task<bool> advance(TypeMask mask);
  // To what is next, in memory or stored; else to the first that is left.
  base::Task<> go_on(TypeMask mask);

  std::shared_ptr<Log> log_;
  std::shared_ptr<Readers> readers_;
  Log::Position position_;
  std::optional<Gap> lost_;  ///< up to the head, so that no event will show it
};

}  // namespace telltale::stream

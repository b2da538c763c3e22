#pragma once

#include <deque>
#include <optional>
#include <unordered_set>

#include "base/strong.hpp"
#include "collector/limits.hpp"

namespace telltale::collector {

/// Whose response body is being fetched, and who is next. Bounded by limits::kBodiesInFlight and
/// limits::kBodiesWaiting.
class BodyQueue {
 public:
  enum class Turn {
    now,    ///< fetch it
    later,  ///< remove() of another one will name it
    never,  ///< the queue is full
  };
  Turn add(const base::RequestId& id);
  /// The body is there or no longer wanted. Returns whose turn it is now, if somebody's.
  std::optional<base::RequestId> remove(const base::RequestId& id);
  void clear() noexcept;

 private:
  std::unordered_set<base::RequestId> in_flight_;
  std::deque<base::RequestId> waiting_;
};

}  // namespace telltale::collector

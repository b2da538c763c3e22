#pragma once

// Network requests that have not ended, by request id over all sessions of a browser: one request's events
// arrive on several.

#include <list>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "collector/limits.hpp"
#include "collector/tracked_request.hpp"

namespace telltale::collector {

/// Bounded by limits::kTrackedRequests and limits::kRequestAge; its owner ends the oldest() before it adds
/// one to a full() table.
class RequestTable {
 public:
  /// Adds a request or, for a further redirect hop, replaces it. A chain is as old as its first hop.
  TrackedRequest& put(const base::RequestId& id, TrackedRequest request);
  [[nodiscard]] TrackedRequest* find(const base::RequestId& id) noexcept;
  std::optional<TrackedRequest> take(const base::RequestId& id);
  void clear() noexcept;
  [[nodiscard]] bool full() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return by_id_.size(); }
  /// The request that started first.
  [[nodiscard]] std::optional<base::RequestId> oldest() const;
  [[nodiscard]] std::optional<Moment> oldest_start() const noexcept;

  /// Notes when request.due() is; call it whenever that moment has moved forward. One that has moved back is
  /// found out at the old one.
  void arm(const base::RequestId& id);
  /// The next request that is due(); each of them once.
  std::optional<base::RequestId> take_due(Moment now);
  [[nodiscard]] std::optional<Moment> next_due() const noexcept;

  /// Those for which `wanted` holds, oldest first.
  template <class Wanted>
  [[nodiscard]] std::vector<base::RequestId> ids_if(Wanted&& wanted) const {
    std::vector<base::RequestId> ids;
    for (const auto& entry : by_age_) {
      if (wanted(entry.request)) ids.push_back(entry.id);
    }
    return ids;
  }

 private:
  struct Entry {
    base::RequestId id;
    TrackedRequest request;
    std::optional<Moment> armed{};  // its place in by_due_
  };
  using Entries = std::list<Entry>;

  void arm(Entry& entry);
  void disarm(Entry& entry);

  Entries by_age_;
  std::unordered_map<base::RequestId, Entries::iterator> by_id_;
  std::set<std::pair<Moment, Entry*>> by_due_;
};

}  // namespace telltale::collector

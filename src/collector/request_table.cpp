#include "collector/request_table.hpp"

#include "collector/limits.hpp"

namespace telltale::collector {

TrackedRequest& RequestTable::put(const base::RequestId& id, TrackedRequest request) {
  if (const auto known = by_id_.find(id); known != by_id_.end()) {
    Entry& entry = *known->second;
    disarm(entry);
    request.started = entry.request.started;
    return entry.request = std::move(request);
  }
  by_age_.push_back({id, std::move(request)});
  by_id_.emplace(id, std::prev(by_age_.end()));
  return by_age_.back().request;
}

TrackedRequest* RequestTable::find(const base::RequestId& id) noexcept {
  const auto known = by_id_.find(id);
  return known == by_id_.end() ? nullptr : &known->second->request;
}

std::optional<TrackedRequest> RequestTable::take(const base::RequestId& id) {
  const auto known = by_id_.find(id);
  if (known == by_id_.end()) return std::nullopt;
  disarm(*known->second);
  TrackedRequest request = std::move(known->second->request);
  by_age_.erase(known->second);
  by_id_.erase(known);
  return request;
}

void RequestTable::clear() noexcept {
  by_due_.clear();
  by_id_.clear();
  by_age_.clear();
}

bool RequestTable::full() const noexcept { return by_id_.size() >= limits::kTrackedRequests; }

std::optional<base::RequestId> RequestTable::oldest() const {
  if (by_age_.empty()) return std::nullopt;
  return by_age_.front().id;
}

std::optional<Moment> RequestTable::oldest_start() const noexcept {
  if (by_age_.empty()) return std::nullopt;
  return by_age_.front().request.started;
}

void RequestTable::arm(const base::RequestId& id) {
  if (const auto known = by_id_.find(id); known != by_id_.end()) arm(*known->second);
}

void RequestTable::arm(Entry& entry) {
  disarm(entry);
  entry.armed = entry.request.due();
  if (entry.armed) by_due_.emplace(*entry.armed, &entry);
}

void RequestTable::disarm(Entry& entry) {
  if (entry.armed) by_due_.erase({*entry.armed, &entry});
  entry.armed.reset();
}

std::optional<base::RequestId> RequestTable::take_due(Moment now) {
  while (!by_due_.empty() && by_due_.begin()->first <= now) {
    Entry& entry = *by_due_.begin()->second;
    const auto due = entry.request.due();
    if (due && *due <= now) {
      disarm(entry);
      return entry.id;
    }
    arm(entry);  // signs of it have come since
  }
  return std::nullopt;
}

std::optional<Moment> RequestTable::next_due() const noexcept {
  if (by_due_.empty()) return std::nullopt;
  return by_due_.begin()->first;
}

}  // namespace telltale::collector

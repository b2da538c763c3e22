#include "collector/body_queue.hpp"

#include <utility>

#include "collector/limits.hpp"

namespace telltale::collector {

BodyQueue::Turn BodyQueue::add(const base::RequestId& id) {
  if (in_flight_.size() < limits::kBodiesInFlight) {
    in_flight_.insert(id);
    return Turn::now;
  }
  if (waiting_.size() >= limits::kBodiesWaiting) return Turn::never;
  waiting_.push_back(id);
  return Turn::later;
}

std::optional<base::RequestId> BodyQueue::remove(const base::RequestId& id) {
  if (in_flight_.erase(id) == 0) {
    std::erase(waiting_, id);
    return std::nullopt;
  }
  if (waiting_.empty()) return std::nullopt;
  auto next = std::move(waiting_.front());
  waiting_.pop_front();
  in_flight_.insert(next);
  return next;
}

void BodyQueue::clear() noexcept {
  in_flight_.clear();
  waiting_.clear();
}

}  // namespace telltale::collector

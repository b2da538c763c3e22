#include "collector/target_tree.hpp"

#include <algorithm>
#include <utility>

#include "collector/limits.hpp"

namespace telltale::collector {

bool Session::hear(double unix_ms, base::Time now) noexcept {
  const bool may_repeat = now.mono - repeats_since < limits::kReplayWindow;
  if (repeats_until_ms > 0 && unix_ms <= repeats_until_ms && may_repeat) return false;
  heard_ms = std::max(heard_ms, unix_ms);
  return true;
}

bool Session::is_replay(double unix_ms, base::Time now) const noexcept {
  if (repeats_until_ms > 0) return false;
  const std::chrono::duration<double, std::milli> attached_at = attached.wall.time_since_epoch();
  return unix_ms < attached_at.count() && now.mono - attached.mono < limits::kReplayWindow;
}

void Session::set_time_origin(const base::FrameId& frame, double unix_ms) {
  if (time_origins.size() >= limits::kContextsPerSession && !time_origins.contains(frame)) return;
  time_origins.insert_or_assign(frame, unix_ms);
}

std::optional<double> Session::since_time_origin(const base::FrameId& frame, double unix_seconds) const {
  const auto origin = time_origins.find(frame);
  if (origin == time_origins.end()) return std::nullopt;
  return (unix_seconds - origin->second / 1000) * 1000;
}

Session* TargetTree::add(Session session) {
  if (sessions_.size() >= limits::kTargets) return nullptr;
  const auto [slot, fresh] = by_target_.try_emplace(session.target.target_id, session.id);
  if (!fresh) return nullptr;
  auto id = session.id;
  return &sessions_.insert_or_assign(std::move(id), std::move(session)).first->second;
}

void TargetTree::remove(const base::CdpSessionId& id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  by_target_.erase(found->second.target.target_id);
  sessions_.erase(found);
}

Session* TargetTree::find(const base::CdpSessionId& id) noexcept {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

Session* TargetTree::find_target(const base::TargetId& id) noexcept {
  const auto found = by_target_.find(id);
  return found == by_target_.end() ? nullptr : find(found->second);
}

Session* TargetTree::page_of(Session& session) noexcept {
  // Nesting is as deep as the page makes it; the tree is bounded by limits::kTargets, and a parent is older
  // than its child.
  for (Session* at = &session; at != nullptr; at = at->parent.empty() ? nullptr : find(at->parent)) {
    if (at->is_page()) return at;
  }
  return nullptr;
}

}  // namespace telltale::collector

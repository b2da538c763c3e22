#include "collector/websocket_table.hpp"

#include <utility>

#include "collector/limits.hpp"

namespace telltale::collector {

void WebSocketTable::add(const base::RequestId& id, TrackedWebSocket socket) {
  if (by_id_.size() < limits::kWebSockets) by_id_.try_emplace(id, std::move(socket));
}

TrackedWebSocket* WebSocketTable::find(const base::RequestId& id) noexcept {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

std::optional<TrackedWebSocket> WebSocketTable::take(const base::RequestId& id) {
  auto node = by_id_.extract(id);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

std::vector<base::RequestId> WebSocketTable::of(const base::CdpSessionId& session) const {
  std::vector<base::RequestId> ids;
  for (const auto& [id, socket] : by_id_) {
    if (session.empty() || socket.session == session) ids.push_back(id);
  }
  return ids;
}

}  // namespace telltale::collector

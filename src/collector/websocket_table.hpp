#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/strong.hpp"
#include "collector/limits.hpp"
#include "telemetry/event_context.hpp"

namespace telltale::collector {

struct TrackedWebSocket {
  telemetry::EventContext context;  ///< as of its creation; url is the WebSocket's
  base::CdpSessionId session;
  std::optional<std::string> error{};
};

/// The WebSockets that have not ended. Bounded by limits::kWebSockets: what is beyond is not tracked.
class WebSocketTable {
 public:
  void add(const base::RequestId& id, TrackedWebSocket socket);
  [[nodiscard]] TrackedWebSocket* find(const base::RequestId& id) noexcept;
  std::optional<TrackedWebSocket> take(const base::RequestId& id);
  /// Those of a session, or of all when it is empty.
  [[nodiscard]] std::vector<base::RequestId> of(const base::CdpSessionId& session) const;
  void clear() noexcept { by_id_.clear(); }

 private:
  std::unordered_map<base::RequestId, TrackedWebSocket> by_id_;
};

}  // namespace telltale::collector

#pragma once

// DOMDebugger domain: which events elements listen to, as in Chromium 156.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.hpp"

namespace telltale::cdp::dom_debugger {

using base::field;
using base::ignored;
using base::table;

struct GetEventListeners {
  static constexpr std::string_view kMethod = "DOMDebugger.getEventListeners";
  std::string object_id;
  std::int64_t depth = -1;
  bool pierce = true;

  static constexpr auto describe() {
    using T = GetEventListeners;
    return table<T>(kMethod, field("objectId", &T::object_id, "a node"),
                    field("depth", &T::depth, "of its subtree; -1: all of it"),
                    field("pierce", &T::pierce, "shadow roots and frames of its process, too"));
  }
};

struct EventListener {
  std::string type;
  std::optional<std::int64_t> backend_node_id;

  static constexpr auto describe() {
    using T = EventListener;
    return table<T>("DOMDebugger.EventListener", field("type", &T::type, "of the event"),
                    field("backendNodeId", &T::backend_node_id, "the node that listens; absent for a window"),
                    ignored("useCapture", "unused"), ignored("passive", "unused"), ignored("once", "unused"),
                    ignored("scriptId", "unused"), ignored("lineNumber", "unused"),
                    ignored("columnNumber", "unused"), ignored("handler", "unused"),
                    ignored("originalHandler", "unused"));
  }
};

struct GetEventListenersResult {
  std::vector<EventListener> listeners;

  static constexpr auto describe() {
    return table<GetEventListenersResult>("DOMDebugger.getEventListeners result",
                                          field("listeners", &GetEventListenersResult::listeners,
                                                "in the order of the tree"));
  }
};

}  // namespace telltale::cdp::dom_debugger

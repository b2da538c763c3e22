#pragma once

// What is known about an event type besides its fields.

#include <string_view>

#include "telemetry/category.hpp"
#include "telemetry/source.hpp"

namespace telltale::telemetry {

/// Each event struct has one as `kEvent`. Everything is static text.
struct EventType {
  std::string_view name;  ///< `type` on the wire, e.g. "network_request"
  Category category;
  SourceKind kind = SourceKind::cdp;
  std::string_view
      source{};  ///< `source.event` of its events; empty when computed, or when it differs per event
  std::string_view doc;
};

}  // namespace telltale::telemetry

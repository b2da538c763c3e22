#pragma once

// The data of one event as somebody outside of telltale writes them.

#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "base/json_decode.hpp"
#include "telemetry/catalog.hpp"

namespace telltale::telemetry {

/// Reads the data of an event of that type as strictly as a request: a member that the type does not have is
/// an error. Null stands for no data. Errors: all violations, with paths from `data` on.
std::expected<EventData, std::vector<base::Violation>> decode_event_data(const EventType& type,
                                                                         const nlohmann::json* data);

}  // namespace telltale::telemetry

#pragma once

// What sessions record, and when they end, where the API that made them has no words for it.

#include <chrono>
#include <optional>

#include "session/session_info.hpp"

namespace telltale::api {

/// Everything but pictures: what happened can then be read through the other doors.
telemetry::CategorySet recorded_by_default();

/// When the session ends if nobody uses it until then; absent: never, or it has ended.
std::optional<std::chrono::system_clock::time_point> expires_at(const session::SessionInfo& info);

}  // namespace telltale::api

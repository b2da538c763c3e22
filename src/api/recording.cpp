#include "api/recording.hpp"

#include <algorithm>

namespace telltale::api {

telemetry::CategorySet recorded_by_default() {
  using enum telemetry::Category;
  return {console, network, page, interaction, control, connection, system, captcha};
}

std::optional<std::chrono::system_clock::time_point> expires_at(const session::SessionInfo& info) {
  std::optional<std::chrono::system_clock::time_point> end;
  if (session::is_over(info.state)) return end;
  if (info.spec.idle_timeout) end = info.last_access_at.wall + *info.spec.idle_timeout;
  if (info.spec.max_duration) {
    const auto last = info.created_at.wall + *info.spec.max_duration;
    end = end ? std::min(*end, last) : last;
  }
  return end;
}

}  // namespace telltale::api

#include "collector/rate_limit.hpp"

namespace telltale::collector {

bool RateLimit::allow(const base::CdpSessionId& session, std::string_view kind, double time_ms,
                      double spacing_ms) {
  const auto [slot, fresh] = last_[session].try_emplace(std::string(kind), time_ms);
  if (fresh) return true;
  const double since = time_ms - slot->second;
  if (since >= 0 && since < spacing_ms) return false;
  slot->second = time_ms;
  return true;
}

}  // namespace telltale::collector

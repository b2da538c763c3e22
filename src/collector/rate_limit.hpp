#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/strong.hpp"

namespace telltale::collector {

/// A minimum spacing per session and kind, measured on the page's own event times so that a busy main thread,
/// which delivers late and in bursts, does not make honest events look like a flood.
class RateLimit {
 public:
  /// Whether an event at `time_ms` may pass. Time going backwards passes: a clock was set.
  bool allow(const base::CdpSessionId& session, std::string_view kind, double time_ms, double spacing_ms);
  void forget(const base::CdpSessionId& session) { last_.erase(session); }

 private:
  std::unordered_map<base::CdpSessionId, std::unordered_map<std::string, double>> last_;
};

}  // namespace telltale::collector

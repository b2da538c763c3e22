#pragma once

// Diagnostics on stderr through spdlog: structured as `message key=value key=value`, one line each. The log hub
// (log_hub.hpp) gets every line that the level lets through.

#include <spdlog/spdlog.h>

#include <string_view>

#include "base/error.hpp"

namespace telltale::base {

/// Sets up the process-wide logger. `level`: trace, debug, info, warn, error, critical or off; anything else is an
/// Errc::invalid_argument that lists them. Lines are printable() on stderr, whoever has said what is in them. Never pass a Secret's value to a log call.
Result<void> init_logging(std::string_view level);

inline constexpr char kKnownToHub[] = "known to the hub";  // told from other texts by its address
/// Marks a line that the log hub is told of in a form of its own: spdlog::log(kHubKnows, level, ...).
inline constexpr spdlog::source_loc kHubKnows{"", 0, kKnownToHub};

/// Lets through at most one line per second of one call site and counts the rest. One object per call site, one loop.
class LogLimiter {
 public:
  /// Whether to log now. `suppressed` receives how many calls were held back since the last line.
  bool allow(std::size_t& suppressed) noexcept;

 private:
  std::chrono::steady_clock::time_point next_{};
  std::size_t suppressed_ = 0;
};

}  // namespace telltale::base

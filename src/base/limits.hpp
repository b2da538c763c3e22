#pragma once

// The bounds of src/base: unit, value, why, and what happens at the limit.

#include <cstddef>

namespace telltale::base::limits {

/// Bytes of log lines that are kept for consumers of the log hub, while there are any. At the limit the oldest
/// go; a consumer that had not read them is told how many.
inline constexpr std::size_t kLogHubBytes = 4u << 20;
/// Bytes of the message of one line in the log hub. What is longer is cut.
inline constexpr std::size_t kLogMessageBytes = 8u << 10;

}  // namespace telltale::base::limits

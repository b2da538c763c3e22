#pragma once

// The bounds of src/cdp: unit, value, why, and what happens at the limit.

#include <chrono>
#include <cstddef>

namespace telltale::cdp::limits {

using namespace std::chrono_literals;

/// Time for a CDP command to be answered. A crashed or stopped renderer never answers.
inline constexpr auto kCdpCallTimeout = 30s;
/// CDP commands waiting for an answer. At the limit a call fails with Errc::limit.
inline constexpr std::size_t kCdpPendingCalls = 10'000;

}  // namespace telltale::cdp::limits

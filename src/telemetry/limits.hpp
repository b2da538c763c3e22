#pragma once

// The bounds of src/telemetry: unit, value, why, and what happens at the limit.

#include <cstddef>

namespace telltale::telemetry::limits {

/// Bytes of one envelope (the public contract). Beyond it strings are cut, or `data` is null, and `truncated`
/// is true.
inline constexpr std::size_t kEnvelopeBytes = 1'000'000;

}  // namespace telltale::telemetry::limits

#pragma once

// The bounds of src/stream: unit, value, why, and what happens at the limit.

#include <chrono>
#include <cstddef>

namespace telltale::stream::limits {

using namespace std::chrono_literals;

/// Bytes of one log segment; an event larger than that gets a segment of its own.
inline constexpr std::size_t kSegmentBytes = 256u << 10;
/// Events of one log segment. A frame is rarely below 200 bytes, so bytes are usually the limit.
inline constexpr std::size_t kSegmentEvents = 2048;
/// Bytes of segments that a session's log keeps in memory. At the limit the oldest segment goes: a jump in
/// seq.
inline constexpr std::size_t kLogBytes = 16u << 20;
/// Silence after which a stream gets a keepalive comment (the public contract).
inline constexpr auto kKeepaliveInterval = 15s;

}  // namespace telltale::stream::limits

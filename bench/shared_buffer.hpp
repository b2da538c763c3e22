#pragma once

// What fan-out costs at the least: frames are copied into one buffer, and each consumer has a place in it.

#include "board.hpp"

namespace telltale::bench {

/// Reads the firehose on `browser_port` and serves every frame as an SSE event to whoever connects to `listener`.
/// Parses, maps, keeps and filters nothing; loses nothing either: it stops reading when the slowest consumer is far
/// behind. Pads its events with spaces to `event_bytes` on average, so that it moves as much as who is measured beside
/// it. Does not return.
void run_shared_buffer(int listener, std::uint16_t browser_port, std::size_t event_bytes);

}  // namespace telltale::bench

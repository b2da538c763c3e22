#pragma once

// A browser that talks as fast as it is listened to: recorded DevTools frames, over and over.

#include <string>

#include "board.hpp"

namespace telltale::bench {

/// The frames of `requests` requests with an exception to every second of them, as a WebSocket server sends
/// them; `frames` counts them. The recordings lie in tests/unit/cdp/frames.
std::string make_trace(std::size_t requests, std::uint64_t& frames);

/// Serves /json/version and one WebSocket after the other on `listener`: answers commands, and sends the trace while
/// the board lets it flow. Does not return.
void run_firehose(int listener, std::uint16_t port, Board& board);

}  // namespace telltale::bench

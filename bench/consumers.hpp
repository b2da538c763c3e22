#pragma once

// The consumers of a run: one process that takes what many SSE streams bring.

#include "board.hpp"

namespace telltale::bench {

/// Opens `count` streams at `path` and counts their events on the board. Does not return.
void run_consumers(std::uint16_t port, const std::string& path, std::size_t count, Board& board);

}  // namespace telltale::bench

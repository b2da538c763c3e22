#pragma once

// The head of a frame: what a recording needs to know of an event, without decoding its JSON.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/strong.hpp"

namespace telltale::recording {

/// Views into the frame.
struct FrameHead {
  base::Seq seq;
  std::int64_t ts_us = 0;     ///< Unix time in microseconds
  std::string_view type;      ///< name of the event type, also of one that this version does not know
  std::string_view category;  ///< its name
  std::size_t size = 0;       ///< bytes of the whole frame, with its blank line
};

/// Reads the frame at the front of `bytes`. Its members stand in this order, without spaces, in every
/// recording (the encoder of envelopes writes them so):
///   id: 7\ndata: {"seq":7,"event":{"ts":1763704800000000,"type":"page_load","category":"page"...}}\n\n
/// Empty when there is no such frame.
std::optional<FrameHead> parse_frame(std::string_view bytes) noexcept;

}  // namespace telltale::recording

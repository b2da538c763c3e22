#pragma once

// Frames of a page and our isolated worlds in them: what handles belong to.

#include <cstdint>
#include <string>

#include "base/strong.hpp"

namespace telltale::page {

/// A frame of a page, in whichever process it is.
struct Frame {
  base::FrameId id;
  base::FrameId parent;        ///< empty for the main frame
  base::CdpSessionId session;  ///< of its target
  base::LoaderId loader;       ///< of its document
  std::string url;
};

/// Our isolated world in one document of a frame: the page neither sees nor disturbs what runs there.
struct World {
  Frame frame;
  std::int64_t context = 0;
};

/// A handle to an element; it ends with its document.
struct Element {
  World world;
  std::string object_id;
};

}  // namespace telltale::page

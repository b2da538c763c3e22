#pragma once

// The open segments of a session: mapped files, so that what was published outlives the process, used again once their
// events are in the recording.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/strong.hpp"
#include "stream/segment_memory.hpp"

namespace telltale::recording {

/// Of one session. Memory may outlive it, and is given back on any thread.
class SegmentRing {
 public:
  /// Files are `folder`/`id`.N.segment (0600), and go with the ring and the last memory taken from it.
  SegmentRing(std::filesystem::path folder, base::SessionId id);
  ~SegmentRing();
  SegmentRing(const SegmentRing&) = delete;
  SegmentRing& operator=(const SegmentRing&) = delete;

  /// Memory for a segment whose first event is `first`, of at least `bytes`. Errors: limit (the disk is full), io.
  base::Result<std::unique_ptr<stream::SegmentMemory>> take(base::Seq first, std::size_t bytes);

 private:
  struct Shared;
  class Memory;
  std::shared_ptr<Shared> shared_;
};

/// What a killed process has left of a segment.
struct LeftSegment {
  std::filesystem::path path;
  base::SessionId session;
  base::Seq first;
  std::string frames;  ///< whole ones
};

/// All in the folder, by session and then by seq; without those that hold no event. What is no segment, or is damaged, is
/// named in `unreadable` and left alone. Errors: io, of the folder.
base::Result<std::vector<LeftSegment>> left_segments(const std::filesystem::path& folder,
                                                     std::vector<std::string>& unreadable);

}  // namespace telltale::recording

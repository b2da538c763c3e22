#pragma once

// A run of consecutive events as a recording stores it: their frames, packed, and what is said about them.

#include <zstd.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/strong.hpp"
#include "recording/frame.hpp"
#include "recording/type_table.hpp"
#include "stream/record.hpp"
#include "stream/segment.hpp"

namespace telltale::recording {

/// Seqs `first` to `last`, without a hole. What a row of the table `chunk` has, but with names for its types.
struct Chunk {
  base::Seq first;
  base::Seq last;
  std::int64_t first_ts_us = 0;  ///< the smallest one: events are not strictly in the order of time
  std::int64_t last_ts_us = 0;   ///< the largest one
  std::vector<TypeCount> types;
  std::string frames;  ///< one zstd frame with its checksum
};

/// Packs chunks, with one zstd context (1.3 MB) for all of them. Used by one thread at a time.
class ChunkEncoder {
 public:
  ChunkEncoder();

  /// `frames`: one after the other, of consecutive seqs. What is said about them is read from them, so that
  /// frames which a crash left behind need nothing else. Errors: invalid_argument (none, no frames, or a
  /// hole), limit (more than limits::kChunkBytes).
  base::Result<Chunk> encode(std::string_view frames);
  base::Result<Chunk> encode(std::span<const stream::Record> records);
  /// What is published of it at this moment.
  base::Result<Chunk> encode(const stream::Segment& segment);

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context_;
  std::string joined_;
};

/// The frames of a chunk, unpacked. Immutable; whoever holds `bytes` may use the views.
struct UnpackedChunk {
  std::shared_ptr<const char[]> bytes;
  std::size_t size = 0;
  std::vector<FrameHead> heads;  ///< their frames follow each other in `bytes`
};

/// Unpacks chunks. Used by one thread at a time.
class ChunkDecoder {
 public:
  ChunkDecoder();

  /// Trusts nothing of `packed`. Errors: io (damaged, larger than limits::kChunkBytes, or not the seqs
  /// `first` to `last`).
  base::Result<UnpackedChunk> decode(std::string_view packed, base::Seq first, base::Seq last);

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_;
};

}  // namespace telltale::recording

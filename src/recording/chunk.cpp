#include "recording/chunk.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <new>

#include "recording/format.hpp"
#include "recording/limits.hpp"

namespace telltale::recording {
namespace {

using base::Errc;
using base::fail;
using base::Result;

// Few types occur in a chunk, and neighbours often have the same.
void count(std::vector<TypeCount>& types, const FrameHead& head) {
  auto found = std::ranges::find(types, head.type, &TypeCount::name);
  if (found == types.end()) {
    found = types.insert(found, {std::string(head.type), std::string(head.category), 0});
  }
  ++found->events;
}

Result<Chunk> describe(std::string_view frames) {
  Chunk chunk;
  while (!frames.empty()) {
    const auto head = parse_frame(frames);
    if (!head) return fail(Errc::invalid_argument, fmt::format("no frame behind event {}", chunk.last.value));
    if (chunk.types.empty()) {
      chunk.first = head->seq;
      chunk.first_ts_us = chunk.last_ts_us = head->ts_us;
    } else if (head->seq != chunk.last.next()) {
      return fail(Errc::invalid_argument,
                  fmt::format("event {} behind {}", head->seq.value, chunk.last.value));
    }
    chunk.last = head->seq;
    chunk.first_ts_us = std::min(chunk.first_ts_us, head->ts_us);
    chunk.last_ts_us = std::max(chunk.last_ts_us, head->ts_us);
    count(chunk.types, *head);
    frames.remove_prefix(head->size);
  }
  if (chunk.types.empty()) return fail(Errc::invalid_argument, "a chunk without events");
  return chunk;
}

}  // namespace

ChunkEncoder::ChunkEncoder() : context_(ZSTD_createCCtx()) {
  if (!context_) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kZstdLevel);
  // Without it a flipped byte may unpack to another text.
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
}

Result<Chunk> ChunkEncoder::encode(std::string_view frames) {
  if (frames.size() > limits::kChunkBytes) {
    return fail(Errc::limit,
                fmt::format("a chunk of {} bytes: at most {}", frames.size(), limits::kChunkBytes));
  }
  auto chunk = describe(frames);
  if (!chunk) return chunk;
  chunk->frames.resize(ZSTD_compressBound(frames.size()));
  const std::size_t size = ZSTD_compress2(context_.get(), chunk->frames.data(), chunk->frames.size(),
                                          frames.data(), frames.size());
  if (ZSTD_isError(size) != 0) return fail(Errc::io, std::string("zstd: ") + ZSTD_getErrorName(size));
  chunk->frames.resize(size);
  return chunk;
}

Result<Chunk> ChunkEncoder::encode(std::span<const stream::Record> records) {
  const auto apart = [](const auto& left, const auto& right) {
    return left.frame.end() != right.frame.begin();
  };
  if (records.empty()) return encode(std::string_view());
  if (std::ranges::adjacent_find(records, apart) == records.end()) {
    return encode(std::string_view(records.front().frame.begin(), records.back().frame.end()));
  }
  joined_.clear();
  for (const auto& record : records) joined_ += record.frame;
  return encode(std::string_view(joined_));
}

Result<Chunk> ChunkEncoder::encode(const stream::Segment& segment) {
  const auto events = segment.count();
  if (events == 0) return encode(std::string_view());
  // A segment's frames follow each other.
  return encode(std::string_view(segment.record(0).frame.begin(), segment.record(events - 1).frame.end()));
}

ChunkDecoder::ChunkDecoder() : context_(ZSTD_createDCtx()) {
  if (!context_) throw std::bad_alloc();
}

Result<UnpackedChunk> ChunkDecoder::decode(std::string_view packed, base::Seq first, base::Seq last) {
  // Also unknown and unreadable sizes are above the limit.
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size > limits::kChunkBytes)
    return fail(Errc::io, "its frames are damaged, or larger than a chunk may be");
  if (ZSTD_findFrameCompressedSize(packed.data(), packed.size()) != packed.size()) {
    return fail(Errc::io, "its frames are damaged: not one whole zstd frame");
  }
  UnpackedChunk out;
  out.size = static_cast<std::size_t>(size);
  auto bytes = std::make_shared_for_overwrite<char[]>(out.size);
  const auto unpacked =
      ZSTD_decompressDCtx(context_.get(), bytes.get(), out.size, packed.data(), packed.size());
  if (ZSTD_isError(unpacked) != 0) {
    return fail(Errc::io, std::string("its frames are damaged: ") + ZSTD_getErrorName(unpacked));
  }
  if (unpacked != out.size) return fail(Errc::io, "its frames are damaged: shorter than they say");
  std::string_view rest(bytes.get(), out.size);
  for (auto seq = first; !rest.empty(); seq = seq.next()) {
    const auto head = parse_frame(rest);
    if (!head || head->seq != seq)
      return fail(Errc::io, fmt::format("there is no event {} where it should be", seq.value));
    out.heads.push_back(*head);
    rest.remove_prefix(head->size);
  }
  if (out.heads.empty() || out.heads.back().seq != last) {
    return fail(Errc::io, fmt::format("it does not end with event {}", last.value));
  }
  out.bytes = std::move(bytes);
  return out;
}

}  // namespace telltale::recording

#pragma once

// The bounds of src/recording: unit, value, why, and what happens at the limit.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace telltale::recording::limits {

using namespace std::chrono_literals;

/// Bytes of the frames of one chunk, unpacked. A segment of the log has 256 KiB, or one envelope of up to 1
/// MB. What claims to be larger is not unpacked: it is damaged, or made to fill the memory.
inline constexpr std::size_t kChunkBytes = 8u << 20;
/// Bytes of one text or blob of a recording. SQLite refuses to read or write more.
inline constexpr int kValueBytes = 16 << 20;
/// Bytes of a page of the file. A packed chunk has some 16 to 64 KiB: smaller pages make long chains of it.
inline constexpr int kPageBytes = 16384;
/// KiB of pages that a connection keeps in memory. Each page of a chunk is written, and read, once.
inline constexpr int kCacheKib = 512;
/// Pages in the -wal file at which they are brought into the recording, with two fsyncs. More make the -wal
/// larger (4 MiB here) for each session that is written, fewer cost more fsyncs.
inline constexpr int kWalPages = 256;
/// How long a writer waits for readers, and they for it, before it is a conflict. One thread writes for all
/// sessions.
inline constexpr auto kWriterPatience = 100ms;
inline constexpr auto kReaderPatience = 1s;

}  // namespace telltale::recording::limits

#pragma once

// The bounds of src/api: unit, value, why, and what happens at the limit.

#include <chrono>
#include <cstddef>

namespace telltale::api::limits {

using namespace std::chrono_literals;

/// How often an /events stream shows each session, besides at its transitions.
inline constexpr auto kSnapshotInterval = 10s;
/// Time that a browser gets to tell URL and title for a snapshot. Then they are null.
inline constexpr auto kSnapshotPageTimeout = 1s;
/// Pause of an /events stream after each write: people read it, and without it every wire message of a busy
/// browser would cost a write of its own.
inline constexpr auto kLogStreamPause = 20ms;
/// Bytes of a line of the browser's output that has not ended. At the limit it is passed on as it is.
inline constexpr std::size_t kUnfinishedLineBytes = 16u << 10;
/// Bytes of a body that brings a file: the file itself (session::limits::kFileBytes) and what is around it.
inline constexpr std::size_t kFileBodyBytes = (64u << 20) + (64u << 10);
/// Bytes of a stored file that are read and sent at a time.
inline constexpr std::size_t kFilePieceBytes = 64u << 10;

}  // namespace telltale::api::limits

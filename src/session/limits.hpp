#pragma once

// The bounds of src/session: unit, value, why, and what happens at the limit.

#include <chrono>
#include <cstddef>

namespace telltale::session::limits {

using namespace std::chrono_literals;

/// Ended sessions whose log is kept for late readers: how many (each up to kLogBytes), and how long.
inline constexpr std::size_t kEndedSessions = 32;
inline constexpr auto kEndedSessionAge = 15min;
/// How often sessions are checked for their idle timeout.
inline constexpr auto kIdleCheckInterval = 5s;
/// Time that the browser gets at a session's end to hand over what has happened until then.
inline constexpr auto kFlushTimeout = 250ms;
/// Time that DevTools clients get at a session's end to be told, so that the log has their end: more than the
/// closing handshake of a WebSocket takes at most.
inline constexpr auto kCdpGoodbyeTimeout = 2s;
/// Time that a new page gets until it can be driven.
inline constexpr auto kPageStartTimeout = 15s;
/// Answers of documents, downloads and file choosers that are kept for whoever drives the pages; older ones are
/// forgotten, and errors then say less.
inline constexpr std::size_t kPageNotes = 64;
/// After the connection to a launched browser is lost: how long to wait for its exit status, to report the
/// right reason.
inline constexpr auto kExitStatusGrace = 500ms;
/// Time that a browser takes at most to end after a client has asked for it. An end after that is one of its own.
inline constexpr auto kBrowserCloseTime = 30s;
/// Wait before reconnecting to a browser: doubles from the first to the last value.
inline constexpr auto kReconnectFirstDelay = 250ms;
inline constexpr auto kReconnectLastDelay = 5s;
/// Bytes of one file that a client brings, files of a session, and bytes of all of them. What is larger than the
/// first is answered 413, what is beyond the others 409.
inline constexpr std::size_t kFileBytes = 64u << 20;
inline constexpr std::size_t kFiles = 100;
inline constexpr std::size_t kFilesBytes = 1u << 30;
/// Bytes of a file's name: what Linux' file systems take (NAME_MAX). A longer one is shortened.
inline constexpr std::size_t kFileNameBytes = 255;

}  // namespace telltale::session::limits

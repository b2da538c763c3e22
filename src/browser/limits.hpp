#pragma once

// The bounds of src/browser: unit, value, why, and what happens at the limit.

#include <chrono>
#include <cstddef>

namespace telltale::browser::limits {

using namespace std::chrono_literals;

/// Time from start of the browser process until its DevTools endpoint accepts. Warm 75-190 ms; a loaded
/// machine is slower.
inline constexpr auto kBrowserStartTimeout = 30s;
/// Time a browser gets to exit by itself after being asked, before it is killed.
inline constexpr auto kBrowserExitTimeout = 2s;
/// Bytes of the browser's stderr kept for error messages. Older bytes are dropped; a page can write 725 MB
/// there.
inline constexpr std::size_t kBrowserStderrTailBytes = 16u << 10;

/// Bytes of one record of the kernel log, as the kernel bounds them: a read with less room fails. A longer
/// line is skipped.
inline constexpr std::size_t kKernelLogRecordBytes = 8u << 10;
/// Processes that a report of an out-of-memory kill names (the public contract): the largest.
inline constexpr std::size_t kOomTopTasks = 5;
/// How often telltale looks whether processes were made, to know a killed one after it is gone: 5 us when
/// there were none. A process that lives shorter is known only if it is still there when the kernel's report
/// is read.
inline constexpr auto kProcessListInterval = 100ms;
/// After a browser was killed by SIGKILL: how long its session waits for the kernel to say that memory had
/// run out.
inline constexpr auto kOomReportGrace = 250ms;

}  // namespace telltale::browser::limits

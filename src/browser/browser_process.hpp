#pragma once

// A Chromium process that telltale started: launch, readiness, supervision, end.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "browser/exit_status.hpp"
#include "browser/output_tail.hpp"

namespace telltale::browser {

struct LaunchOptions {
  std::filesystem::path binary;  ///< from find_browser()
  bool headless = true;          ///< false needs DISPLAY or WAYLAND_DISPLAY, else Errc::invalid_argument
  std::int64_t width = 1920;     ///< of pages, CSS px
  std::int64_t height = 1080;
  bool no_sandbox = false;         ///< operator's choice (--no-chromium-sandbox); as root it is added anyway
  std::filesystem::path profiles;  ///< folder in which each browser gets a profile folder of its own
  std::vector<std::string> extra_args;  ///< appended as they are
};

/// One running browser. Lives on the loop that launched it. The process exits by itself when telltale dies,
/// because the write end of its --remote-debugging-pipe closes. Destroying the object kills what is left of
/// the process group and removes the profile folder.
class BrowserProcess {
 public:
  /// Starts the browser and completes when its DevTools endpoint accepts connections. Errors:
  /// invalid_argument, unavailable (exited early or no usable sandbox: the message carries the tail of its
  /// stderr and what to install), timeout (kBrowserStartTimeout), io, stopped when cancelled. On an error
  /// nothing is left of process and profile.
  static base::Task<base::Result<std::unique_ptr<BrowserProcess>>> launch(LaunchOptions options);

  virtual ~BrowserProcess() = default;
  /// ws://127.0.0.1:PORT/devtools/browser/ID
  [[nodiscard]] virtual const std::string& websocket_url() const noexcept = 0;
  [[nodiscard]] virtual pid_t pid() const noexcept = 0;
  /// The last kBrowserStderrTailBytes of stderr, for error messages.
  [[nodiscard]] virtual std::string stderr_tail() const = 0;
  /// Its stderr after the first `position` bytes, as far as it is kept.
  [[nodiscard]] virtual OutputPart stderr_since(std::uint64_t position) const = 0;
  /// How it ended, once it has.
  [[nodiscard]] virtual std::optional<ExitStatus> exit_status() const noexcept = 0;
  /// Completes when the process has ended (at once if it has). Any number of waiters; ends with an empty
  /// optional when cancelled.
  virtual base::Task<std::optional<ExitStatus>> wait_exit() = 0;
  /// Asks the browser to end (closes the pipe, SIGTERM), kills the process group after kBrowserExitTimeout,
  /// removes the profile. Not cancellable; a cancelled coroutine can await it too. Idempotent. The object
  /// must stay until it completes.
  virtual base::Task<> terminate() = 0;
};

/// Removes profile folders in `profiles` whose owner (a telltale process) no longer runs; returns how many.
std::size_t sweep_stale_profiles(const std::filesystem::path& profiles);

}  // namespace telltale::browser

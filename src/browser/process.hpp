#pragma once

// A child process under supervision: its end is noticed and collected, its output drained, its group killed
// with it.

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/task.hpp"
#include "browser/exit_status.hpp"
#include "browser/output_tail.hpp"
#include "browser/spawn.hpp"

namespace telltale::browser {

/// Lives on the loop of its executor. The leader of the process group is the child itself; when it ends, by
/// whatever cause, the rest of the group is killed. Destroying the object kills the group and collects the
/// child.
class Process {
 public:
  /// Starts `command`. Errors: io.
  static base::Result<std::unique_ptr<Process>> start(base::asio::any_io_executor executor,
                                                      const Command& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const noexcept;
  /// How it ended, once it has.
  [[nodiscard]] std::optional<ExitStatus> exit_status() const noexcept;
  /// The last kBrowserStderrTailBytes of its output; complete once exit_status() has a value.
  [[nodiscard]] std::string output_tail() const;
  [[nodiscard]] OutputPart output_since(std::uint64_t position) const;

  /// Completes when the process has ended (at once if it has). Any number of waiters, also across the end of
  /// this object. Empty when cancelled.
  [[nodiscard]] base::Task<std::optional<ExitStatus>> wait_exit() const;
  /// The same, but empty also after `duration`.
  [[nodiscard]] base::Task<std::optional<ExitStatus>> wait_exit_for(std::chrono::nanoseconds duration) const;

  /// Closes the debugging pipe, which alone makes Chromium exit, and sends SIGTERM to the group.
  void ask_to_exit() noexcept;
  /// Sends SIGKILL to the group.
  void kill() noexcept;
  /// Whether the child and all that inherited its output have ended: the end of the pipe says so without a
  /// look at every process of the machine, and zombies that process 1 is slow to collect do not count.
  [[nodiscard]] bool group_is_gone() const noexcept;

 private:
  struct State;
  explicit Process(std::shared_ptr<State> state);

  /// Shared with the handlers that wait for the descriptors, which the loop may run after this object is
  /// gone.
  std::shared_ptr<State> state_;
};

}  // namespace telltale::browser

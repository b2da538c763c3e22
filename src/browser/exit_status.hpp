#pragma once

// How a process ended.

#include <optional>
#include <string>

namespace telltale::browser {

/// An exit code or a signal, exactly one of them. Neither when somebody else collected the process.
struct ExitStatus {
  std::optional<int> code;
  std::optional<int> signal;
  [[nodiscard]] std::string describe() const;  ///< "exited with code 1", "killed by signal 9 (Killed)"
  bool operator==(const ExitStatus&) const = default;
};

/// Decodes the status word of waitpid(2) of a process that ended.
ExitStatus exit_status_of(int wait_status) noexcept;

}  // namespace telltale::browser

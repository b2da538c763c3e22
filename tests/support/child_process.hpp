#pragma once

// A program that a test runs, with its output in files.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "browser/unique_fd.hpp"
#include "support/patience.hpp"

namespace telltale::testing {

/// Runs from construction on; the destructor kills and collects what still runs.
class ChildProcess {
 public:
  /// `argv[0]` is a path or a name on PATH; `environment` holds NAME=VALUE. The outputs go to new files in
  /// `folder`.
  ChildProcess(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
               const std::filesystem::path& folder);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// What it has written to stdout so far.
  [[nodiscard]] std::string out() const;
  /// The same of stderr.
  [[nodiscard]] std::string err() const;

  void signal(int number) const noexcept;
  /// Blocks until it has ended: its exit code, or 128 + the signal that killed it. Empty when it still runs
  /// after `patience`.
  std::optional<int> wait_exit(std::chrono::milliseconds patience = kPatience);

 private:
  std::filesystem::path out_;
  std::filesystem::path err_;
  pid_t pid_ = -1;
  browser::UniqueFd pidfd_;
  std::optional<int> exit_code_;
};

}  // namespace telltale::testing

#pragma once

// Starting a program: descriptors, process group, signals, environment. Watching it is the job of Process.

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "browser/unique_fd.hpp"

namespace telltale::browser {

/// What to start. stdin is /dev/null; of telltale's descriptors the child gets none but those named here.
struct Command {
  std::filesystem::path binary;
  std::vector<std::string> args;  ///< without argv[0]
  std::vector<std::string> environment{};  ///< "NAME=value", added to ours
  bool keep_stderr = true;        ///< stderr joins stdout in `Spawned::output`; false discards it
  /// Opens the descriptors 3 (the child reads) and 4 (the child writes) of Chromium's
  /// --remote-debugging-pipe.
  bool debugging_pipe = false;
};

/// A running child and our ends of its descriptors, all close-on-exec; the ends we read from do not block.
struct Spawned {
  pid_t pid = -1;     ///< also its process group
  UniqueFd pidfd;     ///< readable once the process has ended
  UniqueFd output;    ///< its stdout, and stderr if kept
  UniqueFd commands;  ///< to its descriptor 3, if asked for
  UniqueFd replies;   ///< from its descriptor 4, if asked for
};

/// Starts `command` as leader of a new process group, with all signals at their defaults and without the
/// TELLTALE_* variables of our environment, which hold secrets that a browser must not see. Errors: io.
base::Result<Spawned> spawn(const Command& command);

}  // namespace telltale::browser

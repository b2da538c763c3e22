#pragma once

// Which process group each process of the machine belongs to, also for processes that have just ended.

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace telltale::browser {

/// A list of processes as of the last look, from /proc. Looking blocks, for about a millisecond per hundred
/// new processes.
class ProcessGroups {
 public:
  explicit ProcessGroups(std::filesystem::path proc = "/proc") : proc_(std::move(proc)) {}

  /// Adds processes that are new and returns them. Those that are gone stay known.
  std::vector<pid_t> look();
  /// Adds processes that are new and forgets those that are gone, if any process or thread was made since the
  /// last time. Returns the new ones.
  std::vector<pid_t> keep_up();
  /// The group of a process; empty for one that was never seen.
  [[nodiscard]] std::optional<pid_t> group_of(pid_t process) const;

 private:
  void look(std::unordered_map<pid_t, pid_t>& seen);
  [[nodiscard]] std::vector<pid_t> unknown_in(const std::unordered_map<pid_t, pid_t>& seen) const;

  std::filesystem::path proc_;
  std::unordered_map<pid_t, pid_t> groups_;
  std::string last_made_;  ///< what /proc/loadavg said at the last keep_up()
};

}  // namespace telltale::browser

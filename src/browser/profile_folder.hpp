#pragma once

// The profile folder of one browser: made for it, removed after it, and recognisable when nobody was left to
// remove it.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/error.hpp"
#include "browser/unique_fd.hpp"

namespace telltale::browser {

/// Owns `<profiles>/telltale-<pid>-<start time>-XXXXXX`, mode 0700, named after this telltale. Its file
/// `owner` stays locked (flock) until the folder is removed or telltale dies: pids are reused, and mean
/// nothing to a telltale in another container that shares the volume, while the kernel releases a lock of the
/// dead everywhere.
class ProfileFolder {
 public:
  /// Creates `profiles` too if needed. Errors: io.
  static base::Result<ProfileFolder> create(const std::filesystem::path& profiles);
  ProfileFolder(ProfileFolder&& other) noexcept;
  ProfileFolder& operator=(ProfileFolder&&) = delete;
  /// Tries to remove the folder a few times within a tenth of a second.
  ~ProfileFolder();

  /// Empty once removed.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// One attempt; false when something is left, for example because a dying process still writes there.
  /// Idempotent.
  bool remove() noexcept;

 private:
  ProfileFolder(std::filesystem::path path, UniqueFd lock);

  std::filesystem::path path_;
  UniqueFd lock_;
};

/// When a process started, in clock ticks since boot (/proc/PID/stat field 22, proc(5)); pid and start time
/// together name a process for good. Empty when there is no such process.
std::optional<std::uint64_t> process_start_time(pid_t pid);

}  // namespace telltale::browser

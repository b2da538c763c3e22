#pragma once

// A control group that limits the memory of processes which run already.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace telltale::testing {

/// Removed at destruction; the processes in it go back to the root group.
class MemoryCgroup {
 public:
  /// Below the root of the memory controller, version 1 or 2. Empty where this machine does not allow it.
  static std::optional<MemoryCgroup> create(std::int64_t limit_bytes);
  ~MemoryCgroup();
  MemoryCgroup(MemoryCgroup&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  MemoryCgroup& operator=(MemoryCgroup&&) = delete;

  /// What the process gets from now on counts; false when the process is gone.
  bool add(pid_t process) const;

 private:
  explicit MemoryCgroup(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path folder_;
};

}  // namespace telltale::testing

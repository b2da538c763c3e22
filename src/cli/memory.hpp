#pragma once

// How much memory browsers may take here.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace telltale::cli {

/// Memory of one session as the default number of sessions reckons: a browser tree of 130 to 150 MiB with an
/// ordinary page, and the session's log.
inline constexpr std::uint64_t kSessionBytes = 200u << 20;

/// Bytes that new processes can have: MemAvailable of /proc/meminfo, or the limit of this process's control
/// group (v2 or v1) or one of its parents if that is smaller. Empty when neither is known. The folders are
/// those of the machine; tests bring their own.
std::optional<std::uint64_t> available_memory(const std::filesystem::path& proc = "/proc",
                                              const std::filesystem::path& cgroups = "/sys/fs/cgroup");

/// How many sessions `memory` bytes allow; at least one, also where nothing is known.
std::size_t default_max_sessions(std::optional<std::uint64_t> memory);

}  // namespace telltale::cli

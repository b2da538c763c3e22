#include "cli/memory.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

namespace telltale::cli {
namespace {

namespace fs = std::filesystem;

using Bytes = std::optional<std::uint64_t>;

Bytes smaller(Bytes a, Bytes b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

Bytes meminfo_available(const fs::path& proc) {
  std::ifstream file(proc / "meminfo");
  std::string name;
  std::uint64_t kib = 0;
  for (std::string rest; file >> name >> kib; std::getline(file, rest)) {
    if (name == "MemAvailable:") return kib * 1024;
  }
  return std::nullopt;
}

/// "max" (v2) is no number, and no limit.
Bytes number_in(const fs::path& file) {
  std::ifstream stream(file);
  std::uint64_t value = 0;
  if (!(stream >> value)) return std::nullopt;
  return value;
}

/// The smallest limit on the way from `group` up to the root of its hierarchy. In a container the path of the
/// group may not exist below the mount, which then shows the group itself.
Bytes smallest_limit(const fs::path& root, std::string_view group, const char* file) {
  Bytes limit = number_in(root / file);
  fs::path folder = root;
  for (const auto& part : fs::path(group).relative_path()) {
    folder /= part;
    limit = smaller(limit, number_in(folder / file));
  }
  return limit;
}

/// Lines of /proc/self/cgroup are "ID:CONTROLLERS:PATH", for v2 "0::PATH" (cgroups(7)).
Bytes cgroup_limit(const fs::path& proc, const fs::path& cgroups) {
  std::ifstream file(proc / "self" / "cgroup");
  Bytes limit;
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string group = line.substr(second + 1);
    if (controllers == ",,") limit = smaller(limit, smallest_limit(cgroups, group, "memory.max"));
    if (controllers.find(",memory,") != std::string::npos) {
      limit = smaller(limit, smallest_limit(cgroups / "memory", group, "memory.limit_in_bytes"));
    }
  }
  return limit;
}

}  // namespace

Bytes available_memory(const fs::path& proc, const fs::path& cgroups) {
  return smaller(meminfo_available(proc), cgroup_limit(proc, cgroups));
}

std::size_t default_max_sessions(Bytes memory) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(memory.value_or(0) / kSessionBytes));
}

}  // namespace telltale::cli

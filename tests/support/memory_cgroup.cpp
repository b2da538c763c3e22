#include "support/memory_cgroup.hpp"

#include <unistd.h>

#include <fstream>
#include <system_error>

#include "support/patience.hpp"

namespace telltale::testing {
namespace {

bool write_to(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file);
  out << text << std::flush;
  return out.good();
}

}  // namespace

std::optional<MemoryCgroup> MemoryCgroup::create(std::int64_t limit_bytes) {
  const std::string name = "telltale-test-" + std::to_string(::getpid());
  const std::filesystem::path root = "/sys/fs/cgroup";
  const auto version_1 = root / "memory" / name;
  const auto version_2 = root / name;
  for (const auto& [folder, limit] :
       {std::pair{version_1, "memory.limit_in_bytes"}, std::pair{version_2, "memory.max"}}) {
    std::error_code error;
    if (!std::filesystem::create_directory(folder, error)) continue;
    MemoryCgroup created(folder);
    // Only where there is a limit for swap (version 2, swap accounting) must it be set for the limit to be
    // felt.
    if (std::filesystem::exists(folder / "memory.swap.max")) write_to(folder / "memory.swap.max", "0");
    if (write_to(folder / limit, std::to_string(limit_bytes))) return created;
  }
  return std::nullopt;
}

bool MemoryCgroup::add(pid_t process) const {
  return write_to(folder_ / "cgroup.procs", std::to_string(process));
}

MemoryCgroup::~MemoryCgroup() {
  if (folder_.empty()) return;
  eventually([&] {
    std::ifstream processes(folder_ / "cgroup.procs");
    for (std::string pid; std::getline(processes, pid);) {
      write_to(folder_.parent_path() / "cgroup.procs", pid);
    }
    std::error_code error;  // busy until killed processes are gone
    return std::filesystem::remove(folder_, error);
  });
}

}  // namespace telltale::testing

#include "cli/memory.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "unit/cli/surroundings.hpp"

namespace telltale::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMiB = 1u << 20;

/// A machine with 1000 MiB available and no limits, to be narrowed.
class Machine : public testing::Test {
 protected:
  Machine() {
    write(proc / "meminfo",
          "MemTotal: 4096000 kB\nMemFree: 1 kB\nMemAvailable: 1024000 kB\nHugePages_Total: 0\n");
  }

  static void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  TempFolder folder;
  fs::path proc = folder.path() / "proc";
  fs::path cgroups = folder.path() / "cgroup";
};

TEST_F(Machine, HasWhatTheKernelSaysIsAvailable) { EXPECT_EQ(available_memory(proc, cgroups), 1000 * kMiB); }

TEST_F(Machine, IsNarrowedByItsControlGroup) {
  write(proc / "self/cgroup", "0::/user/telltale\n");
  write(cgroups / "user/telltale/memory.max", "524288000\n");
  EXPECT_EQ(available_memory(proc, cgroups), 500 * kMiB);
}

TEST_F(Machine, IsNarrowedByAParentOfItsControlGroup) {
  write(proc / "self/cgroup", "0::/user/telltale\n");
  write(cgroups / "user/memory.max", "104857600\n");
  write(cgroups / "user/telltale/memory.max", "max\n");
  EXPECT_EQ(available_memory(proc, cgroups), 100 * kMiB);
}

TEST_F(Machine, IsNarrowedByTheMountOfAContainer) {
  write(proc / "self/cgroup", "0::/\n");
  write(cgroups / "memory.max", "209715200\n");
  EXPECT_EQ(available_memory(proc, cgroups), 200 * kMiB);
}

TEST_F(Machine, IsNarrowedByAVersionOneControlGroup) {
  write(proc / "self/cgroup", "5:cpu,cpuacct:/other\n4:memory:/docker/1\n");
  write(cgroups / "memory/memory.limit_in_bytes", "9223372036854771712\n");
  write(cgroups / "memory/docker/1/memory.limit_in_bytes", "314572800\n");
  EXPECT_EQ(available_memory(proc, cgroups), 300 * kMiB);
}

TEST_F(Machine, MayHideItsMemory) {
  EXPECT_EQ(available_memory(folder.path() / "none", cgroups), std::nullopt);
}

TEST(DefaultMaxSessions, IsOnePerTwoHundredMebibytes) {
  EXPECT_EQ(default_max_sessions(1000 * kMiB), 5u);
  EXPECT_EQ(default_max_sessions(399 * kMiB), 1u);
}

TEST(DefaultMaxSessions, IsAtLeastOne) {
  EXPECT_EQ(default_max_sessions(10 * kMiB), 1u);
  EXPECT_EQ(default_max_sessions(std::nullopt), 1u);
}

}  // namespace
}  // namespace telltale::cli

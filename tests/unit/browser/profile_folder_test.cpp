#include "browser/profile_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "browser/browser_process.hpp"
#include "unit/browser/run.hpp"

namespace telltale::browser {
namespace {

namespace fs = std::filesystem;

/// The pid of a process that has ended and was collected.
pid_t dead_pid() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

/// The name of a folder that a process made, with the letters that mkdtemp(3) chose.
std::string profile_name(pid_t pid, std::uint64_t start_time, const std::string& letters = "abcdef") {
  return "telltale-" + std::to_string(pid) + "-" + std::to_string(start_time) + "-" + letters;
}

std::string dead_name(const std::string& letters = "abcdef") {
  return profile_name(dead_pid(), 123, letters);
}

fs::path abandoned_folder(const fs::path& profiles, const std::string& name) {
  const fs::path folder = profiles / name;
  fs::create_directories(folder / "Default");
  std::ofstream(folder / "owner") << "";
  return folder;
}

TEST(ProfileFolder, IsPrivateAndRemovedAtTheEnd) {
  const TempFolder temp;
  fs::path path;
  {
    const auto folder = ProfileFolder::create(temp.path() / "new" / "profiles");
    ASSERT_TRUE(folder);
    path = folder->path();
    std::ofstream(path / "Preferences") << "{}";
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(ProfileFolder, SaysWhereItCouldNotBeCreated) {
  const TempFolder temp;
  std::ofstream(temp.path() / "file") << "x";
  const auto folder = ProfileFolder::create(temp.path() / "file");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, base::Errc::io);
  EXPECT_NE(folder.error().message.find((temp.path() / "file").string()), std::string::npos);
}

/// A folder with Chromium's socket in it, as a killed browser leaves it.
fs::path singleton_folder(const std::string& prefix) {
  std::string name = (fs::temp_directory_path() / (prefix + "XXXXXX")).string();
  EXPECT_NE(::mkdtemp(name.data()), nullptr);
  std::ofstream(fs::path(name) / "SingletonSocket") << "";
  return name;
}

TEST(ProfileFolder, TakesTheSocketFolderOfAKilledChromiumWithIt) {
  const TempFolder temp;
  const auto socket_folder = singleton_folder("org.chromium.Chromium.");
  auto folder = ProfileFolder::create(temp.path());
  ASSERT_TRUE(folder);
  fs::create_symlink(socket_folder / "SingletonSocket", folder->path() / "SingletonSocket");
  EXPECT_TRUE(folder->remove());
  EXPECT_FALSE(fs::exists(socket_folder));
}

TEST(ProfileFolder, FollowsTheSocketLinkNowhereElse) {
  const TempFolder temp;
  const auto other = singleton_folder("precious-");
  auto folder = ProfileFolder::create(temp.path());
  ASSERT_TRUE(folder);
  fs::create_symlink(other / "SingletonSocket", folder->path() / "SingletonSocket");
  EXPECT_TRUE(folder->remove());
  EXPECT_TRUE(fs::exists(other / "SingletonSocket"));
  fs::remove_all(other);
}

TEST(SweepStaleProfiles, RemovesFoldersWhoseOwnerIsGone) {
  const TempFolder temp;
  const auto gone = abandoned_folder(temp.path(), dead_name());
  EXPECT_EQ(sweep_stale_profiles(temp.path()), 1u);
  EXPECT_FALSE(fs::exists(gone));
}

TEST(SweepStaleProfiles, RemovesFoldersWhoseOwnersPidWasReused) {
  const TempFolder temp;
  const std::uint64_t other_start = process_start_time(::getpid()).value() + 1;
  abandoned_folder(temp.path(), profile_name(::getpid(), other_start));
  EXPECT_EQ(sweep_stale_profiles(temp.path()), 1u);
}

TEST(SweepStaleProfiles, KeepsFoldersOfRunningOwners) {
  const TempFolder temp;
  const auto live = ProfileFolder::create(temp.path());
  ASSERT_TRUE(live);
  EXPECT_EQ(sweep_stale_profiles(temp.path()), 0u);
  EXPECT_TRUE(fs::exists(live->path() / "owner"));
}

TEST(SweepStaleProfiles, KeepsALockedFolderWhoseOwnerIsInAnotherPidNamespace) {
  const TempFolder temp;
  const auto live = ProfileFolder::create(temp.path());
  ASSERT_TRUE(live);
  const auto foreign = temp.path() / dead_name();  // what a foreign pid looks like from here
  fs::rename(live->path(), foreign);
  EXPECT_EQ(sweep_stale_profiles(temp.path()), 0u);
  EXPECT_TRUE(fs::exists(foreign / "owner"));
}

TEST(SweepStaleProfiles, RemovesWhatADyingBrowserMadeAgainOnceItIsStill) {
  const TempFolder temp;
  const auto folder = temp.path() / dead_name();
  fs::create_directories(folder / "Default");
  EXPECT_EQ(sweep_stale_profiles(temp.path()), 0u);
  fs::last_write_time(folder, fs::file_time_type::clock::now() - std::chrono::minutes(2));
  EXPECT_EQ(sweep_stale_profiles(temp.path()), 1u);
}

TEST(SweepStaleProfiles, KeepsWhatIsNotAProfileOfOurs) {
  const TempFolder temp;
  for (const char* const name :
       {"other", "telltale-12-34", "telltale-x-34-abcdef", "telltale-12-34-abcdefg"}) {
    abandoned_folder(temp.path(), name);
  }
  const std::size_t before = temp.entries();
  EXPECT_EQ(sweep_stale_profiles(temp.path()), 0u);
  EXPECT_EQ(temp.entries(), before);
}

TEST(SweepStaleProfiles, FollowsNoSymbolicLinks) {
  const TempFolder temp;
  const TempFolder elsewhere;
  const auto target = abandoned_folder(elsewhere.path(), dead_name());
  fs::create_directory_symlink(target, temp.path() / dead_name("linked"));
  const auto with_linked_lock = temp.path() / dead_name("lnklck");
  fs::create_directories(with_linked_lock);
  fs::create_symlink(target / "owner", with_linked_lock / "owner");
  EXPECT_EQ(sweep_stale_profiles(temp.path()), 0u);
  EXPECT_TRUE(fs::exists(target / "owner"));
  EXPECT_TRUE(fs::exists(with_linked_lock));
}

TEST(SweepStaleProfiles, AcceptsAFolderThatDoesNotExist) {
  EXPECT_EQ(sweep_stale_profiles("/nonexistent/profiles"), 0u);
}

TEST(ProcessStartTime, IsKnownForLiveProcessesOnly) {
  EXPECT_TRUE(process_start_time(::getpid()));
  EXPECT_FALSE(process_start_time(dead_pid()));
}

}  // namespace
}  // namespace telltale::browser

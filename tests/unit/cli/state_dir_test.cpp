#include "cli/state_dir.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "cli/access_token.hpp"
#include "cli/private_file.hpp"
#include "unit/cli/surroundings.hpp"

namespace telltale::cli {
namespace {

namespace fs = std::filesystem;

mode_t mode_of(const fs::path& path) {
  struct stat info{};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

class StateDirTest : public testing::Test {
 protected:
  StateDir locate() { return *StateDir::locate(); }
  StateDir created() {
    const StateDir state = locate();
    EXPECT_TRUE(state.create());
    return state;
  }

  TempFolder folder;
  ScopedVariable state_home{"XDG_STATE_HOME", folder.path().c_str()};
  ScopedVariable runtime_dir{"XDG_RUNTIME_DIR", nullptr};
};

TEST_F(StateDirTest, LiesInXdgStateHome) {
  EXPECT_EQ(locate().path(), folder.path() / "telltale");
  EXPECT_EQ(locate().profiles(), folder.path() / "telltale" / "profiles");
}

TEST_F(StateDirTest, LiesInTheHomeDirectoryByDefault) {
  const ScopedVariable unset("XDG_STATE_HOME", nullptr);
  const ScopedVariable home("HOME", folder.path().c_str());
  EXPECT_EQ(locate().path(), folder.path() / ".local" / "state" / "telltale");
}

TEST_F(StateDirTest, IgnoresARelativeXdgStateHome) {
  const ScopedVariable relative("XDG_STATE_HOME", "somewhere");
  const ScopedVariable home("HOME", folder.path().c_str());
  EXPECT_EQ(locate().path(), folder.path() / ".local" / "state" / "telltale");
}

TEST_F(StateDirTest, KeepsProfilesInTheRuntimeFolderWhereThereIsOne) {
  const ScopedVariable runtime("XDG_RUNTIME_DIR", "/run/user/1");
  EXPECT_EQ(locate().profiles(), "/run/user/1/telltale/profiles");
}

TEST_F(StateDirTest, IsClosedToOthers) {
  const StateDir state = created();
  EXPECT_EQ(mode_of(state.path()), 0700u);
  EXPECT_TRUE(state.create()) << "again";
}

TEST_F(StateDirTest, SaysWhenItCannotBeCreated) {
  std::ofstream(folder.path() / "telltale") << "a file in the way";
  const auto result = locate().create();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::Errc::io);
}

TEST_F(StateDirTest, RemembersTheServerUntilItIsForgotten) {
  const StateDir state = created();
  EXPECT_FALSE(state.recorded_server());
  ASSERT_TRUE(state.record_server("http://127.0.0.1:1234"));
  EXPECT_EQ(mode_of(state.path() / "server.json"), 0600u);
  const auto recorded = state.recorded_server();
  ASSERT_TRUE(recorded);
  EXPECT_EQ(recorded->url, "http://127.0.0.1:1234");
  EXPECT_EQ(recorded->pid, ::getpid());
  state.forget_server();
  EXPECT_FALSE(state.recorded_server());
}

TEST_F(StateDirTest, ForgetsOnlyItsOwnServer) {
  const StateDir state = created();
  const std::string parent = std::to_string(::getppid());
  std::ofstream(state.path() / "server.json") << R"({"url":"http://127.0.0.1:1","pid":)" << parent << "}";
  state.forget_server();
  EXPECT_TRUE(state.recorded_server());
}

TEST_F(StateDirTest, DoesNotBelieveADeadServer) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const StateDir state = created();
  std::ofstream(state.path() / "server.json") << R"({"url":"http://127.0.0.1:1","pid":)" << child << "}";
  EXPECT_FALSE(state.recorded_server());
}

TEST_F(StateDirTest, DoesNotBelieveARuinedRecord) {
  const StateDir state = created();
  for (const char* const text : {"", "{", "[]", R"({"url":1,"pid":1})", R"({"url":"x"})"}) {
    std::ofstream(state.path() / "server.json") << text;
    EXPECT_FALSE(state.recorded_server()) << text;
  }
}

TEST_F(StateDirTest, MakesATokenOnce) {
  const StateDir state = created();
  const auto token = read_or_create_token(state.token_file());
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_EQ(token->size(), 64u);
  EXPECT_EQ(token->find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(mode_of(state.token_file()), 0600u);
  EXPECT_FALSE(is_open_to_others(state.token_file()));
  EXPECT_EQ(*read_or_create_token(state.token_file()), *token);
}

TEST_F(StateDirTest, LeavesNoDraftsBehind) {
  const StateDir state = created();
  ASSERT_TRUE(read_or_create_token(state.token_file()));
  ASSERT_TRUE(state.record_server("http://127.0.0.1:1"));
  EXPECT_FALSE(*create_private_file(state.token_file(), "other"));
  EXPECT_EQ(std::distance(fs::directory_iterator(state.path()), fs::directory_iterator()), 2);
}

TEST_F(StateDirTest, TakesATokenThatSomebodyWrote) {
  const fs::path file = folder.path() / "token";
  std::ofstream(file) << "  s3cret\r\n";
  EXPECT_EQ(*read_or_create_token(file), "s3cret");
  fs::permissions(file, fs::perms(0644));
  EXPECT_TRUE(is_open_to_others(file));
}

TEST_F(StateDirTest, RefusesATokenThatNoHeaderCanCarry) {
  const fs::path file = folder.path() / "token";
  for (const char* const text : {"", "\n", "a b", "a\nb", "\xC3\xA4"}) {
    std::ofstream(file) << text;
    const auto token = read_token(file);
    ASSERT_FALSE(token) << text;
    EXPECT_EQ(token.error().code, base::Errc::invalid_argument);
  }
}

TEST_F(StateDirTest, SaysThatATokenFileIsMissing) {
  const auto token = read_token(folder.path() / "none");
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().code, base::Errc::not_found);
}

}  // namespace
}  // namespace telltale::cli

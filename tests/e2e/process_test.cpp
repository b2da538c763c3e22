// The server as a process: how it starts, how it ends, and what it leaves behind.

#include <signal.h>
#include <sys/stat.h>

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

using std::chrono::steady_clock;

class Process : public ::testing::TestWithParam<const char*> {
 protected:
  TelltaleProcess server{telltale_binary(), {"--chromium", GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(Browsers, Process, kBrowsers, browser_name);

TEST_P(Process, EndsQuicklyAndCleanlyOnInterrupt) {
  server.create({{"telemetry", capture_page()}, {"start_url", "data:text/html,<script>alert(1)</script>"}});
  const auto second = server.create(json::object());
  EventStream events(server, second.at("session_id").get<std::string>());
  const auto asked = steady_clock::now();
  server.process().signal(SIGINT);
  EXPECT_EQ(server.process().wait_exit(), 0);
  EXPECT_LT(steady_clock::now() - asked, std::chrono::seconds(3));
  EXPECT_TRUE(server.browser_processes().empty());
  EXPECT_TRUE(std::filesystem::is_empty(server.folder() / "run" / "telltale" / "profiles"));
  EXPECT_FALSE(std::filesystem::exists(server.folder() / "state" / "telltale" / "server.json"));
  EXPECT_TRUE(events.wait_end());
}

TEST_P(Process, LeavesNoBrowserWhenItIsKilledAndSweepsItsProfileAtTheNextStart) {
  server.create(json::object());
  ASSERT_FALSE(server.browser_processes().empty());
  server.process().signal(SIGKILL);
  EXPECT_EQ(server.process().wait_exit(), 128 + SIGKILL);
  EXPECT_TRUE(testing::eventually([&] { return server.browser_processes().empty(); }));
  const auto profiles = server.folder() / "run" / "telltale" / "profiles";
  EXPECT_FALSE(std::filesystem::is_empty(profiles));
  const auto next = server.start_command({"serve", "--listen", "127.0.0.1:0"});
  EXPECT_TRUE(testing::eventually([&] { return next->out().find("listening on") != std::string::npos; }));
  EXPECT_TRUE(std::filesystem::is_empty(profiles));
  next->signal(SIGTERM);
  EXPECT_EQ(next->wait_exit(), 0);
}

class Serve : public ::testing::Test {
 protected:
  TelltaleProcess server{telltale_binary(), {"--chromium", "chromium-headless-shell"}};
};

TEST_F(Serve, KeepsItsTokenPrivateAndForTheNextStart) {
  const auto file = server.folder() / "state" / "telltale" / "token";
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(server.token().size(), 64u);
  EXPECT_EQ(server.process().out().find(server.token()), std::string::npos);
  EXPECT_EQ(server.process().err().find(server.token()), std::string::npos);
}

TEST_F(Serve, SaysInOneLineWhyItCannotStart) {
  const auto taken = server.start_command({"serve", "--listen", server.address().authority()});
  EXPECT_EQ(taken->wait_exit(), 1);
  EXPECT_NE(taken->err().find("in use"), std::string::npos) << taken->err();
  const auto open = server.start_command({"serve", "--listen", "0.0.0.0:0", "--no-auth"});
  EXPECT_EQ(open->wait_exit(), 2);
  const auto unknown = server.start_command({"serve", "--no-such-option"});
  EXPECT_EQ(unknown->wait_exit(), 2);
  EXPECT_EQ(unknown->out(), "");
}

TEST_F(Serve, ReportsABrowserThatCannotBeStarted) {
  TelltaleProcess broken(telltale_binary(), {"--chromium", "/bin/false"});
  const auto refused = broken.post("/browsers", json::object());
  EXPECT_EQ(refused.status, 503u) << refused.text;
  EXPECT_EQ(refused.body.at("code"), "unavailable");
  EXPECT_TRUE(broken.get("/browsers?status=all").body.empty());
}

/// The ids of what curl has written of a stream, whole frames only.
std::vector<std::uint64_t> ids_in(const std::string& text) {
  std::vector<std::uint64_t> ids;
  constexpr std::string_view kId = "id: ";
  for (std::size_t begin = 0, end; (end = text.find("\n\n", begin)) != std::string::npos; begin = end + 2) {
    if (text.compare(begin, kId.size(), kId) == 0)
      ids.push_back(std::stoull(text.substr(begin + kId.size(), end)));
  }
  return ids;
}

TEST_F(Serve, LetsCurlResumeWithoutAGap) {
  TestSite site;
  site.add_page("/", "<script>let n = 0; setInterval(() => console.log('tick ' + ++n), 5)</script>");
  const auto session = server.create({{"start_url", site.url("/")}, {"telemetry", capture({"console"})}});
  const std::string path = "/browsers/" + session.at("session_id").get<std::string>();
  const std::string stream = server.url(path + "/telemetry/stream?replay=all");
  const std::string authorization = "Authorization: Bearer " + server.token();
  std::vector<std::uint64_t> ids;
  for (int part = 1; part <= 3; ++part) {
    const std::string last = "Last-Event-ID: " + (ids.empty() ? "" : std::to_string(ids.back()));
    const auto curl = server.start_program({"curl", "-sN", "-H", authorization, "-H", last, stream});
    const auto enough = [&] { return ids_in(curl->out()).size() >= 100; };
    EXPECT_TRUE(testing::eventually(enough)) << curl->out() << curl->err();
    if (part == 3) {
      server.remove(path);
      EXPECT_EQ(curl->wait_exit(), 0);
    } else {
      curl->signal(SIGKILL);
      EXPECT_EQ(curl->wait_exit(), 128 + SIGKILL);
    }
    const auto read = ids_in(curl->out());
    ids.insert(ids.end(), read.begin(), read.end());
  }
  for (std::size_t i = 0; i < ids.size(); ++i) ASSERT_EQ(ids[i], i + 1);
}

}  // namespace
}  // namespace telltale::e2e

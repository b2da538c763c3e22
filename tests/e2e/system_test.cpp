// The system category: what happens to a session's browser as a process.

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "browser_test.hpp"
#include "support/event_record.hpp"
#include "support/memory_cgroup.hpp"

namespace telltale::e2e {
namespace {

class System : public BrowserTest {};
INSTANTIATE_TEST_SUITE_P(Browsers, System, kBrowsers, browser_name);

TEST_P(System, ReportsABrowserThatEndsByItself) {
  site.add_page("/", "<p>hello</p>");
  open("/", capture({"system", "page"}));
  events->wait_for("page_load", {{"url", site.url("/")}});
  const auto browser = session.at("browser_pid").get<pid_t>();
  ::kill(browser, SIGKILL);
  const auto crash = events->wait_for("service_crashed");
  const auto& event = crash.at("event");
  EXPECT_EQ(event.at("category"), "system");
  EXPECT_EQ(event.at("source").at("kind"), "local_process");
  EXPECT_EQ(data_of(crash), json({{"phase", "running"}, {"service_name", "chromium"}, {"pid", browser}}));
  EXPECT_TRUE(events->wait_end());
  EXPECT_EQ(data_of(events->wait_for("monitor_disconnected")).at("reason"), "browser_exited");
  EXPECT_EQ(data_of(events->wait_for("monitor_reconnect_failed")).at("reason"), "browser_exited");
  const auto ended =
      server.get("/browsers/" + session.at("session_id").get<std::string>() + "?include_deleted=true");
  EXPECT_EQ(ended.body.at("status"), "failed");
  EXPECT_NE(ended.body.at("error").get<std::string>().find("killed by signal 9"), std::string::npos);
}

TEST_P(System, SaysNothingWhenASessionIsDeleted) {
  open("/", capture({"system", "page"}));
  server.remove("/browsers/" + session.at("session_id").get<std::string>());
  EXPECT_TRUE(events->wait_end());
  EXPECT_TRUE(events->all("service_crashed").empty());
  EXPECT_TRUE(events->all("monitor_reconnect_failed").empty());
}

/// The kernel says in its log what it kills, by numbers that are ours only in the initial pid namespace.
bool kernel_log_is_ours() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/ns/pid", error) == "pid:[4026531836]" &&
         std::ifstream("/dev/kmsg").is_open();
}

class LackOfMemory : public ::testing::TestWithParam<const char*> {
 protected:
  /// Puts the renderers of a browser into a control group, once telltale has said that it knows them: a
  /// process that it has never seen alive is nobody's.
  std::vector<pid_t> confine_renderers(CdpDriver& driver, const testing::MemoryCgroup& group) {
    std::vector<pid_t> renderers;
    const json info = driver.call("SystemInfo.getProcessInfo");
    for (const auto& process : info.at("processInfo")) {
      const auto pid = process.at("id").get<pid_t>();
      if (process.at("type") != "renderer" || !group.add(pid)) continue;
      const std::string known = "process of a browser pid=" + std::to_string(pid) + "\n";
      EXPECT_TRUE(testing::eventually([&] {
        return server.process().err().find(known) != std::string::npos;
      })) << known;
      renderers.push_back(pid);
    }
    return renderers;
  }

  TestSite site;
  TelltaleProcess server{telltale_binary(), {"--chromium", GetParam(), "--log-level", "debug"}};
};
INSTANTIATE_TEST_SUITE_P(Browsers, LackOfMemory, kBrowsers, browser_name);

TEST_P(LackOfMemory, IsReportedWhenAPageIsKilledForIt) {
  // Far below what the page asks for; what the renderer has already does not count.
  constexpr std::int64_t kLimitBytes = 64'000'000;
  const auto group = kernel_log_is_ours() ? testing::MemoryCgroup::create(kLimitBytes) : std::nullopt;
  if (!group) {
    testing::record_skip("needs the kernel's log and the right to make control groups");
    GTEST_SKIP() << "needs the kernel's log and the right to make control groups";
  }
  site.add_page("/", "<p>hello</p>");
  const auto session = server.create(
      {{"start_url", site.url("/")}, {"telemetry", capture({"system", "page"})}, {"timeout_seconds", 0}});
  EventStream events(server, session.at("session_id").get<std::string>());
  CdpDriver driver(TelltaleProcess::debugger_url(session));
  const auto page = driver.attach(site.url("/"));
  const auto renderers = confine_renderers(driver, *group);
  ASSERT_FALSE(renderers.empty());
  driver.evaluate(page, R"(void setTimeout(() => {
    const kept = [];
    for (;;) kept.push(new Uint8Array(1 << 24).fill(1));
  }, 0))");
  const auto kill = events.wait_for("system_oom_kill");
  EXPECT_EQ(kill.at("event").at("category"), "system");
  EXPECT_EQ(kill.at("event").at("source").at("kind"), "local_process");
  const auto data = data_of(kill);
  EXPECT_TRUE(std::ranges::count(renderers, data.at("pid").get<pid_t>())) << kill.dump();
  EXPECT_LE(data.at("process_name").get<std::string>().size(), 15u);
  EXPECT_GT(data.at("rss_kb"), kLimitBytes / 1024 / 2);
  EXPECT_EQ(data.value("constraint", "memcg"), "memcg") << "said unless the kernel limits how much it says";
  EXPECT_EQ(testing::gap_in(events.all()), "");
}

}  // namespace
}  // namespace telltale::e2e

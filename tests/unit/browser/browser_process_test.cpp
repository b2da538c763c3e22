#include "browser/browser_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/this_coro.hpp>

#include "browser/find.hpp"
#include "unit/browser/run.hpp"

namespace telltale::browser {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::Result;
using base::Task;
using testing::HasSubstr;

using Launched = Result<std::unique_ptr<BrowserProcess>>;

LaunchOptions options(fs::path binary, const TempFolder& profiles) {
  LaunchOptions made;
  made.binary = std::move(binary);
  made.profiles = profiles.path();
  return made;
}

/// Tests of each real browser.
class RealBrowser : public testing::TestWithParam<const char*> {
 protected:
  TempFolder profiles_;
};

INSTANTIATE_TEST_SUITE_P(Debian, RealBrowser,
                         testing::Values("/usr/lib/chromium/chromium-headless-shell",
                                         "/usr/lib/chromium/chromium"),
                         [](const auto& tested) {
                           return std::string(tested.param).ends_with("shell") ? "HeadlessShell" : "Chromium";
                         });

Task<> launch_and_terminate(LaunchOptions launch_options, const TempFolder& profiles) {
  auto browser = co_await BrowserProcess::launch(launch_options);
  EXPECT_TRUE(browser) << browser.error().message;
  if (!browser) co_return;
  const std::string url = (*browser)->websocket_url();
  EXPECT_THAT(url, testing::MatchesRegex("ws://127.0.0.1:[0-9]+/devtools/browser/[-0-9a-f]+"));
  const auto rediscovered =
      co_await discover_websocket_url("http" + url.substr(2, url.find("/devtools") - 2));
  EXPECT_EQ(rediscovered, url);
  EXPECT_EQ((*browser)->exit_status(), std::nullopt);
  EXPECT_EQ(profiles.entries(), 1u);

  const pid_t pid = (*browser)->pid();
  EXPECT_GT(running_members(pid), 1u);
  co_await (*browser)->terminate();
  EXPECT_TRUE((*browser)->exit_status());
  EXPECT_EQ(running_members(pid), 0u);
  EXPECT_EQ(profiles.entries(), 0u);
  co_await (*browser)->terminate();  // again is harmless
}

TEST_P(RealBrowser, AnswersAtItsUrlAndLeavesNothingAfterTerminate) {
  run(launch_and_terminate(options(GetParam(), profiles_), profiles_));
}

Task<> launch_and_crash(LaunchOptions launch_options) {
  auto browser = co_await BrowserProcess::launch(launch_options);
  EXPECT_TRUE(browser) << browser.error().message;
  if (!browser) co_return;
  const pid_t pid = (*browser)->pid();
  ::kill(pid, SIGKILL);
  const auto status = co_await (*browser)->wait_exit();
  EXPECT_EQ(status, (ExitStatus{.code = std::nullopt, .signal = SIGKILL}));
  EXPECT_TRUE(co_await eventually([pid] { return running_members(pid) == 0; }));
}

Task<> terminate_when_cancelled(BrowserProcess& browser) {
  co_await browser.wait_exit();  // ends with the cancellation
  EXPECT_EQ(browser.exit_status(), std::nullopt);
  co_await browser.terminate();
  EXPECT_TRUE(browser.exit_status());
}

Task<> cancel_the_owner(LaunchOptions launch_options) {
  const auto executor = co_await base::asio::this_coro::executor;
  auto browser = co_await BrowserProcess::launch(launch_options);
  EXPECT_TRUE(browser) << browser.error().message;
  if (!browser) co_return;
  base::TaskScope scope(executor);
  scope.spawn(terminate_when_cancelled(**browser));
  co_await base::sleep_for(std::chrono::milliseconds(1));
  scope.stop();
  co_await scope.join();
}

TEST_P(RealBrowser, CanBeTerminatedByACancelledCoroutine) {
  run(cancel_the_owner(options(GetParam(), profiles_)));
  EXPECT_EQ(profiles_.entries(), 0u);
}

TEST_P(RealBrowser, ReportsTheSignalThatKilledIt) {
  run(launch_and_crash(options(GetParam(), profiles_)));
  EXPECT_EQ(profiles_.entries(), 0u);
}

Task<pid_t> launch_and_drop(LaunchOptions launch_options) {
  auto browser = co_await BrowserProcess::launch(launch_options);
  EXPECT_TRUE(browser) << browser.error().message;
  co_return browser ? (*browser)->pid() : 0;
}

TEST_P(RealBrowser, DestroyingItKillsItAndRemovesTheProfile) {
  const pid_t pid = run(launch_and_drop(options(GetParam(), profiles_)));
  EXPECT_FALSE(runs(pid));
  EXPECT_EQ(profiles_.entries(), 0u);
}

Task<> launch_and_report(LaunchOptions launch_options, int report_fd) {
  const auto browser = co_await BrowserProcess::launch(launch_options);
  const pid_t pid = browser ? (*browser)->pid() : 0;
  if (::write(report_fd, &pid, sizeof pid) != static_cast<ssize_t>(sizeof pid) || !browser) co_return;
  co_await (*browser)->wait_exit();
}

TEST_P(RealBrowser, EndsWhenItsParentIsKilledAndItsProfileIsSweptAfterwards) {
  int report[2];
  ASSERT_EQ(::pipe(report), 0);
  const pid_t parent = ::fork();  // this process has one thread: the child may do as it likes
  if (parent == 0) {
    run(launch_and_report(options(GetParam(), profiles_), report[1]));
    ::_exit(1);
  }
  ::close(report[1]);
  pid_t browser = 0;
  ASSERT_EQ(::read(report[0], &browser, sizeof browser), static_cast<ssize_t>(sizeof browser));
  ::close(report[0]);
  ASSERT_GT(browser, 0);
  EXPECT_TRUE(runs(browser));
  EXPECT_EQ(sweep_stale_profiles(profiles_.path()), 0u);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  // The whole group: a child that is still starting would create the swept folder again.
  EXPECT_TRUE(run(eventually([browser] { return running_members(browser) == 0; })));
  EXPECT_EQ(sweep_stale_profiles(profiles_.path()), 1u);
  EXPECT_EQ(profiles_.entries(), 0u);
}

/// Tests with a script in place of the browser.
class ScriptedBrowser : public testing::Test {
 protected:
  Launched launch(std::string_view script) {
    return run(BrowserProcess::launch(options(folder_.script("b", script), profiles_)));
  }

  TempFolder folder_;
  TempFolder profiles_;
};

TEST_F(ScriptedBrowser, EarlyExitCarriesTheTailOfStderr) {
  const auto browser = launch("echo 'cannot open shared object' >&2; exit 127");
  ASSERT_FALSE(browser);
  EXPECT_EQ(browser.error().code, Errc::unavailable);
  EXPECT_THAT(browser.error().message, HasSubstr("exited with code 127"));
  EXPECT_THAT(browser.error().message, HasSubstr("cannot open shared object"));
  EXPECT_EQ(profiles_.entries(), 0u);
}

TEST_F(ScriptedBrowser, MissingSandboxSaysWhatToInstall) {
  const auto browser = launch("echo 'FATAL: No usable sandbox! If you are running on Ubuntu' >&2; exit 1");
  ASSERT_FALSE(browser);
  EXPECT_EQ(browser.error().code, Errc::unavailable);
  for (const char* const advice : {"chromium-sandbox", "kernel.unprivileged_userns_clone", "apparmor",
                                   "--no-chromium-sandbox", "No usable sandbox!"}) {
    EXPECT_THAT(browser.error().message, HasSubstr(advice));
  }
}

TEST_F(ScriptedBrowser, BinaryThatDoesNotExistIsAnIoError) {
  const auto browser = run(BrowserProcess::launch(options("/nonexistent/chromium", profiles_)));
  ASSERT_FALSE(browser);
  EXPECT_EQ(browser.error().code, Errc::io);
  EXPECT_EQ(profiles_.entries(), 0u);
}

Task<> store_launch(LaunchOptions launch_options, std::optional<Launched>& into) {
  into = co_await BrowserProcess::launch(launch_options);
}

Task<> cancel_launch(LaunchOptions launch_options, fs::path pid_file) {
  base::TaskScope scope(co_await base::asio::this_coro::executor);
  std::optional<Launched> launched;
  scope.spawn(store_launch(launch_options, launched));
  EXPECT_TRUE(co_await eventually([&pid_file] { return fs::exists(pid_file); }));
  scope.stop();
  co_await scope.join();
  EXPECT_TRUE(launched && !*launched && launched->error().code == Errc::stopped);
}

TEST_F(ScriptedBrowser, CancelledLaunchLeavesNothing) {
  const auto pid_file = folder_.path() / "pid";
  const auto temporary = folder_.path() / "pid.new";
  const auto script = folder_.script("b", "echo $$ > " + temporary.string() + "; mv " + temporary.string() +
                                              " " + pid_file.string() + "; exec sleep 600");
  run(cancel_launch(options(script, profiles_), pid_file));
  pid_t pid = 0;
  std::ifstream(pid_file) >> pid;
  EXPECT_GT(pid, 0);
  EXPECT_FALSE(runs(pid));
  EXPECT_EQ(profiles_.entries(), 0u);
}

TEST(BrowserProcess, VisibleBrowserNeedsADisplayAndFullChromium) {
  const TempFolder profiles;
  const ScopedVariable no_x("DISPLAY", nullptr);
  const ScopedVariable no_wayland("WAYLAND_DISPLAY", nullptr);
  for (const auto& [binary, reason] :
       {std::pair{"/usr/lib/chromium/chromium", "DISPLAY"},
        std::pair{"/usr/lib/chromium/chromium-headless-shell", "use chromium"}}) {
    auto visible = options(binary, profiles);
    visible.headless = false;
    const auto browser = run(BrowserProcess::launch(visible));
    ASSERT_FALSE(browser);
    EXPECT_EQ(browser.error().code, Errc::invalid_argument);
    EXPECT_THAT(browser.error().message, HasSubstr(reason));
  }
}

}  // namespace
}  // namespace telltale::browser

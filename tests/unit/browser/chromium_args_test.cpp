#include "browser/chromium_args.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "browser/sandbox.hpp"

namespace telltale::browser {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

LaunchOptions options(const char* binary) {
  LaunchOptions made;
  made.binary = binary;
  made.width = 800;
  made.height = 600;
  return made;
}

constexpr const char* kShell = "/usr/lib/chromium/chromium-headless-shell";
constexpr const char* kChromium = "/usr/lib/chromium/chromium";

TEST(ChromiumArgs, OpenThePortThePipeAndTheProfile) {
  const auto args = chromium_args(options(kShell), "/tmp/p", false);
  for (const char* const expected :
       {"--remote-debugging-port=0", "--remote-debugging-pipe", "--user-data-dir=/tmp/p",
        "--window-size=800,600", "--site-per-process"}) {
    EXPECT_THAT(args, Contains(expected));
  }
  EXPECT_THAT(args, Not(Contains("--no-sandbox")));
}

// F13: both give pages the size that was asked for.
TEST(ChromiumArgs, MakeRoomForTheTabsOfFullChromium) {
  const auto full = chromium_args(options(kChromium), "/tmp/p", false);
  EXPECT_THAT(full, Contains("--window-size=800,687"));
  EXPECT_THAT(full, Contains("--screen-info={800x600}"));
  EXPECT_THAT(chromium_args(options(kShell), "/tmp/p", false), Contains("--window-size=800,600"));
  auto visible = options(kChromium);
  visible.headless = false;
  EXPECT_THAT(chromium_args(visible, "/tmp/p", false), Contains("--window-size=800,600"));
}

TEST(ChromiumArgs, AskOnlyFullChromiumToBeHeadless) {
  EXPECT_THAT(chromium_args(options(kShell), "/tmp/p", false), Not(Contains("--headless=new")));
  EXPECT_THAT(chromium_args(options(kChromium), "/tmp/p", false), Contains("--headless=new"));
  EXPECT_THAT(chromium_args(options(kChromium), "/tmp/p", false), Contains("--no-startup-window"));
  auto visible = options(kChromium);
  visible.headless = false;
  EXPECT_THAT(chromium_args(visible, "/tmp/p", false), Not(Contains("--headless=new")));
  EXPECT_THAT(chromium_args(visible, "/tmp/p", false), Not(Contains("--no-startup-window")));
}

TEST(ChromiumArgs, DropTheSandboxForRootAndOnRequestOnly) {
  EXPECT_THAT(chromium_args(options(kShell), "/tmp/p", true), Contains("--no-sandbox"));
  auto chosen = options(kShell);
  chosen.no_sandbox = true;
  EXPECT_THAT(chromium_args(chosen, "/tmp/p", false), Contains("--no-sandbox"));
}

TEST(ChromiumArgs, EndWithTheExtraOnes) {
  auto extended = options(kShell);
  extended.extra_args = {"--one", "--two=2"};
  const auto args = chromium_args(extended, "/tmp/p", true);
  ASSERT_GE(args.size(), 2u);
  EXPECT_EQ(args[args.size() - 2], "--one");
  EXPECT_EQ(args.back(), "--two=2");
}

TEST(Sandbox, RecognisesChromiumsComplaints) {
  EXPECT_TRUE(
      reports_missing_sandbox("[1:1:FATAL:zygote_host_impl_linux.cc(132)] No usable sandbox! If you are..."));
  EXPECT_TRUE(reports_missing_sandbox("[1:1:ERROR] Running as root without --no-sandbox is not supported."));
  EXPECT_FALSE(reports_missing_sandbox("[1:1:ERROR:dbus/bus.cc(408)] Failed to connect to the bus"));
}

TEST(Sandbox, ExplainsItsStatus) {
  const auto status = check_sandbox(kShell);
  EXPECT_FALSE(status.explanation.empty());
  if (::geteuid() == 0) {
    EXPECT_FALSE(status.usable);
    EXPECT_THAT(status.explanation, HasSubstr("ordinary user"));
  }
}

}  // namespace
}  // namespace telltale::browser

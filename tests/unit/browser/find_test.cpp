#include "browser/find.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/browser/run.hpp"

namespace telltale::browser {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using testing::HasSubstr;

constexpr const char* kShell = "/usr/lib/chromium/chromium-headless-shell";
constexpr const char* kChromium = "/usr/lib/chromium/chromium";

class FindBrowser : public testing::Test {
 protected:
  ScopedVariable no_default_{"TELLTALE_CHROMIUM", nullptr};
};

TEST_F(FindBrowser, PrefersHeadlessShellAndSkipsItForWindows) {
  EXPECT_EQ(find_browser(std::nullopt, true), fs::path(kShell));
  EXPECT_EQ(find_browser(std::nullopt, false), fs::path(kChromium));
}

TEST_F(FindBrowser, ReplacesWrapperScriptsByTheProgram) {
  EXPECT_EQ(find_browser("/usr/bin/chromium", true), fs::path(kChromium));
  EXPECT_EQ(find_browser("/usr/bin/chromium-headless-shell", true), fs::path(kShell));
}

TEST_F(FindBrowser, AcceptsANameOnPath) { EXPECT_EQ(find_browser("chromium", true), fs::path(kChromium)); }

TEST_F(FindBrowser, PassesOverASnap) {
  const TempFolder temp;
  fs::copy_file("/bin/true", temp.path() / "snap");
  fs::create_directories(temp.path() / "bin");
  fs::create_symlink(temp.path() / "snap", temp.path() / "bin/chromium");
  const std::string only_snaps = (temp.path() / "bin").string();
  const ScopedVariable path("PATH", only_snaps.c_str());
  const auto found = find_browser("chromium", true);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("a snap is in a sandbox"));
  const ScopedVariable longer("PATH", (only_snaps + ":/usr/bin").c_str());
  EXPECT_EQ(find_browser("chromium", true), fs::path(kChromium));
}

TEST_F(FindBrowser, AcceptsAScriptThatTheOperatorNames) {
  const TempFolder temp;
  const auto script = temp.script("my-browser", "exec true");
  EXPECT_EQ(find_browser(script.string(), true), fs::canonical(script));
}

TEST_F(FindBrowser, TakesTheVariableUnlessTheFlagIsGiven) {
  const ScopedVariable variable("TELLTALE_CHROMIUM", kChromium);
  EXPECT_EQ(find_browser(std::nullopt, true), fs::path(kChromium));
  EXPECT_EQ(find_browser(kShell, true), fs::path(kShell));
}

TEST_F(FindBrowser, SaysWhatTheFlagNamesAndWhatToInstall) {
  const auto found = find_browser("/nonexistent/chromium", true);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::not_found);
  EXPECT_THAT(found.error().message, HasSubstr("--chromium names no browser: \"/nonexistent/chromium\""));
  EXPECT_THAT(found.error().message, HasSubstr("apt install chromium-headless-shell"));
}

TEST_F(FindBrowser, SaysThatTheVariableIsWrong) {
  const ScopedVariable variable("TELLTALE_CHROMIUM", "no-such-browser");
  const auto found = find_browser(std::nullopt, true);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("TELLTALE_CHROMIUM names no browser: \"no-such-browser\""));
  EXPECT_THAT(found.error().message, HasSubstr("not a program on PATH"));
}

TEST_F(FindBrowser, RefusesAFileThatCannotBeExecuted) {
  EXPECT_EQ(find_browser("/etc/passwd", true).error().code, Errc::not_found);
}

TEST(BrowserVersion, IsTheFirstLineWithoutTrailingSpace) {
  for (const char* const binary : {kShell, kChromium}) {
    const auto version = run(browser_version(binary));
    ASSERT_TRUE(version) << version.error().message;
    EXPECT_THAT(*version, testing::StartsWith("Chromium "));
    EXPECT_NE(version->back(), ' ');
  }
}

TEST(BrowserVersion, FailsWhenTheProgramDoes) {
  const auto version = run(browser_version("/bin/false"));
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().code, Errc::protocol);
  EXPECT_THAT(version.error().message, HasSubstr("exited with code 1"));
}

}  // namespace
}  // namespace telltale::browser

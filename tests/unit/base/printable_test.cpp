#include "base/printable.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/logging.hpp"

namespace telltale::base {
namespace {

TEST(Printable, LeavesNothingThatATerminalObeys) {
  const std::pair<const char*, const char*> pairs[] = {
      {"\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
      {"\x1b]0;title\x07", "\\x1b]0;title\\x07"},
      {"a\nb\rc\td", "a\\nb\\rc\\td"},
      {"\b\b\bcovered", "\\x08\\x08\\x08covered"},
      {"\x7f", "\\x7f"},
      {"\xc2\x9b" "31m", "\\u009b31m"},
      {"\xc2\x85", "\\u0085"},
      {"\xe2\x80\xaegnp.exe", "\\u202egnp.exe"},
      {"\xe2\x81\xa6\xe2\x81\xa9", "\\u2066\\u2069"},
      {"\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029"},
      {"\x9b" "31m", "\xef\xbf\xbd" "31m"},
      {"\xc3", "\xef\xbf\xbd"},
      {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {"plain, \xc3\xa4\xc3\xb6 \xe4\xb8\xad \xf0\x9f\x98\x80", "plain, \xc3\xa4\xc3\xb6 \xe4\xb8\xad \xf0\x9f\x98\x80"},
  };
  for (const auto& [text, expected] : pairs) EXPECT_EQ(printable(text), expected);
  EXPECT_EQ(printable({"\0", 1}), "\\x00");
}

TEST(Logging, WritesOneLineWithoutEffectsWhateverIsInIt) {
  ASSERT_TRUE(init_logging("debug"));
  ::testing::internal::CaptureStderr();
  const std::string text = "\x1b[2J\nforged error \xe2\x80\xae \xc2\x9b";
  spdlog::warn("the browser says text='{}'", text);
  spdlog::log(kHubKnows, spdlog::level::debug, "also {}", text);
  const auto written = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(written, '\n'), 2) << written;
  EXPECT_EQ(written.find_first_of("\x1b\r"), std::string::npos) << written;
  EXPECT_NE(written.find("text='\\x1b[2J\\nforged error \\u202e \\u009b'"), std::string::npos) << written;
}

}  // namespace
}  // namespace telltale::base

#include "cli/terminal.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace telltale::cli {
namespace {

TEST(Printable, KeepsOrdinaryText) { EXPECT_EQ(printable("añ 漢 😀"), "añ 漢 😀"); }

TEST(Printable, ShowsControlCharactersInsteadOfObeyingThem) {
  EXPECT_EQ(printable("\x1b[2J\r\n\t\x7f"), "\\x1b[2J\\r\\n\\t\\x7f");
  EXPECT_EQ(printable("\xC2\x9B"), "\\u009b");
  EXPECT_EQ(printable("\xE2\x80\xAE"), "\\u202e");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Printable, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(printable("a\xFF"
                      "b"),
            "a\uFFFDb");
  EXPECT_EQ(printable("\xE2\x80"), "\uFFFD\uFFFD");
  EXPECT_EQ(printable("\xC0\xAF"), "\uFFFD\uFFFD");
  EXPECT_EQ(printable("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
}

TEST(PrintableJson, StaysTheSameDocument) {
  const std::string json = "{\"text\":\"a\x7f \xC2\x9B \xE2\x80\xAE ü\"}";
  const std::string safe = printable_json(json);
  EXPECT_EQ(safe, "{\"text\":\"a\\u007f \\u009b \\u202e ü\"}");
  EXPECT_EQ(nlohmann::json::parse(safe), nlohmann::json::parse(json));
}

TEST(Fit, LeavesWhatFits) {
  EXPECT_EQ(fit("abc", 3), "abc");
  EXPECT_EQ(fit("äöü", 3), "äöü");
  EXPECT_EQ(fit("abcdef", 0), "abcdef");
}

TEST(Fit, CutsBetweenCharactersAndSaysSo) {
  EXPECT_EQ(fit("abcd", 3), "ab…");
  EXPECT_EQ(fit("äöüß", 3), "äö…");
  EXPECT_EQ(fit("漢字漢", 5), "漢字…");
  EXPECT_EQ(fit("漢字漢", 4), "漢…");
}

TEST(ColumnsOf, KnowsNoEndForAFile) {
  std::FILE* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(columns_of(file), 0u);
  EXPECT_FALSE(wants_colours(file));
  std::fclose(file);
}

}  // namespace
}  // namespace telltale::cli

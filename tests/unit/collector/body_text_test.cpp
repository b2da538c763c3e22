#include "collector/body_text.hpp"

#include <gtest/gtest.h>

namespace telltale::collector {
namespace {

using namespace std::string_literals;

TEST(BodyCap, FollowsTypeAndMimeType) {
  const auto structured = std::optional<std::size_t>(8192);
  const auto text = std::optional<std::size_t>(4096);
  for (const char* mime :
       {"application/json", "application/json; charset=utf-8", "Application/JSON", "application/xml",
        "text/xml", "text/csv", "application/x-www-form-urlencoded", "application/graphql",
        "application/vnd.api+json", "application/vnd.x+xml", "application/vnd.x+csv"}) {
    EXPECT_EQ(body_cap("Fetch", mime), structured) << mime;
  }
  EXPECT_EQ(body_cap("Document", "text/html"), text);
  EXPECT_EQ(body_cap("XHR", "text/plain;charset=latin1"), text);
  for (const char* mime : {"", "text/css", "text/javascript", "text/event-stream", "application/ld+json",
                           "application/problem+json", "application/javascript", "application/vnd.x",
                           "image/svg+xml", "application/octet-stream"}) {
    EXPECT_EQ(body_cap("Fetch", mime), std::nullopt) << mime;
  }
  for (const char* type : {"Font", "Image", "Media", "Stylesheet", "Script"}) {
    EXPECT_EQ(body_cap(type, "application/json"), std::nullopt) << type;
  }
}

TEST(CappedText, KeepsWhatFits) {
  EXPECT_EQ(capped_text("", 20), "");
  EXPECT_EQ(capped_text(std::string(20, 'x'), 20), std::string(20, 'x'));
}

TEST(CappedText, CutsBetweenCharactersWithTheMarkInsideTheCap) {
  EXPECT_EQ(capped_text(std::string(21, 'x'), 20), "xxxxxx...[truncated]");
  // Three bytes each: two of them and not six bytes of the third.
  EXPECT_EQ(capped_text("x\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac", 20), "x\u20ac...[truncated]");
  EXPECT_EQ(capped_text("\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600", 20),
            "\U0001F600...[truncated]");
}

TEST(CappedText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(capped_text("a\xFF"s + "b", 20),
            "a\uFFFD"
            "b");
  EXPECT_EQ(capped_text("\xC0\xAF", 20), "\uFFFD\uFFFD") << "overlong";
  EXPECT_EQ(capped_text("\xED\xA0\x80", 20), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
  EXPECT_EQ(capped_text("\xE2\x82", 20), "\uFFFD\uFFFD") << "cut off";
  EXPECT_EQ(capped_text("\xF4\x90\x80\x80", 20).size(), 12u) << "above U+10FFFF";
}

TEST(Base64, IsDecoded) {
  EXPECT_EQ(from_base64("Iv/+Ig=="), "\"\xFF\xFE\"");
  EXPECT_EQ(from_base64("YWJj"), "abc");
  EXPECT_EQ(from_base64(""), "");
  EXPECT_EQ(base64_size("Iv/+Ig=="), 4u);
  EXPECT_EQ(base64_size("YWI="), 2u);
  EXPECT_EQ(base64_size(""), 0u);
}

TEST(Windows1252, IsUndoneWhereItCanHaveHappened) {
  EXPECT_EQ(undo_windows_1252("plain"), "plain");
  EXPECT_EQ(undo_windows_1252("\u00e2\u201a\u00ac"), "\u20ac");
  EXPECT_EQ(undo_windows_1252("\u00f0\u0178\u02dc\u20ac"), "\U0001F600");
  EXPECT_EQ(undo_windows_1252("\u00c3\u009d"), "\u00dd") << "a byte that it does not define";
  EXPECT_EQ(undo_windows_1252("\u00e9"), "\u00e9") << "not UTF-8 as bytes";
  EXPECT_EQ(undo_windows_1252("\u4e2d"), "\u4e2d") << "no byte at all";
}

}  // namespace
}  // namespace telltale::collector

#include "base/json_encode.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "unit/base/described_samples.hpp"

namespace telltale::base {
namespace {

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string number(double value) {
  std::string out;
  append_json_number(out, value);
  return out;
}

TEST(JsonString, EscapesQuotesBackslashesAndControlCharacters) {
  EXPECT_EQ(json_text("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json_text(std::string_view("\b\f\n\r\t\0\x1f\x7f", 8)), "\"\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\"");
}

TEST(JsonString, FindsASpecialByteAtEveryPlaceOfALongText) {
  const std::pair<std::string_view, std::string_view> specials[] = {
      {"\"", "\\\""}, {"\\", "\\\\"}, {"\x1f", "\\u001f"}, {"\x80", "\uFFFD"}, {"ä", "ä"}};
  for (const auto& [raw, escaped] : specials) {
    for (std::size_t place = 0; place <= 20; ++place) {
      const std::string before(place, '~');
      const std::string after(20 - place, ' ');
      EXPECT_EQ(json_text(before + std::string(raw) + after),
                '"' + before + std::string(escaped) + after + '"');
    }
  }
}

TEST(JsonString, KeepsValidUtf8) {
  EXPECT_EQ(json_text("ä€\U0001F600"), "\"ä€\U0001F600\"");
  EXPECT_EQ(json_text("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"),
            "\"\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF\"");
}

TEST(JsonString, ReplacesEachInvalidByteByTheReplacementCharacter) {
  EXPECT_EQ(json_text("a\x80z"), "\"a\uFFFDz\"");                  // a continuation byte alone
  EXPECT_EQ(json_text("a\xC3"), "\"a\uFFFD\"");                    // cut in the middle
  EXPECT_EQ(json_text("\xC0\xAF"), "\"\uFFFD\uFFFD\"");            // overlong
  EXPECT_EQ(json_text("\xE0\x80\x80"), "\"\uFFFD\uFFFD\uFFFD\"");  // overlong
  EXPECT_EQ(json_text("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");  // a surrogate
  EXPECT_EQ(json_text("\xF4\x90\x80\x80"),
            "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");  // above U+10FFFF
  EXPECT_EQ(json_text("\xFF\"\xFE"), "\"\uFFFD\\\"\uFFFD\"");
}

TEST(JsonNumber, IsTheShortestTextThatReadsBackEqual) {
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(82441.306127), "82441.306127");
  EXPECT_EQ(number(120), "120");
  EXPECT_EQ(number(1e300), "1e+300");
  EXPECT_EQ(std::stod(number(0.1 + 0.2)), 0.1 + 0.2);
  EXPECT_EQ(std::stod(number(std::numeric_limits<double>::min())), std::numeric_limits<double>::min());
}

TEST(JsonNumber, IsNullWhenNotFinite) {
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(JsonEncode, LeavesOutAbsentOptionalsAndInlinesFlattenedStructs) {
  samples::Everything value;
  value.position.x = 0.5;
  EXPECT_EQ(
      to_json(value, Secrets::mask),
      R"({"x":0.5,"flag":false,"small":0,"large":0,"text":"","tags":[],"extra":{},"frame":"","seq":0,"limit":10})");
}

TEST(JsonEncode, WritesSecretsOnlyWhenToldTo) {
  const Secret<std::string> secret(std::string("hunter2"));
  EXPECT_EQ(to_json(secret, Secrets::mask), R"("[redacted]")");
  EXPECT_EQ(to_json(secret, Secrets::reveal), R"("hunter2")");
}

TEST(JsonEncode, PassesRawJsonThroughAndTakesEmptyTextForNull) {
  EXPECT_EQ(to_json(RawJson{R"({"a": 1})"}, Secrets::mask), R"({"a": 1})");
  EXPECT_EQ(to_json(RawJson{}, Secrets::mask), "null");
}

TEST(JsonEncode, EscapesMemberNamesOfFreeObjects) {
  const Object<std::string> object{{{"a\"b", "c"}}};
  EXPECT_EQ(to_json(object, Secrets::mask), R"({"a\"b":"c"})");
}

TEST(DescribedEnum, TranslatesNamesBothWays) {
  EXPECT_EQ(enum_name(samples::Colour::dark_blue), "dark_blue");
  EXPECT_EQ(enum_from_name<samples::Colour>("red"), samples::Colour::red);
  EXPECT_EQ(enum_from_name<samples::Colour>("green"), std::nullopt);
}

}  // namespace
}  // namespace telltale::base

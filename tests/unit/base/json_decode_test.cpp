#include "base/json_decode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "base/json_encode.hpp"
#include "unit/base/described_samples.hpp"

namespace telltale::base {
namespace {

using samples::Everything;
using samples::Node;
using testing::ElementsAre;
using testing::HasSubstr;

// What is wrong with the complete sample once `name` has another value; a JSON pointer is not needed for top
// members.
std::vector<Violation> violations_with(const std::string& name, const nlohmann::json& value) {
  auto json = nlohmann::json::parse(samples::kEverything);
  json[name] = value;
  const auto decoded = decode_checked<Everything>(json);
  return decoded ? std::vector<Violation>{} : decoded.error();
}

template <class T>
Result<T> decode(std::string_view text) {
  return decode_json<T>(text);
}

TEST(JsonDecode, ReadsBackWhatTheEncoderWrote) {
  const auto value = decode<Everything>(samples::kEverything);
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(to_json(*value, Secrets::reveal), samples::kEverything);
}

TEST(JsonDecode, CollectsEveryViolationWithItsPath) {
  auto json = nlohmann::json::parse(samples::kEverything);
  json["flag"] = "yes";
  json["tags"][1] = 5;
  json["node"]["children"][0].erase("name");
  json.erase("frame");
  const auto value = decode_checked<Everything>(json);
  ASSERT_FALSE(value);
  EXPECT_THAT(value.error(), ElementsAre(Violation{"flag", "must be a boolean, not a string"},
                                         Violation{"tags[1]", "must be a string, not an integer"},
                                         Violation{"frame", "is required"},
                                         Violation{"node.children[0].name", "is required"}));
}

TEST(JsonDecode, TakesNullForAbsentOnlyWhereTheMemberIsOptional) {
  EXPECT_THAT(violations_with("colour", nullptr), ElementsAre());
  EXPECT_THAT(violations_with("raw", nullptr), ElementsAre());
  EXPECT_THAT(violations_with("text", nullptr), ElementsAre(Violation{"text", "must be a string, not null"}));
}

TEST(JsonDecode, KeepsTheInitialiserOfAnAbsentDefaultedMember) {
  auto json = nlohmann::json::parse(samples::kEverything);
  json.erase("limit");
  const auto value = decode_checked<Everything>(json);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->limit, 10);
}

TEST(JsonDecode, EnforcesRangesOfNumbersTextsAndLists) {
  EXPECT_THAT(violations_with("limit", 101), ElementsAre(Violation{"limit", "must be from 1 to 100"}));
  EXPECT_THAT(violations_with("text", ""), ElementsAre(Violation{"text", "length must be from 1 to 5"}));
  EXPECT_THAT(violations_with("text", "äöüßé"), ElementsAre());
  EXPECT_THAT(violations_with("tags", {"a", "b", "c", "d"}),
              ElementsAre(Violation{"tags", "number of items must be from 0 to 3"}));
}

std::string range_message(double low, double high) {
  DecodeContext context(UnknownMembers::refuse);
  check_range(low - 1, low, high, "", context);
  return context.violations().at(0).message;
}

// F20
TEST(JsonDecode, WritesBoundsAsAPersonDoes) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  EXPECT_EQ(range_message(1, 2'000'000), "must be from 1 to 2000000");
  EXPECT_EQ(range_message(-100'000, 1e9), "must be from -100000 to 1000000000");
  EXPECT_EQ(range_message(100'000, kNone), "must be at least 100000");
  EXPECT_EQ(range_message(0, 9007199254740992), "must be from 0 to 9007199254740992");
  EXPECT_EQ(range_message(0.5, 1e6 + 0.25), "must be from 0.5 to 1000000.25");
  EXPECT_EQ(range_message(0.00001, 2'592'000), "must be from 0.00001 to 2592000");
  EXPECT_EQ(range_message(0, 1e22), "must be from 0 to 10000000000000000000000");
}

TEST(JsonDecode, RefusesIntegersThatDoNotFit) {
  EXPECT_THAT(violations_with("small", 2147483648),
              ElementsAre(Violation{"small", "must be from -2147483648 to 2147483647"}));
  EXPECT_THAT(violations_with("large", -1),
              ElementsAre(Violation{"large", "must be from 0 to 9223372036854775807"}));
  EXPECT_THAT(violations_with("small", 18446744073709551615u),
              ElementsAre(Violation{"small", "must be at most 2147483647"}));
}

TEST(JsonDecode, TakesWholeNumbersForIntegersAndRefusesFractions) {
  EXPECT_THAT(violations_with("limit", 5.0), ElementsAre());
  EXPECT_THAT(violations_with("limit", 5.5),
              ElementsAre(Violation{"limit", "must be an integer, not a number"}));
  EXPECT_THAT(violations_with("x", 3), ElementsAre());
}

TEST(JsonDecode, ListsTheNamesOfAnEnum) {
  EXPECT_THAT(violations_with("colour", "green"),
              ElementsAre(Violation{"colour", "must be one of red, dark_blue"}));
}

TEST(JsonDecode, SuggestsTheNearestNameForAnUnknownMember) {
  EXPECT_THAT(violations_with("colur", "red"),
              ElementsAre(Violation{"colur", "is not known; did you mean colour?"}));
  EXPECT_THAT(violations_with("entirely", 1), ElementsAre(Violation{"entirely", "is not known"}));
  EXPECT_THAT(violations_with("legacy", 1), ElementsAre());
}

TEST(JsonDecode, SkipsUnknownMembersWhenToldTo) {
  auto json = nlohmann::json::parse(samples::kEverything);
  json["added_later"] = 1;
  json["node"]["added_later"] = 1;
  EXPECT_TRUE(decode_checked<Everything>(json, UnknownMembers::skip));
}

TEST(JsonDecode, RefusesWhatIsUnsupportedUnlessItSaysNothing) {
  for (const auto& nothing : {nlohmann::json(false), nlohmann::json(), nlohmann::json(""),
                              nlohmann::json::array(), nlohmann::json::object()}) {
    EXPECT_THAT(violations_with("proxy", nothing), ElementsAre()) << nothing;
  }
  for (const auto& something : {nlohmann::json(true), nlohmann::json(0), nlohmann::json("eu")}) {
    const auto violations = violations_with("proxy", something);
    ASSERT_EQ(violations.size(), 1u) << something;
    EXPECT_EQ(violations[0].path, "proxy");
    EXPECT_THAT(violations[0].message, HasSubstr("telltale cannot honour this"));
  }
}

TEST(JsonDecode, NeverRepeatsAValueInAMessage) {
  const auto violations = violations_with("password", {{"secret", "hunter2"}});
  EXPECT_THAT(to_string(violations), Not(HasSubstr("hunter2")));
}

TEST(JsonDecode, SaysOnceThatADocumentIsNoObject) {
  const auto value = decode<Everything>("[]");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, Errc::invalid_argument);
  EXPECT_EQ(value.error().message, "must be an object, not a list");
}

TEST(JsonDecode, NamesThePlaceOfASyntaxError) {
  const auto value = decode<Node>(R"({"name": oops})");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, Errc::invalid_argument);
  EXPECT_EQ(value.error().message, "not valid JSON at byte 10");
  EXPECT_FALSE(decode<Node>(""));
  EXPECT_FALSE(decode<Node>("{\"name\": \"\xFF\"}"));
  EXPECT_FALSE(decode<Node>(R"({"name": 1e999})"));
}

TEST(JsonDecode, RefusesDeepNestingButNotBracketsInStrings) {
  const auto deep = decode<Node>(std::string(1'000'000, '['));
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, Errc::invalid_argument);
  EXPECT_TRUE(decode<Node>(R"({"name": "\")" + std::string(1000, '[') + "\"}"));
}

TEST(JsonDecode, BoundsTheNumberOfViolations) {
  nlohmann::json json = {{"name", "n"}};
  for (int i = 0; i < 1000; ++i) json["unknown_" + std::to_string(i)] = i;
  const auto value = decode_checked<Node>(json);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().size(), kJsonViolations);
}

}  // namespace
}  // namespace telltale::base

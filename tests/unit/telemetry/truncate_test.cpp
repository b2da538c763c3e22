#include "telemetry/truncate.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace telltale::telemetry {
namespace {

using nlohmann::json;

std::string shortened(const std::string& text, std::size_t max_bytes) {
  std::string out = "head" + text;
  EXPECT_TRUE(truncate_strings(out, 4, max_bytes));
  EXPECT_EQ(out.substr(0, 4), "head");
  EXPECT_LE(out.size() - 4, max_bytes);
  return out.substr(4);
}

TEST(TruncateStrings, LeavesWhatFitsAlone) {
  const std::string text = json{{"a", std::string(100, 'x')}}.dump();
  EXPECT_EQ(shortened(text, text.size()), text);
}

TEST(TruncateStrings, CutsTheLongestFirstAndKeepsTheShape) {
  const json data{{"small", std::string(500, 's')},
                  {"list", {std::string(5000, 'l'), 7, nullptr, true}},
                  {"nested", {{"large", std::string(9000, 'n')}}}};
  const auto cut = json::parse(shortened(data.dump(), 4000));
  EXPECT_EQ(cut["small"], data["small"]);
  EXPECT_EQ(cut["list"].size(), 4u);
  EXPECT_EQ(cut["list"][1], 7);
  const auto length = [](const json& text) { return text.get_ref<const std::string&>().size(); };
  EXPECT_EQ(length(cut["list"][0]), length(cut["nested"]["large"]));
  EXPECT_TRUE(cut["nested"]["large"].get_ref<const std::string&>().ends_with("nnn...[truncated]"));
}

TEST(TruncateStrings, WastesAtMostACharacterPerString) {
  const json data{{"a", std::string(5000, 'a')}, {"b", std::string(5000, 'b')}};
  EXPECT_GE(shortened(data.dump(), 3001).size(), 2999u);
}

TEST(TruncateStrings, NeverCutsNames) {
  const json data{{std::string(3000, 'k'), std::string(3000, 'v')}};
  const auto cut = json::parse(shortened(data.dump(), 4000));
  EXPECT_TRUE(cut.contains(std::string(3000, 'k')));
  // Also where a raw value has white space before its colon.
  const auto spaced =
      shortened("{\"" + std::string(3000, 'k') + "\" \n : \"" + std::string(3000, 'v') + "\"}", 4000);
  EXPECT_TRUE(json::parse(spaced).contains(std::string(3000, 'k')));
}

TEST(TruncateStrings, TearsNeitherEscapesNorCharacters) {
  std::string wild;
  for (int i = 0; i < 400; ++i) wild += "\"\\\n\x01\u00e9\u20ac\U0001F600";
  const std::string text = json{{"wild", wild}}.dump(-1, ' ', false);
  for (std::size_t room = 200; room < 260; ++room) {
    const auto cut = json::parse(shortened(text, room))["wild"].get<std::string>();  // throws when it is torn
    EXPECT_TRUE(wild.starts_with(cut.substr(0, cut.size() - 14))) << room;
  }
}

TEST(TruncateStrings, GivesUpOnTooManySmallStrings) {
  const std::string text = json(std::vector<std::string>(1000, std::string(60, 'x'))).dump();
  std::string out = text;
  EXPECT_FALSE(truncate_strings(out, 0, 10'000));
  EXPECT_EQ(out, text);
}

}  // namespace
}  // namespace telltale::telemetry

#include "cli/action_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace telltale::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json parsed(const base::Result<std::string>& action) {
  EXPECT_TRUE(action) << action.error().message;
  return action ? json::parse(*action) : json();
}

std::string refused(std::string_view type, const std::vector<std::string>& words, const ActionOptions& options = {}) {
  const auto action = to_action(type, words, options);
  EXPECT_FALSE(action);
  return action ? std::string() : action.error().message;
}

TEST(ToAction, TakesAnIdOrASelectorFirst) {
  EXPECT_EQ(parsed(to_action("click", {"B12"}, {})), (json{{"type", "click"}, {"id", "B12"}}));
  EXPECT_EQ(parsed(to_action("click", {"#buy"}, {})), (json{{"type", "click"}, {"selector", "#buy"}}));
  EXPECT_EQ(parsed(to_action("click", {"Button"}, {})), (json{{"type", "click"}, {"selector", "Button"}}));
  EXPECT_EQ(parsed(to_action("drag", {"B1", "#bin"}, {})),
            (json{{"type", "drag"}, {"id", "B1"}, {"to_selector", "#bin"}}));
}

TEST(ToAction, NamesAFileOfThisMachineThatIsToBeSentFirst) {
  const auto folder = std::filesystem::temp_directory_path() / "telltale-action-request";
  std::filesystem::create_directory(folder);
  const auto cv = (folder / "cv.pdf").string();
  std::ofstream(cv) << "content";
  for (const auto* name : {"upload_file", "upload"}) {
    const auto action = to_action(name, {"I1", cv}, {});
    EXPECT_EQ(parsed(action), (json{{"type", "upload_file"}, {"id", "I1"}, {"file_path", cv}}));
    EXPECT_EQ(local_file_of(*action), cv);
    EXPECT_EQ(json::parse(with_file(*action, "7")), (json{{"type", "upload_file"}, {"id", "I1"}, {"file_path", "7"}}));
  }
  EXPECT_EQ(local_file_of(*to_action("upload_file", {"I1", folder.string()}, {})), "") << "a folder is no file";
  EXPECT_EQ(local_file_of(*to_action("upload_file", {"I1", cv + "x"}, {})), "") << "the server may know it";
  EXPECT_EQ(local_file_of(*to_action("fill", {"I1", cv}, {})), "");
  std::filesystem::remove_all(folder);
}

TEST(ToAction, TakesTheOtherWordsInTheirOrderAndTypes) {
  EXPECT_EQ(parsed(to_action("fill", {"I1", "Ada"}, {.press_enter = true, .timeout_ms = 5})),
            (json{{"type", "fill"}, {"id", "I1"}, {"value", "Ada"}, {"press_enter", true}, {"timeout", 5}}));
  EXPECT_EQ(parsed(to_action("check", {"B1", "off"}, {})), (json{{"type", "check"}, {"id", "B1"}, {"value", false}}));
  EXPECT_EQ(parsed(to_action("scroll_down", {}, {})), (json{{"type", "scroll_down"}}));
  EXPECT_EQ(parsed(to_action("scroll_down", {"500"}, {})), (json{{"type", "scroll_down"}, {"amount", 500}}));
}

TEST(ActionRequest, TakesAWordForAnIdByItsShape) {
  EXPECT_EQ(parsed(to_action("click", {"Z9"}, {})), (json{{"type", "click"}, {"id", "Z9"}}));
  for (const auto* selector : {"H1", "h1", "b1", "B", "B1x", "BB1", "#B1"}) {
    EXPECT_EQ(parsed(to_action("click", {selector}, {})), (json{{"type", "click"}, {"selector", selector}})) << selector;
  }
}

TEST(ToAction, SaysWhatTheActionTakes) {
  EXPECT_THAT(refused("fill", {"I1"}), HasSubstr("VALUE is missing: telltale act ID fill ELEMENT VALUE"));
  EXPECT_THAT(refused("reload", {"now"}), HasSubstr("too many words"));
  EXPECT_THAT(refused("wait", {"long"}), HasSubstr("'long' is no time_ms"));
  EXPECT_THAT(refused("fly", {}), HasSubstr("there is no action 'fly'"));
  EXPECT_THAT(refused("reload", {}, {.press_enter = true}), HasSubstr("--press-enter"));
}

TEST(ActionList, HasEveryActionWithItsWords) {
  EXPECT_THAT(action_list(), HasSubstr("fill ELEMENT VALUE"));
  EXPECT_THAT(action_list(), HasSubstr("scroll_up [AMOUNT]"));
}

}  // namespace
}  // namespace telltale::cli

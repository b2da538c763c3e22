#include "api/notte_body.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace telltale::api {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

page::ObservedNode element(std::string id, std::string kind, std::string description) {
  page::ObservedNode node;
  node.id = std::move(id);
  node.found.kind = std::move(kind);
  node.found.description = std::move(description);
  return node;
}

page::ObservedNode text(std::string content) {
  page::ObservedNode node;
  node.found.text = std::move(content);
  return node;
}

page::Observation form() {
  page::Observation observation;
  observation.page.title = "Form";
  observation.nodes = {text("Order"), element("B1", "B", "<button>Buy</button>"),
                       element("I1", "I", "<select></select>"), element("B2", "B", "<button>No</button>")};
  observation.nodes[2].found.input = "select";
  observation.nodes[2].found.options = {"S", "M"};
  return observation;
}

json parsed(const base::RawJson& value) { return json::parse(value.text); }

TEST(IsoDuration, LeavesOutWhatIsZero) {
  EXPECT_EQ(iso_duration(0ms), "PT0S");
  EXPECT_EQ(iso_duration(62'500ms), "PT1M2.5S");
  EXPECT_EQ(iso_duration(2h), "PT2H");
  EXPECT_EQ(iso_duration(1h + 1ms), "PT1H0.001S");
}

TEST(ToSpace, ListsElementsWithTheirActionsAndTheBrowsersAfterThem) {
  const auto space = to_space(form(), {});
  const auto actions = parsed(space.interaction_actions);
  ASSERT_EQ(actions.size(), 3u);
  EXPECT_EQ(actions[0]["type"], "click");
  EXPECT_EQ(actions[1]["type"], "select_dropdown_option");
  EXPECT_EQ(actions[1]["value"], "<sample_value>");
  EXPECT_EQ(parsed(space.browser_actions).size(), 13u);
  EXPECT_EQ(parsed(space.actions).size(), 16u);
  EXPECT_THAT(space.description, StartsWith("### Content of 'WebArea' component with text 'Form'\n_[:]Order\n"));
  EXPECT_THAT(space.markdown, HasSubstr("* I1: <select></select> (value: str = [S, M])\n"));
}

TEST(ToSpace, ListsAtMostTheFirstOnes) {
  EXPECT_EQ(parsed(to_space(form(), {.limit = 1, .names = true}).interaction_actions).size(), 1u);
}

TEST(ToSpace, DescribesOnlyADialogThatCanBeActedOn) {
  auto observation = form();
  observation.dialogs = {{"dialog", "Sure?"}};
  observation.nodes[3].found.dialog = 0;
  const auto space = to_space(observation, {});
  EXPECT_EQ(space.description, "### Content of 'dialog' component with text 'Sure?'\nB2[:]<button>No</button>\n");
  EXPECT_EQ(parsed(space.interaction_actions).size(), 3u) << "what is behind it can still be acted on";
}

TEST(EmptySpace, SaysWhy) {
  const auto space = empty_space("no model", true);
  EXPECT_EQ(space.description, "no model");
  EXPECT_TRUE(parsed(space.interaction_actions).empty());
  EXPECT_EQ(parsed(space.browser_actions).size(), 15u);
}

}  // namespace
}  // namespace telltale::api

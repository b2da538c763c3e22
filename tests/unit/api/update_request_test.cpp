#include "api/update_request.hpp"

#include <gtest/gtest.h>

namespace telltale::api {
namespace {

session::SessionUpdate accepted(std::string_view body) {
  auto update = parse_update_request(body);
  EXPECT_TRUE(update) << body << ": " << base::to_string(update.error());
  return update.value_or(session::SessionUpdate{});
}

// Everything that is wrong, as one line.
std::string refused(std::string_view body) {
  const auto update = parse_update_request(body);
  EXPECT_FALSE(update) << body;
  return update ? "" : base::to_string(update.error());
}

TEST(UpdateRequest, ChangesNothingWhenItSaysNothing) {
  for (const auto* body : {"", "{}",
                           R"({"name":null,"tags":null,"viewport":null,"telemetry":null,)"
                           R"("disable_default_proxy":null,"profile":null,"proxy_id":null})"}) {
    const auto update = accepted(body);
    EXPECT_FALSE(update.name || update.tags || update.viewport || update.telemetry) << body;
  }
}

TEST(UpdateRequest, TakesEveryField) {
  const auto update = accepted(R"({"name":"shop","tags":{"team":"web"},)"
                               R"("viewport":{"width":800,"height":600,"force":true},)"
                               R"("telemetry":{"browser":{"page":{"enabled":true}}}})");
  EXPECT_EQ(update.name, "shop");
  EXPECT_EQ(update.tags->members.front(), std::pair(std::string("team"), std::string("web")));
  EXPECT_EQ(update.viewport->width, 800);
  EXPECT_EQ(update.viewport->height, 600);
  EXPECT_EQ(update.telemetry->browser->page->enabled, true);
}

TEST(UpdateRequest, TellsTakenAwayFromUnchanged) {
  const auto update = accepted(R"({"name":"","tags":{}})");
  EXPECT_EQ(update.name, "");
  ASSERT_TRUE(update.tags);
  EXPECT_TRUE(update.tags->members.empty());
}

TEST(UpdateRequest, NamesWhatIsWrong) {
  EXPECT_TRUE(refused(R"({"name":"Not allowed"})").starts_with("name: "));
  EXPECT_TRUE(refused(R"({"name":")" + std::string(64, 'a') + "\"}").starts_with("name: "));
  EXPECT_TRUE(refused(R"({"tags":{"":"x"}})").starts_with("tags: "));
  EXPECT_TRUE(refused(R"({"viewport":{"width":800}})").starts_with("viewport.height: "));
  EXPECT_TRUE(refused(R"({"viewport":{"width":0,"height":1}})").starts_with("viewport.width: "));
  EXPECT_TRUE(refused(R"({"telemetry":{"enabled":false,"browser":{}}})").starts_with("telemetry: "));
  EXPECT_TRUE(
      refused(R"({"telemetry":{"browser":{"monitor":{}}}})").starts_with("telemetry.browser.monitor: "));
  EXPECT_TRUE(refused(R"({"timeout_seconds":60})").starts_with("timeout_seconds: "));
  EXPECT_TRUE(refused(R"({"start_url":"http://a/"})").starts_with("start_url: "));
  EXPECT_TRUE(refused(R"({"name":)").contains("byte"));
}

}  // namespace
}  // namespace telltale::api

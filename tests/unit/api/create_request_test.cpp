#include "api/create_request.hpp"

#include <gtest/gtest.h>

namespace telltale::api {
namespace {

using namespace std::chrono_literals;
using telemetry::Category;

session::SessionSpec accepted(std::string_view body) {
  auto spec = parse_create_request(body, false);
  EXPECT_TRUE(spec) << body << ": " << base::to_string(spec.error());
  return spec.value_or(session::SessionSpec{});
}

// The path of the only thing that is wrong.
std::string refused(std::string_view body) {
  const auto spec = parse_create_request(body, false);
  EXPECT_FALSE(spec) << body;
  if (spec) return {};
  EXPECT_EQ(spec.error().size(), 1u) << base::to_string(spec.error());
  return spec.error().front().path;
}

TEST(CreateRequest, HasDefaultsForEverything) {
  for (const auto* body : {"", "{}"}) {
    const auto spec = accepted(body);
    EXPECT_TRUE(spec.headless);
    EXPECT_EQ(spec.idle_timeout, 60s);
    EXPECT_FALSE(spec.viewport);
    EXPECT_TRUE(spec.categories.empty());
    EXPECT_EQ(spec.name + spec.start_url + spec.attach_url, "");
  }
}

TEST(CreateRequest, TakesEveryField) {
  const auto spec =
      accepted(R"({"start_url":"https://example.com","headless":true,"viewport":{"width":800,"height":600},
    "timeout_seconds":600,"name":"check-out","tags":{"team":"web"},"telemetry":{"browser":{"console":{"enabled":true}}}})");
  EXPECT_EQ(spec.start_url, "https://example.com");
  EXPECT_EQ(spec.viewport->width, 800);
  EXPECT_EQ(spec.viewport->height, 600);
  EXPECT_EQ(spec.idle_timeout, 600s);
  EXPECT_EQ(spec.name, "check-out");
  EXPECT_EQ(spec.tags.members.front(), std::pair(std::string("team"), std::string("web")));
  EXPECT_TRUE(spec.categories.contains(Category::console));
  EXPECT_TRUE(spec.categories.contains(Category::control));
}

TEST(CreateRequest, TakesEmptyFormsOfWhatItCannotHonour) {
  accepted(R"({"stealth":false,"proxy_id":"","extensions":[],"chrome_policy":{},"profile":null,"gpu":false,
    "kiosk_mode":null,"invocation_id":null,"name":"","start_url":"","cdp_url":"","viewport":null,"telemetry":{}})");
}

TEST(CreateRequest, TakesAFixedRangeOfScreenshotIntervals) {
  EXPECT_FALSE(accepted("{}").screenshot_interval);
  EXPECT_EQ(accepted(R"({"screenshot_interval_seconds":2})").screenshot_interval, 2s);
  EXPECT_EQ(accepted(R"({"screenshot_interval_seconds":3600})").screenshot_interval, 3600s);
  for (const auto* value : {"0", "1", "3601", "2.5", "\"10\""}) {
    EXPECT_EQ(refused(R"({"screenshot_interval_seconds":)" + std::string(value) + "}"),
              "screenshot_interval_seconds")
        << value;
  }
}

TEST(CreateRequest, NamesUnknownFieldsAndTheOneThatWasMeant) {
  const auto spec = parse_create_request(R"({"timeout_second":60})", false);
  ASSERT_FALSE(spec);
  EXPECT_EQ(base::to_string(spec.error()), "timeout_second: is not known; did you mean timeout_seconds?");
}

TEST(CreateRequest, SaysWhereTheJsonIsBroken) {
  const auto spec = parse_create_request(R"({"name":)", false);
  ASSERT_FALSE(spec);
  EXPECT_TRUE(spec.error().front().message.contains("byte 9"));
  EXPECT_EQ(refused("[]"), "");
}

TEST(CreateRequest, TakesAFixedRangeOfTimeouts) {
  EXPECT_EQ(accepted(R"({"timeout_seconds":10})").idle_timeout, 10s);
  EXPECT_EQ(accepted(R"({"timeout_seconds":259200})").idle_timeout, 259200s);
  EXPECT_EQ(accepted(R"({"timeout_seconds":0})").idle_timeout, std::nullopt);
  for (const auto* value : {"9", "-1", "259201", "\"60\"", "1.5"}) {
    EXPECT_EQ(refused(R"({"timeout_seconds":)" + std::string(value) + "}"), "timeout_seconds") << value;
  }
}

TEST(CreateRequest, TakesOnlySchemesThatAreSafeToOpen) {
  for (const auto* url : {"http://a", "HTTPS://example.com/?q=a|b", "about:blank", "data:text/html,<p>hi"}) {
    EXPECT_EQ(accepted(R"({"start_url":")" + std::string(url) + "\"}").start_url, url);
  }
  for (const auto* url : {"file:///etc/passwd", "javascript:alert(1)", "chrome://settings", "about:gpu",
                          "example.com", "http:", "https://", "data:", "http://a\\nb"}) {
    EXPECT_EQ(refused(R"({"start_url":")" + std::string(url) + "\"}"), "start_url") << url;
  }
}

TEST(CreateRequest, TakesHttpAndWebSocketUrlsToAttachTo) {
  EXPECT_EQ(accepted(R"({"cdp_url":"http://127.0.0.1:9222"})").attach_url, "http://127.0.0.1:9222");
  EXPECT_EQ(accepted(R"({"cdp_url":"ws://h:1/devtools/browser/x"})").attach_url,
            "ws://h:1/devtools/browser/x");
  EXPECT_EQ(refused(R"({"cdp_url":"wss://h:1/"})"), "cdp_url");
  EXPECT_EQ(refused(R"({"cdp_url":"9222"})"), "cdp_url");
}

TEST(CreateRequest, ChecksTheFormOfNames) {
  for (const auto* name : {"Upper", "-first", "under_score", "a b"}) {
    EXPECT_EQ(refused(R"({"name":")" + std::string(name) + "\"}"), "name") << name;
  }
  EXPECT_EQ(refused(R"({"name":")" + std::string(64, 'a') + "\"}"), "name");
  EXPECT_EQ(accepted(R"({"name":")" + std::string(63, 'a') + "\"}").name.size(), 63u);
}

TEST(CreateRequest, BoundsTags) {
  EXPECT_EQ(refused(R"({"tags":{"":"x"}})"), "tags");
  EXPECT_EQ(refused(R"({"tags":{"k":")" + std::string(257, 'v') + R"("}})"), "tags.k");
  EXPECT_EQ(refused(R"({"tags":{"k":1}})"), "tags.k");
  std::string many;
  for (int i = 0; i < 51; ++i) many += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":\"v\"";
  EXPECT_EQ(refused(R"({"tags":{)" + many + "}}"), "tags");
}

TEST(CreateRequest, NeedsADisplayForAWindow) {
  EXPECT_EQ(refused(R"({"headless":false})"), "headless");
  const auto spec = parse_create_request(R"({"headless":false})", true);
  ASSERT_TRUE(spec);
  EXPECT_FALSE(spec->headless);
  EXPECT_EQ(refused(R"({"headless":false,"cdp_url":"http://127.0.0.1:9222"})"), "headless");
}

TEST(CreateRequest, RefusesTelemetryThatIsOffAndSelectsCategories) {
  EXPECT_EQ(refused(R"({"telemetry":{"enabled":false,"browser":{}}})"), "");
}

TEST(CreateRequest, ReportsEveryProblemAtOnce) {
  const auto spec = parse_create_request(R"({"name":"A","start_url":"ftp://x","timeout_seconds":5})", false);
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error().size(), 3u);
}

}  // namespace
}  // namespace telltale::api

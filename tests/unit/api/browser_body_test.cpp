#include "api/browser_body.hpp"

#include <gtest/gtest.h>

#include "base/json_encode.hpp"
#include "support/manual_clock.hpp"

namespace telltale::api {
namespace {

constexpr std::string_view kServer = "http://127.0.0.1:8090";

using namespace std::chrono_literals;

std::string json_of(const session::SessionInfo& info, base::Time now) {
  return base::to_json(to_body(info, now, kServer), base::Secrets::mask);
}

TEST(BrowserBody, HasEveryFieldThatClientsRequire) {
  testing::ManualClock clock;
  session::SessionInfo info;
  info.id = base::SessionId("6f1c");
  info.spec.idle_timeout = 60s;
  info.created_at = clock.now();
  clock.advance(1500ms);
  EXPECT_EQ(
      json_of(info, clock.now()),
      R"({"session_id":"6f1c","cdp_ws_url":"","webdriver_ws_url":"","created_at":"2027-01-15T08:00:00.000Z",)"
      R"("headless":true,"stealth":false,"kiosk_mode":false,"gpu":false,"timeout_seconds":60,"tags":{},)"
      R"("telemetry":null,"usage":{"uptime_ms":1500},"status":"starting","redact":"default"})");
}

TEST(BrowserBody, ShowsWhatWasAskedForAndWhatBecameOfIt) {
  testing::ManualClock clock;
  session::SessionInfo info;
  info.id = base::SessionId("6f1c");
  info.state = session::SessionState::failed;
  info.error = "the browser exited";
  info.cdp_endpoint = "ws://127.0.0.1:1/devtools/browser/x";
  info.cdp_token = "secret";
  info.browser_pid = 77;
  info.spec.name = "shop";
  info.spec.tags.members = {{"team", "web"}};
  info.spec.viewport = {.width = 800, .height = 600};
  info.spec.start_url = "about:blank";
  info.spec.attach_url = "http://127.0.0.1:1";
  info.spec.categories.insert(telemetry::Category::console);
  info.created_at = clock.now();
  clock.advance(250ms);
  info.ended_at = clock.now();
  clock.advance(1h);
  const auto body = to_body(info, clock.now(), kServer);
  EXPECT_EQ(body.deleted_at, "2027-01-15T08:00:00.250Z");
  EXPECT_EQ(body.usage.uptime_ms, 250);
  EXPECT_EQ(body.timeout_seconds, 0);
  EXPECT_EQ(body.viewport->width, 800);
  EXPECT_EQ(body.cdp_ws_url, "ws://127.0.0.1:8090/browsers/6f1c/cdp?token=secret") << "not the browser's own";
  EXPECT_EQ(body.cdp_url, "http://127.0.0.1:1");
  EXPECT_EQ(body.browser_pid, 77);
  EXPECT_EQ(body.error, "the browser exited");
  const auto json = json_of(info, clock.now());
  EXPECT_TRUE(
      json.contains(R"("telemetry":{"browser":{"console":{"enabled":true},"network":{"enabled":false})"));
  EXPECT_TRUE(json.contains(R"("tags":{"team":"web"})"));
  EXPECT_TRUE(json.contains(R"("status":"failed")"));
  EXPECT_FALSE(json.contains("base_url"));
}

}  // namespace
}  // namespace telltale::api

// What the browser itself says about a page (Log.entryAdded), and what Chromium repeats from before the
// attach.

#include "browser_test.hpp"
#include "support/running_browser.hpp"

namespace telltale::e2e {
namespace {

class BrowserLog : public BrowserTest {
 protected:
  json wait_for_text(const std::string& type, const std::string& part) {
    return events->wait_for_any(type + " with '" + part + "'", [&](const json& envelope) {
      return envelope.at("event").at("type") == type &&
             data_of(envelope).value("text", "").find(part) != std::string::npos;
    });
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, BrowserLog, kBrowsers, browser_name);

constexpr const char* kEntryAdded = "Log.entryAdded";

// A document whose own policy forbids its inline style.
constexpr std::string_view kForbidden =
    "<!doctype html><meta http-equiv=Content-Security-Policy content=\"style-src 'none'\">"
    "<link rel=icon href='data:,'><style>p { color: red }</style><p>text</p>";

TEST_P(BrowserLog, ReportsWhatAPolicyForbids) {
  site.add("/", "text/html", std::string(kForbidden));
  open("/");
  const auto navigation = navigation_to("/");
  const auto error = wait_for_text("console_error", "Content Security Policy");
  expect_cdp_event(error, "console", kEntryAdded);
  expect_context(error, navigation, nav_seq_of(navigation));
  EXPECT_EQ(data_of(error).at("level"), "error");
  EXPECT_EQ(data_of(error).at("log_source"), "security");
  EXPECT_EQ(data_of(error).at("source_url"), site.url("/"));
  EXPECT_TRUE(data_of(error).at("line").is_number());
  EXPECT_FALSE(data_of(error).contains("before_attach"));
}

TEST_P(BrowserLog, ReportsARefusedOriginOnceBesideItsFailedRequest) {
  site.add("/data", "text/plain", "some data");
  site.add_page("/", "<script>fetch('" + site.cross_site_url("/data") +
                         "').catch(() => console.log('refused'))</script>");
  open("/");
  events->wait_for("network_loading_failed", {{"url", site.cross_site_url("/data")}});
  const auto error = wait_for_text("console_error", "blocked by CORS policy");
  expect_cdp_event(error, "console", kEntryAdded);
  EXPECT_EQ(data_of(error).at("log_source"), "javascript");
  events->wait_for("console_log", {{"text", "refused"}});
  // "Failed to load resource: net::ERR_FAILED" says nothing more.
  EXPECT_EQ(events->all("console_error").size(), 1u);
}

TEST_P(BrowserLog, LeavesAMissingResourceToTheNetworkCategory) {
  site.add_page("/", "<script>fetch('/missing').then(() => console.log('answered'))</script>");
  open("/");
  events->wait_for("network_response", {{"url", site.url("/missing")}, {"status", 404}});
  events->wait_for("console_log", {{"text", "answered"}});
  EXPECT_TRUE(events->all("console_error").empty());
}

TEST_P(BrowserLog, ReportsAMissingResourceWhenTheNetworkIsNotCaptured) {
  site.add_page("/", "<script>fetch('/missing')</script>");
  open("/", capture({"console"}));
  const auto error = wait_for_text("console_error", "404");
  expect_cdp_event(error, "console", kEntryAdded);
  EXPECT_EQ(data_of(error).at("log_source"), "network");
  EXPECT_EQ(data_of(error).at("source_url"), site.url("/missing"));
}

TEST_P(BrowserLog, MarksWhatHappenedBeforeTheAttach) {
  site.add("/", "text/html",
           std::string(kForbidden) +
               "<script>console.log('early'); setTimeout(() => { throw new Error('early too') })</script>");
  testing::RunningBrowser browser(GetParam());
  CdpDriver user(browser.websocket_url());
  const auto page = user.open_page(site.url("/"));
  user.evaluate(page, "new Promise((done) => setTimeout(done))");  // the exception is out
  session = server.create(
      {{"cdp_url", browser.websocket_url()}, {"telemetry", capture_page()}, {"timeout_seconds", 0}});
  events.emplace(server, session.at("session_id").get<std::string>());
  EXPECT_EQ(data_of(events->wait_for("console_log", {{"text", "early"}})).at("before_attach"), true);
  EXPECT_EQ(data_of(wait_for_text("console_error", "early too")).at("before_attach"), true);
  EXPECT_EQ(data_of(wait_for_text("console_error", "Content Security Policy")).at("before_attach"), true);
  user.evaluate(page, "console.log('late'); setTimeout(() => { throw new Error('late too') }); 0");
  EXPECT_FALSE(data_of(events->wait_for("console_log", {{"text", "late"}})).contains("before_attach"));
  EXPECT_FALSE(data_of(wait_for_text("console_error", "late too")).contains("before_attach"));
}

}  // namespace
}  // namespace telltale::e2e

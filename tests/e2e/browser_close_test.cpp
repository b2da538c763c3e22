// A client that closes the browser of a session, as Puppeteer's browser.close() does, and a browser that ends by itself.

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

class BrowserClose : public BrowserTest {
 protected:
  void SetUp() override {
    site.add_page("/", "<p>hello</p>");
    open("/", {{"browser", {{"console", {{"enabled", true}}}, {"page", {{"enabled", true}}}}}});
    events->wait_for("page_load", {{"url", site.url("/")}});
  }
  [[nodiscard]] json state() {
    const auto id = session.at("session_id").get<std::string>();
    return server.get("/sessions/" + id).body;
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, BrowserClose, kBrowsers, browser_name);

// F9
TEST_P(BrowserClose, EndsTheSessionInOrderWhenAClientAsksForIt) {
  CdpDriver client(session.at("cdp_ws_url"));
  client.call("Browser.getVersion");
  client.post("Browser.close", {});  // the browser may be gone before its answer is there
  EXPECT_TRUE(events->wait_end());
  for (const char* type : {"service_crashed", "monitor_reconnect_failed", "monitor_disconnected"}) {
    EXPECT_TRUE(events->all(type).empty()) << type;
  }
  EXPECT_EQ(state().value("status", ""), "closed") << state().dump();
}

TEST_P(BrowserClose, IsACrashWhenNobodyAskedTelltaleForIt) {
  driver().post("Browser.close", {});  // past telltale, on the browser's own port
  EXPECT_TRUE(events->wait_end());
  EXPECT_EQ(events->all("service_crashed").size(), 1u);
  EXPECT_EQ(events->all("monitor_reconnect_failed").size(), 1u);
  EXPECT_EQ(state().value("status", ""), "error") << state().dump();
}

}  // namespace
}  // namespace telltale::e2e

// Recording a browser that was there before telltale and stays after it.

#include <signal.h>

#include "browser_test.hpp"
#include "support/refusing_proxy.hpp"
#include "support/running_browser.hpp"

namespace telltale::e2e {
namespace {

using testing::RunningBrowser;

class Attach : public ::testing::TestWithParam<const char*> {
 protected:
  Attach() {
    site.add_page(
        "/", "<button id=save>Save</button><script>console.log('hello from ' + location.pathname)</script>");
    site.add_page("/new", "<script>console.log('hello from ' + location.pathname)</script>");
  }
  TestSite site;
};
INSTANTIATE_TEST_SUITE_P(Browsers, Attach, kBrowsers, browser_name);

TEST_P(Attach, RecordsThePagesThatAreOpenAlready) {
  RunningBrowser browser(GetParam());
  CdpDriver user(browser.websocket_url());
  const auto page = user.open_page(site.url("/"));
  TelltaleProcess server(telltale_binary(), {"--attach", browser.http_url()});
  EventStream events(server, "attached");
  const auto tab = events.wait_for("page_tab_opened", {{"url", site.url("/")}});
  expect_cdp_event(tab, "page", "Target.attachedToTarget");
  EXPECT_EQ(data_of(tab).at("title"), "Test page");

  // The injected script reaches documents that were loaded before it.
  user.click_on(page, "document.querySelector('#save')");
  const auto click = events.wait_for("interaction_click");
  expect_cdp_event(click, "interaction", "Runtime.bindingCalled");
  EXPECT_EQ(data_of(click).at("selector"), "#save");
  EXPECT_EQ(data_of(click).at("url"), site.url("/"));
  EXPECT_EQ(data_of(click).at("nav_seq"), 0);
  EXPECT_EQ(data_of(click).at("target_id"), data_of(tab).at("target_id"));
  user.evaluate(page, "console.log('said later'); fetch('/new').then((r) => r.text()).then(() => 0)");
  EXPECT_EQ(data_of(events.wait_for("console_log", {{"text", "said later"}})).at("url"), site.url("/"));
  events.wait_for("network_response", {{"url", site.url("/new")}});

  user.evaluate(page, "void (location.href = '/new')");
  const auto navigation = events.wait_for("page_navigation", {{"url", site.url("/new")}});
  expect_context(events.wait_for("page_load", {{"url", site.url("/new")}}), navigation, 1);
  EXPECT_EQ(testing::gap_in(events.all()), "");
}

TEST_P(Attach, RecordsPagesThatOthersOpen) {
  RunningBrowser browser(GetParam());
  TelltaleProcess server(telltale_binary());
  const auto session = server.create({{"cdp_url", browser.websocket_url()}, {"telemetry", capture_page()}});
  EXPECT_EQ(session.at("cdp_url"), browser.websocket_url());
  EXPECT_FALSE(session.contains("browser_pid"));
  EventStream events(server, session.at("session_id").get<std::string>());
  CdpDriver user(browser.websocket_url());
  // At once, without waiting for telltale to be ready for it.
  const auto target = user.call("Target.createTarget", {{"url", "about:blank"}}).at("targetId");
  const auto page =
      user.call("Target.attachToTarget", {{"targetId", target}, {"flatten", true}}).at("sessionId");
  user.call("Page.navigate", {{"url", site.url("/new")}}, page);
  expect_cdp_event(events.wait_for("page_tab_opened", {{"target_id", target}}), "page",
                   "Target.attachedToTarget");
  const auto log = events.wait_for("console_log", {{"text", "hello from /new"}});
  expect_context(log, events.wait_for("page_navigation", {{"url", site.url("/new")}}),
                 data_of(log).at("nav_seq").get<std::int64_t>());
  events.wait_for("network_response", {{"url", site.url("/new")}});
  events.wait_for("page_load", {{"url", site.url("/new")}});
}

TEST_P(Attach, LeavesTheBrowserRunningAtTheEnd) {
  RunningBrowser browser(GetParam());
  CdpDriver user(browser.websocket_url());
  const auto page = user.open_page(site.url("/"));
  {
    TelltaleProcess server(telltale_binary(), {"--attach", browser.http_url()});
    const auto session = server.create({{"cdp_url", browser.http_url()}, {"telemetry", capture_page()}});
    EXPECT_EQ(server.remove("/browsers/" + session.at("session_id").get<std::string>()).status, 204u);
    EXPECT_EQ(user.evaluate(page, "document.title"), "Test page");
    server.process().signal(SIGTERM);
    EXPECT_EQ(server.process().wait_exit(), 0);
  }
  EXPECT_TRUE(browser.runs());
  EXPECT_EQ(user.evaluate(page, "document.title"), "Test page");
}

TEST_P(Attach, ReconnectsWhenTheBrowserIsReplaced) {
  // Stands for the DevTools address, so that another browser can appear behind it without a fight for a port.
  const auto point_to = [&](const RunningBrowser& browser) {
    site.add("/json/version", "application/json",
             json{{"webSocketDebuggerUrl", browser.websocket_url()}}.dump());
  };
  auto first = std::make_unique<RunningBrowser>(GetParam());
  point_to(*first);
  TelltaleProcess server(telltale_binary(), {"--attach", site.url()});
  EventStream events(server, "attached");
  EXPECT_EQ(server.get("/browsers/attached").body.at("status"), "ready");
  first->kill();
  const auto lost = events.wait_for("monitor_disconnected");
  EXPECT_EQ(lost.at("event").at("category"), "monitor");
  EXPECT_EQ(lost.at("event").at("source"), json({{"kind", "local_process"}}));
  EXPECT_EQ(data_of(lost), json({{"reason", "connection_lost"}}));
  EXPECT_TRUE(testing::eventually(
      [&] { return server.get("/browsers/attached").body.at("status") == "reconnecting"; }));

  RunningBrowser second(GetParam());
  point_to(second);
  const auto back = events.wait_for("monitor_reconnected");
  EXPECT_GT(data_of(back).at("reconnect_duration_ms"), 0);
  EXPECT_EQ(server.get("/browsers/attached").body.at("status"), "ready");
  CdpDriver user(second.websocket_url());
  user.open_page(site.url("/"));
  events.wait_for("console_log", {{"text", "hello from /"}}, back.at("seq"));
  EXPECT_EQ(testing::gap_in(events.all()), "");
}

TEST_P(Attach, ReportsABrowserThatRefusesToBeObserved) {
  RunningBrowser browser(GetParam());
  testing::RefusingProxy proxy(browser.websocket_url());
  TelltaleProcess server(telltale_binary(), {"--attach", proxy.websocket_url()});
  EventStream events(server, "attached");
  const auto failed = events.wait_for("monitor_init_failed");
  EXPECT_EQ(failed.at("event").at("category"), "monitor");
  EXPECT_EQ(failed.at("event").at("source"), json({{"kind", "local_process"}}));
  EXPECT_EQ(data_of(failed), json({{"step", "Target.setAutoAttach"}}));
  // It tries again, and the browser lets it.
  CdpDriver user(browser.websocket_url());
  EXPECT_TRUE(
      testing::eventually([&] { return server.get("/browsers/attached").body.at("status") == "ready"; }));
  user.open_page(site.url("/"));
  events.wait_for("console_log", {{"text", "hello from /"}});
  EXPECT_EQ(testing::gap_in(events.all()), "");
}

TEST(AttachedDialog, IsLeftToItsUserForAWhileAndThenDismissed) {
  TestSite site;
  site.add_page("/", "<p>asks</p>");
  RunningBrowser browser("chromium-headless-shell");
  CdpDriver user(browser.websocket_url());
  const auto page = user.open_page(site.url("/"));
  TelltaleProcess server(telltale_binary(), {"--attach", browser.http_url()});
  const auto asked = std::chrono::steady_clock::now();
  EXPECT_EQ(user.evaluate(page, "confirm('sure?')"), false);
  EXPECT_GE(std::chrono::steady_clock::now() - asked, std::chrono::seconds(4));
}

}  // namespace
}  // namespace telltale::e2e

// The page category: tabs, navigations, load milestones, paint and layout; and that pages keep running while
// recorded.

#include <cmath>

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

class Page : public BrowserTest {};
INSTANTIATE_TEST_SUITE_P(Browsers, Page, kBrowsers, browser_name);

TEST_P(Page, ReportsTheMilestonesOfANavigationInOrder) {
  site.add_page("/", "<p>hello</p>");
  open("/");
  const auto load = events->wait_for("page_load", {{"url", site.url("/")}});
  const auto navigation = navigation_to("/");
  expect_cdp_event(navigation, "page", "Page.frameNavigated");
  EXPECT_EQ(data_of(navigation).at("target_type"), "page");
  EXPECT_FALSE(data_of(navigation).contains("parent_frame_id"));
  EXPECT_FALSE(data_of(navigation).contains("nav_seq"));
  EXPECT_FALSE(data_of(navigation).at("loader_id").get<std::string>().empty());
  EXPECT_EQ(data_of(navigation).at("frame_id"), data_of(navigation).at("target_id"));

  const auto parsed = events->wait_for("page_dom_content_loaded", {{"url", site.url("/")}});
  expect_cdp_event(parsed, "page", "Page.domContentEventFired");
  expect_context(parsed, navigation, nav_seq_of(navigation));
  expect_cdp_event(load, "page", "Page.loadEventFired");
  expect_context(load, navigation, nav_seq_of(navigation));
  EXPECT_LE(data_of(parsed).at("cdp_timestamp").get<double>(),
            data_of(load).at("cdp_timestamp").get<double>());
  EXPECT_GT(data_of(parsed).at("cdp_timestamp").get<double>(), 0);

  const auto tab = events->wait_for("page_tab_opened");
  expect_cdp_event(tab, "page", "Target.attachedToTarget");
  EXPECT_EQ(data_of(tab).at("target_id"), data_of(navigation).at("target_id"));
  // Chromium announces a new tab before it has a URL, or with the first one.
  EXPECT_TRUE(data_of(tab).at("url") == "" || data_of(tab).at("url") == "about:blank") << tab.dump();
  EXPECT_FALSE(data_of(tab).contains("opener_id"));
  EXPECT_LT(tab.at("seq"), navigation.at("seq"));
  EXPECT_LT(navigation.at("seq"), parsed.at("seq"));
  EXPECT_LT(parsed.at("seq"), load.at("seq"));
}

TEST_P(Page, CountsTopLevelNavigationsAndNoOthers) {
  site.add_page("/frame", "<p>a frame</p>");
  site.add_page("/first", "<iframe src=/frame></iframe>");
  site.add_page("/second", "<script>console.log('at the second')</script>");
  open("/first");
  const auto load = events->wait_for("page_load", {{"url", site.url("/first")}});
  driver().evaluate(driver().attach(site.url("/first")), "void (location = '/second')");
  const auto second = navigation_to("/second");
  const auto first = navigation_to("/first");
  EXPECT_EQ(nav_seq_of(second), nav_seq_of(first) + 1);
  expect_context(events->wait_for("console_log", {{"text", "at the second"}}), second, nav_seq_of(second));
  expect_context(load, first, nav_seq_of(first));
}

TEST_P(Page, KeepsItsNavigationWhenAnAppChangesItsRoute) {
  site.add_page("/app", R"(<script>
history.pushState({}, '', '/app/settings');
location.hash = 'section';
history.replaceState({}, '', '/app/profile');
onload = () => fetch('/data').then((r) => r.text()).then(() => console.log('at ' + location.pathname));
</script>)");
  site.add("/data", "text/plain", "some data");
  open("/app");
  const auto navigation = navigation_to("/app");
  const auto log = events->wait_for("console_log", {{"text", "at /app/profile"}});
  EXPECT_EQ(data_of(log).at("nav_seq"), nav_seq_of(navigation));
  EXPECT_EQ(data_of(log).at("loader_id"), data_of(navigation).at("loader_id"));
  const auto request = events->wait_for("network_request", {{"url", site.url("/data")}});
  EXPECT_EQ(data_of(request).at("nav_seq"), nav_seq_of(navigation));
  EXPECT_EQ(events->all("page_load").back().at("event").at("data").at("nav_seq"), nav_seq_of(navigation));
}

TEST_P(Page, ReportsAPopupAndWhoOpenedIt) {
  site.add_page("/popup", "<script>console.log('from the popup')</script>");
  site.add_page("/", "<button id=open onclick=\"window.open('/popup')\">open it</button>");
  open("/");
  const auto opener = navigation_to("/");
  events->wait_for("page_load");
  driver().click_on(driver().attach(site.url("/")), "document.querySelector('#open')");

  const auto log = events->wait_for("console_log", {{"text", "from the popup"}});
  const auto tab = events->wait_for("page_tab_opened", {{"opener_id", data_of(opener).at("target_id")}});
  expect_cdp_event(tab, "page", "Target.attachedToTarget");
  EXPECT_EQ(data_of(tab).at("target_type"), "page");
  EXPECT_EQ(data_of(tab).at("target_id"), data_of(log).at("target_id"));
  const auto navigation = navigation_to("/popup");
  expect_context(log, navigation, nav_seq_of(navigation));
  EXPECT_EQ(data_of(events->wait_for("network_request", {{"url", site.url("/popup")}})).at("resource_type"),
            "Document");
  EXPECT_EQ(events->all("page_tab_opened").size(), 2u);
}

TEST_P(Page, GoesOnAfterDialogsBecauseTheyAreDismissed) {
  site.add_page("/", R"(<script>
alert('hello');
console.log('confirm:', confirm('sure?'));
console.log('prompt:', prompt('your name?'));
</script>)");
  open("/");
  events->wait_for("page_load", {{"url", site.url("/")}});
  EXPECT_EQ(data_of(events->wait_for("console_log", {{"text", "confirm:"}})).at("args"),
            json({"confirm:", "false"}));
  EXPECT_EQ(data_of(events->wait_for("console_log", {{"text", "prompt:"}})).at("args"),
            json({"prompt:", "null"}));
}

TEST_P(Page, LeavesAPageThatAsksWhetherToStay) {
  site.add_page("/stay", R"(<button id=touch>touch</button>
<script>onbeforeunload = (event) => { event.preventDefault(); return 'stay'; }</script>)");
  site.add_page("/next", "<p>left</p>");
  open("/stay");
  events->wait_for("page_load", {{"url", site.url("/stay")}});
  const auto page = driver().attach(site.url("/stay"));
  // Without an interaction Chromium would not ask.
  driver().click_on(page, "document.querySelector('#touch')");
  events->wait_for("interaction_click");
  driver().evaluate(page, "void (location = '/next')");
  events->wait_for("page_load", {{"url", site.url("/next")}});
}

// What the page itself reports through the Performance API, once it has an entry of that type.
constexpr const char* kEntries = R"(new Promise((resolve) => new PerformanceObserver((list) =>
  resolve(list.getEntries().map((e) => ({time: e.startTime, value: e.value, size: e.size, id: e.id}))))
    .observe({type: 'TYPE', buffered: true})))";

std::string entries_of(std::string type) {
  std::string script = kEntries;
  return script.replace(script.find("TYPE"), 4, type);
}

TEST_P(Page, ReportsTheLargestContentfulPaintInMillisecondsOfThePage) {
  site.add_page("/", "<h1 id=headline>The largest text of this page</h1><p>small</p>");
  open("/");
  const auto navigation = navigation_to("/");
  const auto event = events->wait_for("page_lcp", {{"lcp_details", {{"element_id", "headline"}}}});
  expect_cdp_event(event, "page", "PerformanceTimeline.timelineEventAdded");
  expect_context(event, navigation, nav_seq_of(navigation));
  EXPECT_EQ(data_of(event).at("source_frame_id"), data_of(navigation).at("frame_id"));

  const auto entries =
      driver().evaluate(driver().attach(site.url("/")), entries_of("largest-contentful-paint"));
  ASSERT_EQ(entries.size(), 1u);
  const auto details = data_of(event).at("lcp_details");
  EXPECT_NEAR(data_of(event).at("time").get<double>(), entries[0].at("time").get<double>(), 1.0);
  EXPECT_NEAR(details.at("render_time").get<double>(), entries[0].at("time").get<double>(), 1.0);
  EXPECT_FALSE(details.contains("load_time"));
  EXPECT_EQ(details.at("size").get<double>(), entries[0].at("size").get<double>());
  EXPECT_FALSE(details.contains("url"));
}

TEST_P(Page, ReportsALayoutShiftInMillisecondsOfThePage) {
  site.add_page("/",
                R"(<div id=gap style='height:0'></div><div style='height:300px;background:teal'>moves</div>
<script>
requestAnimationFrame(() => requestAnimationFrame(() => { document.querySelector('#gap').style.height = '200px'; }));
</script>)");
  open("/");
  const auto navigation = navigation_to("/");
  const auto event = events->wait_for("page_layout_shift");
  expect_cdp_event(event, "page", "PerformanceTimeline.timelineEventAdded");
  expect_context(event, navigation, nav_seq_of(navigation));
  EXPECT_EQ(data_of(event).at("source_frame_id"), data_of(navigation).at("frame_id"));
  EXPECT_EQ(data_of(event).at("duration"), 0);

  const auto entries = driver().evaluate(driver().attach(site.url("/")), entries_of("layout-shift"));
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_NEAR(data_of(event).at("time").get<double>(), entries[0].at("time").get<double>(), 1.0);
  const auto details = data_of(event).at("layout_shift_details");
  EXPECT_DOUBLE_EQ(details.at("value").get<double>(), entries[0].at("value").get<double>());
  EXPECT_EQ(details.at("had_recent_input"), false);
}

}  // namespace
}  // namespace telltale::e2e

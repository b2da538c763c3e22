// network_idle, page_layout_settled and page_navigation_settled on real pages. Only lower bounds of time are
// checked: a loaded machine may always be later.

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

class Settle : public BrowserTest {
 protected:
  static double ms_between(const json& earlier, const json& later) {
    const auto at = [](const json& envelope) { return envelope.at("event").at("ts").get<double>(); };
    return (at(later) - at(earlier)) / 1000;
  }

  static void expect_computed(const json& envelope, std::string_view category) {
    const auto& event = envelope.at("event");
    EXPECT_EQ(event.at("category"), category);
    EXPECT_EQ(event.at("source").at("kind"), "cdp");
    EXPECT_FALSE(event.at("source").contains("event")) << event.dump();
    EXPECT_EQ(event.at("source").at("metadata").at("target_type"), "page");
  }

  /// Checks that the page was taken for idle only after that response; if its request came within the 500 ms
  /// after which a page without requests is idle.
  void expect_idle_after(const json& idle, const json& navigation, const std::string& url) {
    const auto request = events->wait_for("network_request", {{"url", url}});
    const auto response = events->wait_for("network_response", {{"url", url}});
    if (ms_between(navigation, request) >= 500) return;
    EXPECT_GT(idle.at("seq"), response.at("seq")) << url;
    EXPECT_GE(ms_between(response, idle), 500) << url;
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, Settle, kBrowsers, browser_name);

TEST_P(Settle, APageWithoutRequestsComesToRest) {
  site.add_page("/", "<p>quiet</p>");
  open("/");
  const auto navigation = navigation_to("/");
  const auto idle = events->wait_for("network_idle");
  expect_computed(idle, "network");
  expect_context(idle, navigation, nav_seq_of(navigation));
  EXPECT_GE(ms_between(navigation, idle), 500);

  const auto load = events->wait_for("page_load");
  const auto layout = events->wait_for("page_layout_settled");
  const auto settled = events->wait_for("page_navigation_settled");
  expect_computed(layout, "page");
  expect_computed(settled, "page");
  expect_context(layout, navigation, nav_seq_of(navigation));
  expect_context(settled, navigation, nav_seq_of(navigation));
  EXPECT_GE(ms_between(load, layout), 1000);
  EXPECT_EQ(settled.at("seq"), layout.at("seq").get<int>() + 1);
}

TEST_P(Settle, IsIdleOnlyAfterTheRequestsOfItsIframesAndWorkers) {
  for (const char* path : {"/slow", "/slow-frame", "/slow-worker"}) {
    site.add(path, "text/plain", "some data");
    site.hold(path);
  }
  site.add_page("/frame", "<script>fetch('/slow-frame').then((r) => r.text())</script>");
  site.add("/worker.js", "text/javascript", "fetch('/slow-worker').then((r) => r.text());");
  site.add_page(
      "/", "<script>fetch('/slow').then((r) => r.text()); new Worker('/worker.js')</script><iframe src='" +
               site.cross_site_url("/frame") + "'></iframe>");
  open("/");
  const auto navigation = navigation_to("/");
  for (const char* path : {"/slow", "/slow-frame", "/slow-worker"}) {
    ASSERT_TRUE(site.wait_for_request(path));
    site.release(path);
  }
  const auto idle = events->wait_for("network_idle");
  expect_idle_after(idle, navigation, site.url("/slow"));
  expect_idle_after(idle, navigation, site.url("/slow-worker"));
  expect_idle_after(idle, navigation, site.cross_site_url("/slow-frame"));
  events->wait_for("page_navigation_settled");
  EXPECT_EQ(events->all("network_idle").size(), 1u);
}

TEST_P(Settle, DoesNotWaitForAnEndlessRequestToSettleTheNavigation) {
  site.add_endless("/stream");
  site.add_page("/", "<script>onload = () => fetch('/stream')</script>");
  open("/");
  events->wait_for("page_navigation_settled");
}

TEST_P(Settle, LayoutSettlesASecondAfterTheLastShift) {
  site.add_page("/",
                R"(<div id=gap style='height:0'></div><div style='height:300px;background:teal'>moves</div>
<script>
let left = 6;
const grow = () => {
  document.querySelector('#gap').style.height = `${(7 - left) * 30}px`;
  if (--left > 0) setTimeout(grow, 250);
};
onload = () => setTimeout(grow, 250);
</script>)");
  open("/");
  const auto load = events->wait_for("page_load");
  const auto settled = events->wait_for("page_layout_settled");
  json last_shift;
  for (const auto& shift : events->all("page_layout_shift")) {
    if (shift.at("seq") < settled.at("seq")) last_shift = shift;
  }
  ASSERT_FALSE(last_shift.is_null());
  EXPECT_GE(ms_between(load, settled), 1000);
  EXPECT_GE(ms_between(last_shift, settled), 1000);
}

TEST_P(Settle, EachNavigationSettlesOnce) {
  site.add_page("/first", "<p>one</p>");
  site.add_page("/second", "<p>two</p>");
  open("/first");
  events->wait_for("network_idle", {{"url", site.url("/first")}});
  events->wait_for("page_navigation_settled", {{"url", site.url("/first")}});
  driver().evaluate(driver().attach(site.url("/first")), "void (location = '/second')");
  events->wait_for("network_idle", {{"url", site.url("/second")}});
  events->wait_for("page_navigation_settled", {{"url", site.url("/second")}});
  EXPECT_EQ(events->all("network_idle").size(), 2u);
  EXPECT_EQ(events->all("page_layout_settled").size(), 2u);
  EXPECT_EQ(events->all("page_navigation_settled").size(), 2u);
}

}  // namespace
}  // namespace telltale::e2e

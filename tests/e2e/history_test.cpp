// Documents that come back from the back/forward cache: of package chromium, headless-shell has none.

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

class History : public BrowserTest {
 protected:
  /// The driver's session of the page at `path`, once it has settled.
  std::string open_settled(const std::string& path) {
    open(path);
    events->wait_for("page_navigation_settled", {{"url", site.url(path)}});
    return driver().attach(site.url(path));
  }
  /// Goes to where that expression leads and returns the navigation.
  json go(const std::string& page, const std::string& expression, const std::string& path) {
    const auto after = events->all().back().at("seq").get<std::uint64_t>();
    driver().evaluate(page, "void " + expression);
    return events->wait_for("page_navigation", {{"url", site.url(path)}}, after);
  }
  [[nodiscard]] std::size_t count(const std::string& type, const std::string& text) const {
    std::size_t found = 0;
    for (const auto& event : events->all(type)) {
      if (data_of(event).value("text", "").find(text) != std::string::npos) ++found;
    }
    return found;
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, History, ::testing::Values("chromium"), browser_name);

// F2
TEST_P(History, TellsNothingTwiceOfADocumentThatComesBack) {
  site.add_page("/in", "<script>console.log('other site');"
                       "addEventListener('pageshow', (e) => e.persisted &&"
                       " console.log('other site is back'))</script>");
  site.add("/data", "text/plain", "data");
  site.add_page("/a", R"(<button id=b>b</button><iframe src=')" + site.cross_site_url("/in") + R"('></iframe><script>
console.log('one'); console.error('two'); Promise.reject(new Error('three'));
addEventListener('pagehide', () => console.log('hides'));
addEventListener('pageshow', (e) => { if (e.persisted) { console.log('is back'); fetch('/data') } });
</script>)");
  site.add_page("/b", "<script>console.log('second')</script>");
  const auto page = open_settled("/a");
  events->wait_for("console_log", {{"text", "other site"}});
  go(page, "(location = '/b')", "/b");
  events->wait_for("page_navigation_settled", {{"url", site.url("/b")}});

  const auto back = go(page, "history.back()", "/a");
  expect_cdp_event(back, "page", "Page.frameNavigated");
  EXPECT_EQ(site.received("/a").size(), 1u) << "it did not come from the cache";
  const auto number = nav_seq_of(back);
  const auto seq = back.at("seq").get<std::uint64_t>();
  for (const char* text : {"is back", "other site is back"}) {
    const auto log = events->wait_for("console_log", {{"text", text}}, seq);
    expect_context(log, back, number);
    EXPECT_FALSE(data_of(log).contains("before_attach"));
  }
  const auto request = events->wait_for("network_request", {{"url", site.url("/data")}}, seq);
  EXPECT_EQ(data_of(request).at("nav_seq"), number);
  for (const char* type : {"network_idle", "page_layout_settled", "page_navigation_settled"}) {
    expect_context(events->wait_for(type, json::object(), seq), back, number);
  }
  driver().click_on(page, "document.querySelector('#b')");
  expect_context(events->wait_for("interaction_click", {{"selector", "#b"}}, seq), back, number);

  const auto forward = go(page, "history.forward()", "/b");
  events->wait_for("page_navigation_settled", {{"url", site.url("/b")}}, forward.at("seq").get<std::uint64_t>());
  EXPECT_EQ(nav_seq_of(forward), number + 1);

  for (const char* text : {"one", "second"}) EXPECT_EQ(count("console_log", text), 1u) << text;
  EXPECT_EQ(count("console_log", "hides"), 0u) << "what happens while a document is left is never reported";
  EXPECT_EQ(events->all("console_log").size(), 3u + 2) << "one, other site, second; two when it was back";
  EXPECT_EQ(count("console_error", "two"), 1u);
  EXPECT_EQ(count("console_error", "three"), 1u);
  for (const char* path : {"/a", "/b"}) EXPECT_EQ(site.received(path).size(), 1u) << path;
}

TEST_P(History, KeepsTheTimesOfADocumentThatComesBack) {
  site.add_page("/a", "<div id=gap></div><h1>Moved</h1>");
  site.add_page("/b", "<p>second</p>");
  const auto page = open_settled("/a");
  go(page, "(location = '/b')", "/b");
  events->wait_for("page_navigation_settled", {{"url", site.url("/b")}});
  const auto back = go(page, "history.back()", "/a");
  events->wait_for("page_navigation_settled", {{"url", site.url("/a")}}, back.at("seq").get<std::uint64_t>());
  const auto moved = driver().evaluate(page, R"(new Promise((done) => {
    new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime)).observe({type: 'layout-shift'});
    requestAnimationFrame(() => { document.querySelector('#gap').style.height = '80px'; });
  }))");
  const auto shift = events->wait_for("page_layout_shift", json::object(), back.at("seq").get<std::uint64_t>());
  EXPECT_NEAR(data_of(shift).at("time").get<double>(), moved.get<double>(), 1.0);
}

}  // namespace
}  // namespace telltale::e2e

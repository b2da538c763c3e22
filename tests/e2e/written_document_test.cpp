// Interactions in documents that are not there as they were loaded: written by script, replaced, or shown in a window that
// had another document before.

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

class WrittenDocument : public BrowserTest {
 protected:
  /// Shows that path in the tab of `page` and waits until its script has set `done`.
  void show(const std::string& page, const std::string& path) {
    driver().call("Page.navigate", {{"url", site.url(path)}}, page);
    navigation_to(path);
    driver().evaluate(page, R"(new Promise((resolve) => {
      const look = () => window.done ? resolve(true) : setTimeout(look, 10);
      look();
    }))");
    driver().evaluate(page, "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  }
  /// Clicks, types and scrolls at the top left, and expects each of it once.
  void expect_interactions(const std::string& page, const std::string& name) {
    SCOPED_TRACE(name);
    const auto after = events->all().back().at("seq").get<std::uint64_t>();
    driver().click(page, 50, 50);
    driver().press(page, "q");
    driver().scroll(page, 50, 50, 200);
    EXPECT_EQ(data_of(events->wait_for("interaction_click", {{"selector", "#b"}}, after)).at("text"), "b");
    EXPECT_EQ(data_of(events->wait_for("interaction_key", {{"key", "q"}}, after)).at("selector"), "#b");
    const auto scroll = data_of(events->wait_for("interaction_scroll_settled", json::object(), after));
    EXPECT_EQ(scroll.at("from_y"), 0);
    EXPECT_EQ(scroll.at("to_y"), 200);
    for (const char* type : {"interaction_click", "interaction_key", "interaction_scroll_settled"}) {
      EXPECT_EQ(events->all(type).size(), shown_ + 1) << type;
    }
    ++shown_;
  }
  /// Serves each body at a path of its own and interacts with all of them.
  void expect_all(const std::vector<std::pair<std::string, std::string>>& bodies) {
    site.add_page("/", "<p>first</p>");
    site.add_page("/inner", kButton);
    open("/");
    events->wait_for("page_load", {{"url", site.url("/")}});
    const auto page = driver().attach(site.url("/"));
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      const auto path = "/page" + std::to_string(i);
      site.add_page(path, bodies[i].second);
      show(page, path);
      expect_interactions(page, bodies[i].first);
    }
  }

  /// A button at the top left of a tall page. Without quotes, so that it fits into any.
  static constexpr const char* kButton =
      "<button id=b style=position:absolute;left:0;top:0;width:300px;height:200px>b</button>"
      "<div style=height:3000px>tall</div>";

 private:
  std::size_t shown_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Browsers, WrittenDocument, kBrowsers, browser_name);

std::string later(const std::string& script) { return "<script>setTimeout(() => {" + script + "}, 50)</script>"; }

std::string frame(const std::string& attributes) {
  return "<iframe id=f " + attributes + " style='position:absolute;left:0;top:0;width:320px;height:240px;border:0'></iframe>";
}

// F1: document.open() takes all listeners away, and no script of a new document runs.
TEST_P(WrittenDocument, IsRecordedWhereverAndHoweverItWasWritten) {
  const std::string write = "document.write('" + std::string(kButton) + "');";
  expect_all({
      {"opened, written and closed", later("document.open();" + write + "document.close(); done = 1")},
      {"written to after its load", later(write + "done = 1")},
      {"opened again while it is empty",
       later("document.open(); setTimeout(() => { document.open(); setTimeout(() => {" + write +
             "document.close(); done = 1 }, 20) }, 20)")},
      {"written three times",
       later("for (let i = 0; i < 3; ++i) { document.open();" + write + "document.close() } done = 1")},
      {"written in pieces",
       later("document.open(); document.write('<p>one'); setTimeout(() => {" + write + "done = 1 }, 20)")},
      {"stopped, then written as Playwright and Puppeteer set content",
       later("window.stop(); document.open();" + write + "document.close(); done = 1")},
      {"a root element that was replaced",
       later("const html = document.createElement('html'); html.innerHTML = '<body>" + std::string(kButton) +
             "'; document.documentElement.replaceWith(html); done = 1")},
  });
}

TEST_P(WrittenDocument, IsRecordedInFrames) {
  const std::string fill = "d.open(); d.write('" + std::string(kButton) + "'); d.close();";
  expect_all({
      {"an empty frame", frame("") + "<script>{ const d = f.contentDocument;" + fill + "done = 1 }</script>"},
      {"an empty frame, later", frame("") + later("const d = f.contentDocument;" + fill + fill + "done = 1")},
      {"about:blank", frame("src=about:blank") + later("f.contentDocument.body.innerHTML = '" + std::string(kButton) +
                                                       "'; done = 1")},
      {"srcdoc", frame("srcdoc='" + std::string(kButton) + "'") + "<script>onload = () => done = 1</script>"},
      // A window that a script has touched is given to the next document: no script of telltale's runs in that one.
      {"srcdoc that was touched before",
       frame("srcdoc='" + std::string(kButton) + "'") +
           "<script>f.contentWindow.mine = 1; f.contentDocument.title; onload = () => done = 1</script>"},
      {"a page that was touched before",
       frame("src=/inner") +
           "<script>f.contentWindow.mine = 1; f.contentDocument.title; onload = () => done = 1</script>"},
      {"a javascript: URL",
       frame("src=\"javascript:'" + std::string(kButton) + "'\"") + "<script>onload = () => done = 1</script>"},
      {"a frame without scripts", frame("sandbox src=/inner") + "<script>onload = () => done = 1</script>"},
  });
}

TEST_P(WrittenDocument, AClickOfTheMouseIsCounted) {
  site.add_page("/", "<form onsubmit='return false'><input id=field><button id=go>Go</button></form>");
  open("/");
  events->wait_for("page_load");
  const auto page = driver().attach(site.url("/"));
  driver().click_on(page, "document.querySelector('#field')");
  EXPECT_EQ(data_of(events->wait_for("interaction_click", {{"selector", "#field"}})).at("detail"), 1);
}

}  // namespace
}  // namespace telltale::e2e

// interaction_click, interaction_key and interaction_scroll_settled: what users do, and only that.

#include "browser_test.hpp"
#include "support/running_browser.hpp"

namespace telltale::e2e {
namespace {

constexpr const char* kBindingCalled = "Runtime.bindingCalled";

class Interaction : public BrowserTest {
 protected:
  /// Opens "/" and returns the driver's session for it, once it is loaded.
  std::string open_page(std::string_view body) {
    site.add_page("/", body);
    open("/");
    events->wait_for("page_load", {{"url", site.url("/")}});
    return driver().attach(site.url("/"));
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, Interaction, kBrowsers, browser_name);

TEST_P(Interaction, ReportsAClickWithPlaceElementAndText) {
  const auto page = open_page(R"(<main><p>one</p><p style='position:absolute;left:40px;top:60px;margin:0'>
    Buy <b>now</b>, please </p></main><button id=save style='position:absolute;left:40px;top:120px'>Save</button>)");
  const auto navigation = navigation_to("/");
  driver().click(page, 44, 66);
  const auto text = events->wait_for("interaction_click");
  expect_cdp_event(text, "interaction", kBindingCalled);
  expect_context(text, navigation, nav_seq_of(navigation));
  EXPECT_EQ(data_of(text).at("x"), 44);
  EXPECT_EQ(data_of(text).at("y"), 66);
  EXPECT_EQ(data_of(text).at("tag"), "P");
  EXPECT_EQ(data_of(text).at("selector"), "html > body > main > p:nth-of-type(2)");
  EXPECT_EQ(data_of(text).at("text"), "Buy , please");

  driver().click_on(page, "document.querySelector('#save')");
  const auto button = events->wait_for("interaction_click", {{"tag", "BUTTON"}});
  EXPECT_EQ(data_of(button).at("selector"), "#save");
  EXPECT_EQ(data_of(button).at("text"), "Save");
  EXPECT_EQ(events->all("interaction_click").size(), 2u);
}

TEST_P(Interaction, ReportsEachKeyOnceInOrder) {
  const auto page = open_page("<input id=field name=search>");
  driver().click_on(page, "document.querySelector('#field')");
  for (const char* key : {"h", "i", "Enter"}) driver().press(page, key);
  const auto last = events->wait_for("interaction_key", {{"key", "Enter"}});
  const auto navigation = navigation_to("/");
  expect_cdp_event(last, "interaction", kBindingCalled);
  expect_context(last, navigation, nav_seq_of(navigation));
  EXPECT_EQ(data_of(last).at("selector"), "#field");
  EXPECT_EQ(data_of(last).at("tag"), "INPUT");
  json keys = json::array();
  for (const auto& event : events->all("interaction_key")) keys.push_back(data_of(event).at("key"));
  EXPECT_EQ(keys, json({"h", "i", "Enter"}));
  EXPECT_EQ(driver().evaluate(page, "document.querySelector('#field').value"), "hi");
}

TEST_P(Interaction, ReportsFramesOfTheSameSite) {
  site.add_page(
      "/frame",
      "<button id=inner style='position:absolute;left:0;top:0;width:90px;height:40px'>Inner</button>");
  const auto page =
      open_page("<iframe src=/frame style='position:absolute;left:100px;top:50px;border:0'></iframe>");
  driver().click(page, 110, 60);
  const auto click = events->wait_for("interaction_click");
  expect_cdp_event(click, "interaction", kBindingCalled, "page");
  EXPECT_EQ(data_of(click).at("selector"), "#inner");
  EXPECT_EQ(data_of(click).at("text"), "Inner");
  EXPECT_EQ(data_of(click).at("x"), 10);
  EXPECT_EQ(data_of(click).at("y"), 10);
}

TEST_P(Interaction, ReportsFramesOfOtherSites) {
  site.add_page("/frame", "<input id=inner style='position:absolute;left:0;top:0;width:90px;height:40px'>");
  const auto page = open_page("<iframe src='" + site.cross_site_url("/frame") +
                              "' style='position:absolute;left:100px;top:50px;border:0'></iframe>");
  const auto navigation = navigation_to("/");
  // Input finds its way into another process only once that process has painted.
  driver().evaluate(page, "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  driver().click(page, 110, 60);
  const auto click = events->wait_for("interaction_click");
  expect_cdp_event(click, "interaction", kBindingCalled, "iframe");
  expect_context(click, navigation, nav_seq_of(navigation));
  EXPECT_EQ(data_of(click).at("selector"), "#inner");
  EXPECT_EQ(data_of(click).at("tag"), "INPUT");
  driver().press(page, "x");
  const auto key = events->wait_for("interaction_key");
  expect_cdp_event(key, "interaction", kBindingCalled, "iframe");
  EXPECT_EQ(data_of(key).at("key"), "x");
  EXPECT_EQ(data_of(key).at("selector"), "#inner");
}

TEST_P(Interaction, LooksIntoOpenShadowRoots) {
  const auto page = open_page(R"(<div id=host></div><script>
document.querySelector('#host').attachShadow({mode: 'open'}).innerHTML = '<p>a</p><button>In the shadow</button>';
</script>)");
  driver().click_on(page, "document.querySelector('#host').shadowRoot.querySelector('button')");
  const auto click = events->wait_for("interaction_click");
  EXPECT_EQ(data_of(click).at("selector"), "#host >>> button");
  EXPECT_EQ(data_of(click).at("tag"), "BUTTON");
  EXPECT_EQ(data_of(click).at("text"), "In the shadow");
}

TEST_P(Interaction, IgnoresWhatScriptsPretend) {
  const auto page = open_page(R"(<button id=save>Save</button><input id=field><script>
Object.defineProperty(Event.prototype, 'isTrusted', {get: () => true});
function pretend() {
  const button = document.querySelector('#save');
  button.click();
  button.dispatchEvent(new MouseEvent('click', {bubbles: true, composed: true, clientX: 1, clientY: 1}));
  document.querySelector('#field').dispatchEvent(new KeyboardEvent('keydown', {key: 'a', bubbles: true}));
  dispatchEvent(new Event('scroll'));
}
</script>)");
  driver().evaluate(page, "pretend()");
  // A real one afterwards: when it is there, the others would have been, too.
  driver().click_on(page, "document.querySelector('#save')");
  events->wait_for("interaction_click");
  driver().click_on(page, "document.querySelector('#field')");
  driver().press(page, "b");
  events->wait_for("interaction_key", {{"key", "b"}});
  EXPECT_EQ(events->all("interaction_click").size(), 2u);
  EXPECT_EQ(events->all("interaction_key").size(), 1u);
  EXPECT_TRUE(events->all("interaction_scroll_settled").empty());
}

TEST_P(Interaction, SurvivesAPageThatStopsEvents) {
  const auto page = open_page(R"(<button id=save>Save</button><script>
for (const type of ['click', 'mousedown', 'mouseup', 'keydown']) {
  addEventListener(type, (event) => { event.stopImmediatePropagation(); event.preventDefault(); }, true);
}
JSON.stringify = () => 'forged'; EventTarget.prototype.addEventListener = () => {};
</script>)");
  driver().click_on(page, "document.querySelector('#save')");
  EXPECT_EQ(data_of(events->wait_for("interaction_click")).at("selector"), "#save");
}

TEST_P(Interaction, CannotBeSeenByThePage) {
  // The names of a page that is recorded, its frame included, and of one of the same browser version that is
  // not.
  constexpr const char* kNames = R"((() => {
    const frame = document.querySelector('iframe').contentWindow;
    return [...Object.getOwnPropertyNames(window), ...Object.getOwnPropertyNames(frame),
            ...Object.getOwnPropertyNames(document)].filter((name) => !/^\d+$/.test(name)).sort();
  })())";
  site.add_page("/frame", "<p>frame</p>");
  const auto page = open_page("<iframe src=/frame></iframe>");
  const auto recorded = driver().evaluate(page, kNames);
  ASSERT_GT(recorded.size(), 500u);

  testing::RunningBrowser plain(GetParam());
  CdpDriver other(plain.websocket_url());
  const auto unrecorded = other.open_page(site.url("/"));
  EXPECT_EQ(recorded, other.evaluate(unrecorded, kNames));
}

TEST_P(Interaction, KeepsSecretsOutOfTheStream) {
  const auto page = open_page(R"(<style>input, textarea { display: block; width: 200px; height: 30px }</style>
<input id=one type=password><input id=two autocomplete=cc-number><input id=three autocomplete='section-a one-time-code'>
<input id=four name=cvv><textarea aria-label='Card number'></textarea><input id=five name=n aria-label='Secret answer'><input id=shown type=password><input id=plain>)");
  // "Show password" makes the field look like any other.
  driver().evaluate(
      page, "document.querySelector('#shown').focus(), document.querySelector('#shown').type = 'text'");
  for (const std::string selector : {"#one", "#two", "#three", "#four", "textarea", "#five", "#shown"}) {
    const auto element = "document.querySelector('" + selector + "')";
    driver().click_on(page, element);
    driver().press(page, "s");
    const auto click = events->wait_for_any("click on " + selector, [&](const json& envelope) {
      return data_of(envelope).value("selector", "").ends_with(selector);
    });
    EXPECT_EQ(data_of(click).at("text"), "");
    EXPECT_EQ(driver().evaluate(page, element + ".value"), "s") << selector;
  }
  driver().click_on(page, "document.querySelector('#plain')");
  driver().press(page, "p");
  events->wait_for("interaction_key", {{"key", "p"}});
  for (const auto& event : events->all("interaction_key"))
    EXPECT_EQ(data_of(event).at("key"), "p") << event.dump();
}

TEST_P(Interaction, ReportsWhereAScrollBeganAndEnded) {
  const auto page = open_page(R"(<div style='height:5000px'>tall</div>
<div id=box style='position:fixed;left:0;top:0;width:200px;height:200px;overflow:scroll;background:white'>
<div style='height:3000px'>inner</div></div>)");
  driver().scroll(page, 500, 500, 300);
  const auto first = events->wait_for("interaction_scroll_settled", {{"target_selector", "document"}});
  const auto navigation = navigation_to("/");
  expect_cdp_event(first, "interaction", kBindingCalled);
  expect_context(first, navigation, nav_seq_of(navigation));
  EXPECT_EQ(data_of(first).at("from_x"), 0);
  EXPECT_EQ(data_of(first).at("from_y"), 0);
  EXPECT_EQ(data_of(first).at("to_x"), 0);
  EXPECT_EQ(data_of(first).at("to_y"), driver().evaluate(page, "scrollY"));
  EXPECT_EQ(data_of(first).at("to_y"), 300);

  driver().scroll(page, 500, 500, -100);
  const auto second = events->wait_for("interaction_scroll_settled", {{"to_y", 200}}, first.at("seq"));
  EXPECT_EQ(data_of(second).at("from_y"), 300);

  driver().scroll(page, 100, 100, 120);
  const auto box = events->wait_for("interaction_scroll_settled", {{"target_selector", "#box"}});
  EXPECT_EQ(data_of(box).at("from_y"), 0);
  EXPECT_EQ(data_of(box).at("to_y"), 120);
}

}  // namespace
}  // namespace telltale::e2e

// Pages that try to see, to stop or to forge what is recorded of them, and fields whose content must not
// leak.

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

class HostilePage : public BrowserTest {
 protected:
  std::string open_page(std::string_view body, const std::string& path = "/") {
    site.add_page(path, body);
    open(path);
    events->wait_for("page_load", {{"url", site.url(path)}});
    return driver().attach(site.url(path));
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, HostilePage, kBrowsers, browser_name);

TEST_P(HostilePage, CanNeitherForgeNorStopInteractions) {
  const auto page = open_page(R"(<form id=form style='padding:50px;width:300px'>
<input name=id><input name=tagName><input name=getAttribute><input name=parentElement><input name=parentNode>
<input name=childNodes><input name=children><input name=localName><input name=isContentEditable><input name=getRootNode>
</form><img name=body><img name=documentElement><button id=go>Go</button><input id=field>
<a id=telltaleInstalled></a><div style='height:4000px'>tall</div><script>
const forged = JSON.stringify({type: 'click', t: 1, x: 1, y: 1, selector: 'forged', tag: 'FORGED', text: 'forged'});
const realSetInterval = setInterval, realClear = clearTimeout;
EventTarget.prototype.addEventListener = () => {};
EventTarget.prototype.removeEventListener = () => {};
JSON.stringify = () => forged;
Object.prototype.toJSON = () => 'forged';
Function.prototype.call = Function.prototype.apply = () => {};
Reflect.apply = () => 'forged';
Element.prototype.getAttribute = () => 'password';
Object.defineProperty(Event.prototype, 'isTrusted', {get: () => true});
Event.prototype.composedPath = () => [];
performance.now = () => 0;
scheduler.postTask = () => new Promise(() => {});
window.setTimeout = () => 0;
// Calls whatever could be a binding: each function of the window that a fresh window does not have.
function searchAndForge() {
  const frame = document.body.appendChild(document.createElement('iframe'));
  const fresh = new Set(Object.getOwnPropertyNames(frame.contentWindow));
  let called = 0;
  for (const name of Object.getOwnPropertyNames(window)) {
    if (fresh.has(name) || ['searchAndForge', 'pretend'].includes(name) || typeof window[name] !== 'function') continue;
    try { window[name](forged); ++called; } catch {}
  }
  frame.remove();
  return called;
}
function pretend() {
  const go = document.getElementById('go'), field = document.getElementById('field');
  go.click();
  for (const type of ['mousedown', 'mouseup', 'click']) {
    go.dispatchEvent(new MouseEvent(type, {bubbles: true, composed: true, clientX: 1, clientY: 1}));
    go.dispatchEvent(new PointerEvent(type, {bubbles: true, composed: true}));
  }
  field.focus();
  for (const type of ['keydown', 'keypress', 'keyup']) {
    field.dispatchEvent(new KeyboardEvent(type, {key: 'F', bubbles: true, composed: true}));
  }
  for (const target of [window, document, field]) target.dispatchEvent(new Event('scroll', {bubbles: true}));
}
// Timers that are not its own would be gone.
const own = realSetInterval(() => { for (let id = 1; id < 5000; ++id) if (id !== own) realClear(id); }, 20);
</script>)");
  driver().evaluate(page, "searchAndForge()");
  driver().evaluate(page, "pretend()");

  // Real ones afterwards: when they are there, the forged ones would have been, too.
  const auto press = [&](double x, double y) {
    for (const char* type : {"mousePressed", "mouseReleased"}) {
      driver().call("Input.dispatchMouseEvent",
                    {{"type", type}, {"x", x}, {"y", y}, {"button", "left"}, {"clickCount", 1}}, page);
    }
  };
  press(20, 20);
  const auto form = events->wait_for("interaction_click");
  EXPECT_EQ(data_of(form).at("tag"), "FORM");
  EXPECT_EQ(data_of(form).at("selector"), "#form");
  driver().evaluate(page, "document.getElementById('field').focus()");
  driver().press(page, "r");
  const auto key = events->wait_for("interaction_key");
  EXPECT_EQ(data_of(key).at("key"), "r");
  EXPECT_EQ(data_of(key).at("selector"), "#field");
  driver().scroll(page, 400, 400, 200);
  const auto scroll = events->wait_for("interaction_scroll_settled");
  EXPECT_EQ(data_of(scroll).at("target_selector"), "document");
  EXPECT_EQ(data_of(scroll).at("to_y").get<double>() - data_of(scroll).at("from_y").get<double>(), 200);
  EXPECT_EQ(events->all("interaction_click").size(), 1u);
  EXPECT_EQ(events->all("interaction_key").size(), 1u);
  EXPECT_EQ(events->all("interaction_scroll_settled").size(), 1u);
}

TEST_P(HostilePage, SeesNoTimersOfTheRecording) {
  const auto page = open_page("<div style='height:4000px'>tall</div>");
  const std::string next_id = "(() => { const id = setTimeout(() => 0); clearTimeout(id); return id; })()";
  const auto before = driver().evaluate(page, next_id).get<int>();
  driver().scroll(page, 400, 400, 200);
  events->wait_for("interaction_scroll_settled");
  EXPECT_EQ(driver().evaluate(page, next_id), before + 1);
}

TEST_P(HostilePage, GetsClicksSpacedAndKeysAlmostAllByItsOwnClock) {
  const auto page = open_page(R"(<script>
window.times = {click: [], keydown: []};
for (const type of ['click', 'keydown']) addEventListener(type, (e) => times[type].push(e.timeStamp), true);
</script>)");
  for (int i = 0; i < 20; ++i) {
    for (const char* type : {"mousePressed", "mouseReleased"}) {
      driver().call("Input.dispatchMouseEvent",
                    {{"type", type}, {"x", 5}, {"y", 5}, {"button", "left"}, {"clickCount", 1}}, page);
    }
    driver().press(page, "k");
  }
  driver().evaluate(page, "new Promise((done) => setTimeout(done, 5))");
  driver().press(page, "z");
  events->wait_for("interaction_key", {{"key", "z"}});
  const auto times = driver().evaluate(page, "times");
  const auto allowed = [&](const char* type, double spacing) {
    std::size_t count = 0;
    double last = -1e9;
    for (const auto& time : times.at(type)) {
      if (time.get<double>() - last < spacing) continue;
      last = time;
      ++count;
    }
    return count;
  };
  ASSERT_EQ(times.at("click").size(), 20u);
  EXPECT_EQ(events->all("interaction_click").size(), allowed("click", 50));
  EXPECT_EQ(events->all("interaction_key").size(), allowed("keydown", 1));
}

TEST_P(HostilePage, LeaksNoKeyOfAnyKindOfSensitiveField) {
  std::vector<std::string> fields = {"<input type=password>", "<input type=PassWord>",
                                     "<textarea name=secret></textarea>",
                                     "<input autocomplete='section-a billing cc-number'>"};
  for (const char* token :
       {"current-password", "new-password", "one-time-code", "cc-number", "cc-csc", "cc-exp", "cc-exp-month",
        "cc-exp-year", "cc-name", "cc-type", "transaction-amount", "ssn", "passport", "drivers-license"}) {
    fields.push_back("<input autocomplete=" + std::string(token) + ">");
  }
  for (const char* name : {"userPassword", "passwd", "client_secret", "cvv", "CVC2", "ssn", "cardnumber",
                           "card-num", "account_num", "accountnumber", "pin", "tax-id", "natlid"}) {
    fields.push_back("<input name='" + std::string(name) + "'>");
    fields.push_back("<input aria-label='" + std::string(name) + "'>");
  }
  fields.emplace_back("<div contenteditable aria-label='Secret note'></div>");
  fields.emplace_back(
      "<div contenteditable aria-label='Secret note'><p contenteditable=true>inner</p></div>");
  fields.emplace_back("<div role=textbox tabindex=0 aria-label='Your PIN'></div>");
  std::string body;
  for (const auto& field : fields) body += "<div class=case>" + field + "</div>";
  site.add_page("/frame", "<input id=inside type=password>");
  body += R"(<div class=case><input id=passphrase_secret></div><div class=case id=host></div>
<iframe src=/frame></iframe><input id=plain name=comment><script>
window.received = 0;
document.addEventListener('keydown', () => ++received, true);
document.querySelector('#host').attachShadow({mode: 'open'}).innerHTML = '<input type=password>';
</script>)";
  const auto page = open_page(body);
  const auto cases = driver().evaluate(page, "document.querySelectorAll('.case').length").get<int>();
  ASSERT_EQ(cases, static_cast<int>(fields.size()) + 2);
  for (int i = 0; i < cases; ++i) {
    driver().evaluate(page, R"((() => {
      const holder = document.querySelectorAll('.case')[)" +
                                std::to_string(i) + R"(];
      const root = holder.shadowRoot || holder;
      const found = root.querySelectorAll('input, textarea, [contenteditable], [role=textbox]');
      found[found.length - 1].focus();
    })())");
    driver().press(page, "s");
  }
  EXPECT_EQ(driver().evaluate(page, "received"), cases);
  driver().evaluate(page,
                    "document.querySelector('iframe').contentDocument.querySelector('#inside').focus()");
  driver().press(page, "s");
  EXPECT_EQ(driver().evaluate(page, "frames[0].document.querySelector('#inside').value"), "s");

  driver().evaluate(page, "document.querySelector('#plain').focus()");
  driver().press(page, "p");
  events->wait_for("interaction_key", {{"key", "p"}});
  for (const auto& event : events->all("interaction_key")) {
    EXPECT_EQ(data_of(event).at("key"), "p") << event.dump();
  }
}

TEST_P(HostilePage, LeaksNoKeyOfASensitiveFieldInAFrameOfAnotherSite) {
  site.add_page(
      "/frame",
      "<input id=inside type=password style='position:absolute;left:0;top:0;width:90px;height:40px'>"
      "<input id=plain style='position:absolute;left:0;top:60px;width:90px;height:40px'>");
  const auto page = open_page("<iframe src='" + site.cross_site_url("/frame") +
                              "' style='position:absolute;left:0;top:0;border:0'></iframe>");
  // Input finds its way into another process only once that process has painted.
  driver().evaluate(page, "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  driver().click(page, 10, 10);
  events->wait_for("interaction_click", {{"selector", "#inside"}});
  driver().press(page, "s");
  driver().click(page, 10, 70);
  driver().press(page, "p");
  events->wait_for("interaction_key", {{"key", "p"}});
  EXPECT_EQ(events->all("interaction_key").size(), 1u);
}

TEST_P(HostilePage, LosesNoScrollWhenTwoElementsScroll) {
  const auto page = open_page(
      R"(<style>.box { position: fixed; top: 0; width: 200px; height: 200px; overflow: scroll }</style>
<div class=box id=one style='left:0'><div style='height:3000px'>a</div></div>
<div class=box id=two style='left:300px'><div style='height:3000px'>b</div></div>)");
  driver().evaluate(page, "one.scrollTop = 120, two.scrollTop = 60, 0");
  const auto one = events->wait_for("interaction_scroll_settled", {{"target_selector", "#one"}});
  const auto two = events->wait_for("interaction_scroll_settled", {{"target_selector", "#two"}});
  EXPECT_EQ(data_of(one).at("from_y"), 0);
  EXPECT_EQ(data_of(one).at("to_y"), 120);
  EXPECT_EQ(data_of(two).at("from_y"), 0);
  EXPECT_EQ(data_of(two).at("to_y"), 60);
}

}  // namespace
}  // namespace telltale::e2e

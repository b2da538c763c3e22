// A web page of another origin, in a real browser on the same machine, against a server without a token and against one
// whose token it has got hold of.

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

// Every way in which a page can make its browser send something. Resolves to what each of them came to.
constexpr const char* kAttack = R"js(
async (server, token) => {
  const tried = {};
  const element = (name, make) => { tried[name] = new Promise((done) => {
    const node = make();
    node.onload = () => done('loaded');
    node.onerror = () => done('failed');
    document.body.append(node);
  }); };
  const request = (name, path, options) => {
    tried[name] = fetch(server + path, options).then((answer) => answer.type + ' ' + answer.status, () => 'failed');
  };
  const create = (type, members) => Object.assign(document.createElement(type), members);
  const picture = server + '/sessions/attached/page/screenshot';
  const websocket = (name, path) => { tried[name] = new Promise((done) => {
    const socket = new WebSocket(server.replace('http', 'ws') + path);
    socket.onopen = () => { done('opened'); socket.close(); };
    socket.onerror = () => done('failed');
  }); };

  websocket('websocket', '/browsers/attached/cdp' + token);
  websocket('websocket of a page', '/browsers/attached/cdp/devtools/page/00' + token);
  element('image', () => create('img', {src: picture}));
  element('image of cors', () => create('img', {crossOrigin: 'anonymous', src: picture}));
  element('embedded picture', () => create('embed', {src: picture, type: 'image/png'}));
  element('script', () => create('script', {src: server + '/browsers'}));
  element('module', () => create('script', {type: 'module', src: server + '/openapi.json'}));
  element('style', () => create('link', {rel: 'stylesheet', href: server + '/browsers'}));
  element('preload', () => create('link', {rel: 'preload', as: 'fetch', href: server + '/browsers'}));
  element('video', () => create('video', {src: server + '/browsers/attached/telemetry/stream?replay=all'}));
  request('fetch', '/browsers', {});
  request('fetch of no cors', '/browsers', {mode: 'no-cors'});
  request('fetch with a token', '/browsers', {headers: {'X-API-Key': token.slice(token.indexOf('=') + 1)}});
  request('health', '/healthz', {mode: 'no-cors'});
  request('head', '/browsers', {method: 'HEAD', mode: 'no-cors'});
  request('post', '/browsers', {method: 'POST', mode: 'no-cors', body: '{}'});
  request('post of json', '/browsers', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'});
  request('delete', '/browsers/attached', {method: 'DELETE'});
  tried['event source'] = new Promise((done) => {
    const source = new EventSource(server + '/browsers/attached/telemetry/stream' + token);
    source.onopen = () => done('opened');
    source.onerror = () => { done('failed'); source.close(); };
  });
  navigator.sendBeacon(server + '/browsers', '{}');
  tried['worker'] = new Promise((done) => {
    const source = `fetch('${server}/browsers', {mode: 'no-cors'}).then((a) => postMessage(a.type), () => postMessage('failed'))`;
    new Worker(URL.createObjectURL(new Blob([source]))).onmessage = ({data}) => done(data);
  });
  for (const [method, path] of [['post', '/browsers'], ['get', '/sessions/attached/page/screenshot']]) {
    const frame = create('iframe', {name: 'frame-' + method});
    const form = create('form', {method, action: server + path, target: frame.name, enctype: 'text/plain'});
    const loaded = new Promise((done) => setTimeout(() => { frame.onload = done; }));
    document.body.append(frame, form);
    form.submit();
    tried['form ' + method] = loaded.then(() => frame.contentDocument ? 'readable' : 'foreign');
  }
  const all = {};
  for (const name in tried) all[name] = await tried[name];
  return all;
})js";

class ForeignPage : public BrowserTest {
 protected:
  void SetUp() override { site.add_page("/", "<p>an attacker's page</p>"); }

  /// A page of the attacker's site at that URL, in a browser of another telltale, tries everything.
  json attack(const std::string& url, TelltaleProcess& victim, const std::string& token = "") {
    if (!events) open("/", capture({"network"}));
    const auto page = driver().open_page(url);
    return driver().evaluate(page, "(" + std::string(kAttack) + ")('" + victim.url() + "', '" + token + "')");
  }
  static void expect_nothing_done(const json& tried, TelltaleProcess& victim) {
    for (const auto& [way, outcome] : tried.items()) {
      const bool form = way.starts_with("form");
      EXPECT_EQ(outcome, form ? "foreign" : "failed") << way;
    }
    EXPECT_GE(tried.size(), 20u);
    EXPECT_EQ(victim.get("/browsers?status=all").body.size(), 1u) << "another one was created, or it was deleted";
    EXPECT_EQ(victim.get("/browsers/attached").status, 200u);
  }
  /// What the attacker's own recording says of the victim's answers to GETs.
  std::vector<json> answers_of(TelltaleProcess& victim) {
    std::vector<json> answers;
    for (const auto& envelope : events->all("network_response")) {
      auto data = data_of(envelope);
      if (data.at("url").get<std::string>().starts_with(victim.url())) answers.push_back(std::move(data));
    }
    return answers;
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, ForeignPage, kBrowsers, browser_name);

TEST_P(ForeignPage, CannotReachAServerWithoutAToken) {
  TelltaleProcess victim(telltale_binary(), {"--chromium", GetParam(), "--no-auth"});
  victim.create({{"name", "attached"}, {"start_url", site.url("/")}, {"timeout_seconds", 0}});
  for (const auto& url : {site.url("/"), site.cross_site_url("/")}) {
    SCOPED_TRACE(url);
    expect_nothing_done(attack(url, victim), victim);
  }
  for (const auto& answer : answers_of(victim)) {
    EXPECT_TRUE(answer.at("status") == 403 || answer.at("status") == 405) << answer.dump();
  }
}

TEST_P(ForeignPage, CannotUseATokenThatItKnows) {
  TelltaleProcess victim(telltale_binary(), {"--chromium", GetParam()});
  session = victim.create({{"name", "attached"}, {"start_url", site.url("/")}, {"timeout_seconds", 0}});
  const std::string url = session.at("cdp_ws_url");
  for (const auto& token : {url.substr(url.find('?')), "?token=" + victim.token()}) {
    expect_nothing_done(attack(site.url("/"), victim, token), victim);
  }
}

TEST_P(ForeignPage, IsLetInWhereItsOriginIsAllowed) {
  const auto origin = site.url("");
  TelltaleProcess victim(telltale_binary(), {"--chromium", GetParam(), "--no-auth", "--allow-origin", origin});
  victim.create({{"name", "attached"}, {"start_url", site.url("/")}, {"timeout_seconds", 0}});
  open("/", capture({"network"}));
  const auto page = driver().open_page(site.url("/?allowed"));
  const auto evaluate = [&](const std::string& body) {
    return driver().evaluate(page, "(async (server) => {" + body + "})('" + victim.url() + "')");
  };
  EXPECT_EQ(evaluate("return (await fetch(server + '/browsers')).status"), 200);
  EXPECT_EQ(evaluate(R"(return new Promise((done) => {
    const image = new Image();
    image.crossOrigin = 'anonymous';
    image.onload = () => done(image.width > 0);
    image.onerror = () => done('failed');
    image.src = server + '/sessions/attached/page/screenshot';
  }))"), true);
  EXPECT_EQ(evaluate(R"(return new Promise((done) => {
    const socket = new WebSocket(server.replace('http', 'ws') + '/browsers/attached/cdp');
    socket.onopen = () => socket.send('{"id":1,"method":"Browser.getVersion"}');
    socket.onmessage = ({data}) => { done(JSON.parse(data).id); socket.close(); };
    socket.onerror = () => done('failed');
  }))"), 1);
  expect_nothing_done(attack(site.cross_site_url("/"), victim), victim);
}

TEST_P(ForeignPage, LeavesAlonePeopleTheirOwnPagesAndTheDemo) {
  TelltaleProcess victim(telltale_binary(), {"--chromium", GetParam(), "--no-auth"});
  victim.create({{"name", "attached"}, {"start_url", site.url("/")}, {"timeout_seconds", 0}});
  open("/", capture({"network"}));
  const auto text_at = [&](const std::string& page) { return driver().evaluate(page, "document.body.innerText"); };
  // Typed, or opened from the command line: no page is the one who asks.
  const auto typed = driver().open_page(victim.url("/browsers/attached"));
  EXPECT_NE(text_at(typed).get<std::string>().find("\"attached\""), std::string::npos);
  // From there the server is its own origin.
  EXPECT_EQ(driver().evaluate(typed, "fetch('/browsers').then((answer) => answer.status)"), 200);
  EXPECT_EQ(driver().evaluate(typed, R"(new Promise((done) => {
    const socket = new WebSocket('/browsers/attached/cdp');
    socket.onopen = () => done('opened');
    socket.onerror = () => done('failed');
  }))"), "opened");
  // The demo page is made to be visited, also by a link.
  const auto linked = driver().open_page(site.url("/?link"));
  driver().evaluate(linked, "void (location.href = '" + victim.url("/demo") + "')");
  events->wait_for("network_response", {{"url", victim.url("/demo")}, {"status", 200}});
}

}  // namespace
}  // namespace telltale::e2e

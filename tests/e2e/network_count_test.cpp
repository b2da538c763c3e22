// The counts are exact: what the site has served is what the events say.

#include "network_test_base.hpp"

namespace telltale::e2e {
namespace {

class NetworkCount : public NetworkTest {
 protected:
  /// How often each request was made, as "METHOD url": according to the site, and according to the events.
  std::map<std::string, int> served() const {
    std::map<std::string, int> counts;
    for (const auto& request : site.received()) {
      const auto host = std::string(request.headers.find("Host").value_or("?"));
      auto target = request.target();
      if (target.ends_with('=')) target.pop_back();  // written anew from "?name"
      ++counts[request.method + " http://" + host + target];
    }
    return counts;
  }
  std::map<std::string, int> reported() const {
    std::map<std::string, int> counts;
    for (const auto& envelope : events->all("network_request")) {
      const auto data = data_of(envelope);
      const auto url = data.at("url").get<std::string>();
      if (url.starts_with("http")) ++counts[data.at("method").get<std::string>() + " " + url];
    }
    return counts;
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, NetworkCount, kBrowsers, browser_name);

TEST_P(NetworkCount, EveryRequestThatTheSiteServesHasItsEventAndOneEnd) {
  const std::string dot = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>";
  site.add("/dot.svg", "image/svg+xml", dot);
  site.add("/style.css", "text/css", "p { background: url(/dot.svg?css) }");
  site.add("/script.js", "text/javascript", "window.ran = true;");
  site.add("/data", "text/plain", "some data");
  site.add("/worker.js", "text/javascript", "fetch('/data?worker').then((r) => r.text());");
  site.add("/shared.js", "text/javascript", "fetch('/data?shared').then((r) => r.text());");
  site.add_redirect("/first", "/second");
  site.add_redirect("/second", "/data?redirected");
  add("/none", 204, {});
  add("/open", 200,
      {{"Content-Type", "text/plain"},
       {"Access-Control-Allow-Origin", "*"},
       {"Access-Control-Allow-Headers", "x-test"},
       {"Cache-Control", "no-store"}},
      "open to all");
  add("/large", 200, {{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}},
      std::string(3 << 20, 'x'));
  site.hold("/held");
  site.add_event_stream("/endless");
  site.add_page("/inner",
                "<img src=/dot.svg?inner><script>fetch('/data?inner').then((r) => r.text())</script>");
  const std::string other = site.cross_site_url("");
  site.add_page("/",
                "<link rel=stylesheet href=/style.css><p>text</p><script src=/script.js></script>"
                "<img src=/dot.svg?1><img src=/dot.svg?2><img src='" +
                    other +
                    "/dot.svg?3'>"
                    "<img src=/missing.png><iframe src=/inner></iframe><iframe src='" +
                    other +
                    "/inner'></iframe>"
                    "<script>const other = '" +
                    other + R"(';
const read = (path, options) => fetch(path, options).then((r) => r.text()).catch(() => {});
const give_up = new AbortController();
const all = [
  read('/data?1'), read('/data?2'), read('/missing'), read('/none'), read('/first'),
  read('/data?post', {method: 'POST', body: 'posted'}), read('/data?put', {method: 'PUT', body: 'put'}),
  read('/data?head', {method: 'HEAD'}), read(other + '/open'), read(other + '/open', {headers: {'X-Test': '1'}}),
  read(other + '/data?refused'), read(other + '/data?preflight', {headers: {'X-Test': '1'}}),
  read(other + '/data?opaque', {mode: 'no-cors'}),
];
for (let i = 0; i < 20; ++i) all.push(read('/data?many' + i));
fetch('/held', {signal: give_up.signal}).catch(() => {});
fetch('/endless', {signal: give_up.signal}).then((r) => r.text()).catch(() => {});
fetch('/data?unread'); fetch('/large');
const xhr = new XMLHttpRequest(); xhr.open('GET', '/data?xhr'); xhr.send();
navigator.sendBeacon('/beacon', 'ping');
new Worker('/worker.js'); new SharedWorker('/shared.js');
addEventListener('message', () => give_up.abort());
Promise.all(all).then(() => console.log('all read'));
</script>)");
  open("/");
  events->wait_for("console_log", {{"text", "all read"}});
  // What ends by itself, but not with what the page awaits. Not /large: of a body that nobody reads Chromium takes in
  // only the beginning, so that it stays open until its document is gone.
  for (const char* path : {"/data?worker", "/data?shared", "/data?unread", "/beacon", "/data?xhr",
                           "/missing.png", "/dot.svg?css", "/data?inner", "/dot.svg?inner"}) {
    response_of(path);
  }
  events->wait_for("network_response", {{"url", site.cross_site_url("/data?inner")}});
  EXPECT_TRUE(site.wait_for_request("/held"));
  EXPECT_TRUE(site.wait_for_request("/endless"));
  request_of("/held");
  request_of("/endless");
  driver().evaluate(driver().attach(site.url("/")), "postMessage('stop')");
  failure_of(site.url("/held"));
  failure_of(site.url("/endless"));
  site.release("/held");
  end_session();
  expect_one_end_each();
  auto made = reported();
  // The refused preflight's request is one of the page that never reaches the site.
  EXPECT_EQ(made.erase("GET " + other + "/data?preflight"), 1u);
  for (const auto& [request, count] : served()) EXPECT_EQ(made[request], count) << request;
  EXPECT_EQ(made.size(), served().size());
}

}  // namespace
}  // namespace telltale::e2e

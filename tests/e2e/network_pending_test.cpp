// Bodies that take their time (F5), requests that belong to nobody any more (F4), service workers' own fetches (F17),
// and which of two requests did not reach the server (F18).

#include <thread>

#include "network_test_base.hpp"

namespace telltale::e2e {
namespace {

using namespace std::chrono_literals;

class NetworkPending : public NetworkTest {
 protected:
  void SetUp() override {
    site.hold("/held");
    site.add_page("/next", "<p>next</p>");
  }
  void TearDown() override {
    site.release("/held");
    end_session();
    expect_one_end_each();
    NetworkTest::TearDown();
  }
  std::uint64_t seq_of(const json& envelope) { return envelope.at("seq").get<std::uint64_t>(); }
  /// Checks that the page's network was idle only after that response.
  void expect_idle_after(const json& response) {
    EXPECT_GT(seq_of(events->wait_for("network_idle")), seq_of(response)) << response.dump();
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, NetworkPending, kBrowsers, browser_name);

TEST_P(NetworkPending, WaitsForABodyThatComesLongAfterItsHeaders) {
  site.add_pieces("/slow", "application/json", {{3000ms, R"({"answer":)"}, {0ms, "42}"}});
  site.add_page("/", "<script>fetch('/slow').then((r) => r.json()).then((x) => console.log('got', x.answer))</script>");
  open("/");
  const auto response = response_of("/slow");
  EXPECT_EQ(data_of(response).value("body", "(none)"), R"({"answer":42})");
  EXPECT_FALSE(data_of(response).contains("body_read"));
  EXPECT_EQ(data_of(response).at("decoded_size"), 13);
  EXPECT_GT(data_of(response).at("encoded_size"), 13);
  EXPECT_GT(data_of(response).at("timing").at("total_ms"), 2900);
  expect_idle_after(response);
}

TEST_P(NetworkPending, WaitsForTheLastTokenOfAStreamHoweverItIsRead) {
  site.add_pieces("/tokens", "text/plain", {{100ms, "one "}, {2500ms, "two "}, {2500ms, "three"}});
  site.add_page("/", R"(<script>
const text = async (reader) => {
  let all = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return all;
    all += typeof value === 'string' ? value : new TextDecoder().decode(value);
  }
};
fetch('/tokens?reader').then((r) => text(r.body.getReader()));
fetch('/tokens?through').then((r) => text(r.body.pipeThrough(new TextDecoderStream()).getReader()));
(async () => { for await (const piece of (await fetch('/tokens?await')).body); })();
fetch('/tokens?text').then((r) => r.text());
const request = new XMLHttpRequest();
request.onprogress = () => request.responseText.length;
request.open('GET', '/tokens?xhr');
request.send();
</script>)");
  open("/");
  for (const char* path : {"/tokens?reader", "/tokens?through", "/tokens?await", "/tokens?text", "/tokens?xhr"}) {
    const auto response = response_of(path);
    EXPECT_EQ(data_of(response).value("body", "(none)"), "one two three") << path;
    EXPECT_FALSE(data_of(response).contains("body_read")) << path;
    EXPECT_EQ(data_of(response).at("decoded_size"), 13) << path;
    EXPECT_GE(data_of(response).at("encoded_size"), 13) << path;
    EXPECT_GT(data_of(response).at("timing").at("total_ms"), 5000) << path;
    expect_idle_after(response);
  }
}

TEST_P(NetworkPending, TellsBodiesThatWereReadLateFromThoseThatNeverAre) {
  site.add_pieces("/late", "application/json", {{0ms, "[1]"}});
  site.add_pieces("/chunked", "text/plain", {{0ms, "some "}, {300ms, "data"}});
  add("/announced", 200, {{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}}, "some data");
  site.add_page("/", R"(<script>
(async () => {
  const late = await fetch('/late');
  const announced = await fetch('/announced?late');
  await new Promise((done) => setTimeout(done, 2500));
  await late.json();
  await announced.text();
})();
window.kept = [fetch('/chunked'), fetch('/announced')];
</script>)");
  open("/");
  EXPECT_EQ(data_of(response_of("/late")).value("body", "(none)"), "[1]");
  EXPECT_EQ(data_of(response_of("/announced?late")).value("body", "(none)"), "some data");
  for (const char* path : {"/chunked", "/announced"}) {
    const auto response = data_of(response_of(path));
    EXPECT_EQ(response.value("body_read", true), false) << path;
    EXPECT_FALSE(response.contains("body")) << path;
  }
  for (const char* path : {"/late", "/announced?late"}) {
    EXPECT_FALSE(data_of(response_of(path)).contains("body_read")) << path;
  }
  events->wait_for("network_idle");
}

TEST_P(NetworkPending, TellsABodyThatWasGivenUpFromOneThatWasRead) {
  site.add_pieces("/aborted", "text/plain", {{0ms, "some "}, {60000ms, "data"}});
  site.add_page("/", R"(<script>
(async () => {
  const controller = new AbortController();
  const response = await fetch('/aborted?abort', {signal: controller.signal});
  const reader = response.body.getReader();
  await reader.read();
  controller.abort();
})();
fetch('/aborted?cancel').then(async (r) => {
  const reader = r.body.getReader();
  await reader.read();
  reader.cancel();
});
</script>)");
  open("/");
  for (const char* path : {"/aborted?abort", "/aborted?cancel"}) {
    const auto failed = data_of(failure_of(site.url(path)));
    EXPECT_EQ(failed.at("error_text"), "net::ERR_ABORTED");
    EXPECT_EQ(failed.at("canceled"), true);
  }
  events->wait_for("network_idle");
}

TEST_P(NetworkPending, ReportsStreamsOfWorkersAndFrames) {
  site.add_pieces("/tokens", "text/plain", {{300ms, "one "}, {2500ms, "two"}});
  const std::string read = "(async () => { for await (const piece of (await fetch('/tokens?MARK')).body); })();";
  const auto reading = [&](const std::string& mark) {
    std::string text = read;
    return text.replace(text.find("MARK"), 4, mark);
  };
  site.add("/worker.js", "text/javascript", reading("worker"));
  site.add_page("/frame", "<script>" + reading("frame") + "</script>");
  site.add_page("/", "<iframe src='" + site.cross_site_url("/frame") +
                         "'></iframe><script>new Worker('/worker.js')</script>");
  open("/");
  const auto worker = response_of("/tokens?worker");
  const auto frame = events->wait_for("network_response", {{"url", site.cross_site_url("/tokens?frame")}});
  EXPECT_EQ(data_of(worker).value("body", "(none)"), "one two");
  EXPECT_EQ(data_of(frame).value("body", "(none)"), "one two");
  expect_idle_after(worker);
  expect_idle_after(frame);
}

TEST_P(NetworkPending, ReportsBodiesThatServiceWorkersPassOn) {  // F17
  site.add("/worker.js", "text/javascript", R"(
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  if (event.request.url.endsWith('/made')) event.respondWith(new Response('made up'));
  if (event.request.url.endsWith('/passed')) event.respondWith(fetch('/pieces'));
});)");
  site.add_pieces("/pieces", "application/json", {{100ms, "[1,"}, {500ms, "2]"}});
  site.add_page("/", R"(<script>
navigator.serviceWorker.register('/worker.js');
navigator.serviceWorker.addEventListener('controllerchange', async () => {
  await (await fetch('/made')).text();
  await (await fetch('/passed')).json();
});
</script>)");
  open("/");
  EXPECT_EQ(data_of(response_of("/made")).value("body", "(none)"), "made up");
  EXPECT_EQ(data_of(response_of("/passed")).value("body", "(none)"), "[1,2]");
  EXPECT_EQ(data_of(response_of("/passed")).at("from_service_worker"), true);
  const auto own = data_of(response_of("/pieces"));
  EXPECT_NE(own.value("body", "absent"), "");
}

TEST_P(NetworkPending, EndsTheScriptsOfWorkersThatEndBefore) {  // F4
  site.hold("/held.js");
  site.add("/outer.js", "text/javascript", "new Worker('/held.js?inner')");
  site.add_page("/", R"(<script>
window.held = new Worker('/held.js');
setTimeout(() => held.terminate(), 300);
window.outer = new Worker('/outer.js');
</script>)");
  open("/");
  EXPECT_TRUE(site.wait_for_request("/held.js", 2));
  const auto page = driver().attach(site.url("/"));
  driver().evaluate(page, "outer.terminate()");
  EXPECT_EQ(data_of(failure_of(site.url("/held.js?inner"))).at("error_text"), "target_gone");
  EXPECT_EQ(data_of(failure_of(site.url("/held.js"))).at("error_text"), "timed_out");
  events->wait_for("network_idle");
  site.release("/held.js");
}

TEST_P(NetworkPending, WaitsForTheScriptOfAWorkerThatIsSlow) {  // F4, the other side
  site.hold("/slow.js");
  // Longer than a request of nobody is kept open.
  site.add_page("/", R"(<script>
new Worker('/slow.js').onmessage = (e) => console.log(e.data);
setTimeout(() => console.log('later'), 3000);
</script>)");
  open("/");
  EXPECT_TRUE(site.wait_for_request("/slow.js"));
  events->wait_for("console_log", {{"text", "later"}});
  site.add("/slow.js", "text/javascript", "postMessage('hello')");
  site.release("/slow.js");
  const auto response = response_of("/slow.js");
  EXPECT_EQ(data_of(response).at("status"), 200);
  expect_idle_after(response);
}

TEST_P(NetworkPending, EndsRequestsOfNobody) {  // F4
  // What tells the page to leave: a driver would wait for its load event, and the held pictures hold that up.
  site.add("/leave", "text/plain", "now");
  site.hold("/leave");
  site.add_page("/frame", R"(<script>
fetch('/held?kept', {keepalive: true}).catch(() => {});
navigator.sendBeacon('/held?beacon', 'x');
new Worker('/held?script');
new Image().src = '/held?image';
</script>)");
  site.add("/worker.js", "text/javascript",
           "fetch('" + site.cross_site_url("/held?preflight") + "', {headers: {'x-a': '1'}}).catch(() => {})");
  site.add_page("/popup", "<script>fetch('/held?popup');new Worker('/held?popupscript')</script>");
  // Of a popup chromium loses the first requests (race R2), so that it is not told of their ends either.
  const std::string popup = std::string_view(GetParam()) == "chromium" ? "{close() {}}" : "window.open('/popup')";
  site.add_page("/", R"(<iframe src=/frame></iframe><iframe src=')" + site.cross_site_url("/frame") + R"('></iframe>
<link rel=preload as=script href='/held?preload'><link rel=prefetch href='/held?prefetch'><script>
window.worker = new Worker('/worker.js');
window.popup = )" + popup + R"(;
const controller = new AbortController();
const options = {headers: {'x-a': '1'}, signal: controller.signal};
fetch(')" + site.cross_site_url("/held?aborted") + R"(', options).catch(() => {});
fetch('/leave').then(() => {
  controller.abort();
  worker.terminate();
  popup.close();
  document.querySelectorAll('iframe, link').forEach((element) => element.remove());
});
</script>)");
  open("/");
  for (const char* path : {"/held?kept", "/held?script", "/held?preload", "/held?prefetch"}) {
    request_of(path);
  }
  for (const char* path : {"/held?kept", "/held?script", "/held?preflight", "/held?aborted"}) {
    events->wait_for("network_request", {{"url", site.cross_site_url(path)}});
  }
  events->wait_for("network_request", {{"url", site.cross_site_url("/held?preflight")}, {"method", "OPTIONS"}});
  events->wait_for("network_request", {{"url", site.cross_site_url("/held?aborted")}, {"method", "OPTIONS"}});
  site.release("/leave");
  events->wait_for("network_idle");
  // Each has its end by then: TearDown counts them, and those that the end of the session made would be told here.
  end_session();
  for (const auto& failed : events->all("network_loading_failed")) {
    const bool of_popup = data_of(failed).at("url").get<std::string>().find("popup") != std::string::npos;
    EXPECT_TRUE(of_popup || data_of(failed).at("error_text") != "observation_ended") << failed.dump();
  }
}

TEST_P(NetworkPending, SaysWhichRequestThePrefetchHasSaved) {  // F18
  site.add_page("/prefetched", "<p>prefetched</p>");
  site.add_page("/", R"(<script type=speculationrules>
{"prefetch": [{"source": "list", "urls": ["/prefetched"], "eagerness": "immediate"}]}
</script>)");
  open("/");
  const json first{{"url", site.url("/prefetched")}, {"resource_type", "Prefetch"}};
  EXPECT_FALSE(data_of(events->wait_for("network_response", first)).contains("from_cache"));
  const auto page = driver().attach(site.url("/"));
  driver().evaluate(page, "void (location.href = '/prefetched')");
  const json second{{"url", site.url("/prefetched")}, {"resource_type", "Document"}};
  const auto used = data_of(events->wait_for("network_response", second));
  EXPECT_EQ(used.value("from_cache", "(none)"), "prefetch");
  EXPECT_EQ(used.at("encoded_size"), 0);
  EXPECT_EQ(site.received("/prefetched").size(), 1u);
}

}  // namespace
}  // namespace telltale::e2e

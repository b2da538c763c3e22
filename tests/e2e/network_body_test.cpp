// Bodies, headers of the wire, sizes and timing of responses; WebSockets.

#include <mutex>

#include "network_test_base.hpp"
#include "support/websocket_server.hpp"

namespace telltale::e2e {
namespace {

class NetworkBody : public NetworkTest {};
INSTANTIATE_TEST_SUITE_P(Browsers, NetworkBody, kBrowsers, browser_name);

TEST_P(NetworkBody, ReportsBodiesOfTextAsFarAsTheyMayGo) {
  const std::string euros = [] {
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "\u20ac";
    return text;
  }();
  add("/short", 200, {{"Content-Type", "application/json"}}, R"({"answer": 42})");
  add("/text", 200, {{"Content-Type", "text/plain; charset=utf-8"}}, euros);
  add("/json", 200, {{"Content-Type", "application/json"}}, '"' + std::string(9000, 'x') + '"');
  add("/latin", 200, {{"Content-Type", "text/plain; charset=iso-8859-1"}}, "a\xE4\xFF");
  add("/broken", 200, {{"Content-Type", "application/json"}}, "\"\xFF\xFE\"");
  add("/large", 200, {{"Content-Type", "text/plain"}}, std::string((1 << 20) + 1, 'x'));
  add("/script.js", 200, {{"Content-Type", "text/javascript"}}, "1");
  add("/none", 204, {});
  site.add_page("/", R"(<script src=/script.js></script><script>
for (const path of ['/short', '/text', '/json', '/latin', '/broken', '/large', '/none'])
  fetch(path).then((response) => response.text());
</script>)");
  open("/");
  const auto body = [&](std::string_view path) { return data_of(response_of(path)).value("body", "(none)"); };
  EXPECT_EQ(body("/short"), R"({"answer": 42})");
  std::string cut;
  for (int i = 0; i < (4096 - 14) / 3; ++i) cut += "\u20ac";
  EXPECT_EQ(body("/text"), cut + "...[truncated]");
  EXPECT_EQ(body("/json"), '"' + std::string(8192 - 14 - 1, 'x') + "...[truncated]");
  EXPECT_EQ(body("/latin"), "a\u00e4\u00ff");
  EXPECT_EQ(body("/broken"), "\"\uFFFD\uFFFD\"");
  EXPECT_EQ(body("/large"), "(none)");
  EXPECT_EQ(body("/script.js"), "(none)");
  EXPECT_EQ(body("/none"), "(none)");
  EXPECT_EQ(data_of(response_of("/none")).at("status"), 204);
  EXPECT_NE(body("/").find("<script src=/script.js>"), std::string::npos) << "the document's own";
  EXPECT_EQ(data_of(response_of("/large")).at("decoded_size"), (1 << 20) + 1);
  for (const auto& response : events->all("network_response")) {
    EXPECT_FALSE(data_of(response).contains("body_read")) << response.dump();
  }
}

TEST_P(NetworkBody, ReportsBodiesOfAllKindsOfText) {
  const std::vector<std::string> types{
      "application/problem+json", "application/ld+json", "application/hal+json", "application/x-ndjson", "text/json",
      "text/markdown", "application/xhtml+xml", "application/soap+xml", "application/yaml", "text/yaml",
      "application/vnd.oai.openapi+yaml", "text/x-anything", "text/javascript", "application/javascript", "text/css",
      "application/graphql-response+json", "application/geo+json; charset=utf-8", "image/svg+xml"};
  std::string script = "<script>";
  for (std::size_t i = 0; i < types.size(); ++i) {
    const auto path = "/" + std::to_string(i);
    add(path, 200, {{"Content-Type", types[i]}, {"Cache-Control", "no-store"}}, "gr\u00fc\u00df dich " + types[i]);
    script += "fetch('" + path + "').then((r) => r.text());";
  }
  add("/binary", 200, {{"Content-Type", "application/octet-stream"}}, "no text");
  site.add_page("/", script + "fetch('/binary').then((r) => r.text());</script>");
  open("/");
  for (std::size_t i = 0; i < types.size(); ++i) {
    const auto got = data_of(response_of("/" + std::to_string(i)));
    EXPECT_TRUE(got.value("body", "(none)").ends_with(types[i])) << got.dump();
  }
  EXPECT_FALSE(data_of(response_of("/binary")).contains("body"));
}

TEST_P(NetworkBody, ReportsBodiesOfFramesAndWorkers) {
  add("/data", 200, {{"Content-Type", "text/plain"}}, "some data");
  add("/worker.js", 200, {{"Content-Type", "text/javascript"}},
      "fetch('/data?worker').then((r) => r.text());");
  site.add_page("/frame", "<p>frame</p><script>fetch('/data?frame').then((r) => r.text())</script>");
  site.add_page("/", "<iframe src='" + site.cross_site_url("/frame") +
                         "'></iframe><script>new Worker('/worker.js')</script>");
  open("/");
  EXPECT_EQ(data_of(response_of("/data?worker")).at("body"), "some data");
  const auto frame = events->wait_for("network_response", {{"url", site.cross_site_url("/frame")}});
  EXPECT_NE(data_of(frame).value("body", "").find("<p>frame</p>"), std::string::npos);
  const auto fetched = events->wait_for("network_response", {{"url", site.cross_site_url("/data?frame")}});
  EXPECT_EQ(data_of(fetched).at("body"), "some data");
}

/// A header by name in any case.
std::string header(const json& headers, std::string name) {
  for (const auto& [key, value] : headers.items()) {
    if (std::ranges::equal(
            key, name, [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); })) {
      return value.get<std::string>();
    }
  }
  return "(none)";
}

TEST_P(NetworkBody, ShowsTheHeadersOfTheWireAndWhereAResponseCameFrom) {
  add("/set", 302, {{"Location", "/data"}, {"Set-Cookie", "flavour=plain"}, {"X-Hop", "first"}});
  add("/data", 200, {{"Content-Type", "text/plain"}, {"Cache-Control", "max-age=600"}}, "some data");
  site.add_page("/", R"(<script>(async () => {
await (await fetch('/set')).text();
await (await fetch('/data?again')).text();
await (await fetch('/data?again')).text();
})()</script>)");
  open("/");
  const auto hop = data_of(response_of("/set"));
  EXPECT_EQ(hop.at("status"), 302);
  const auto first = data_of(response_of("/data"));
  EXPECT_EQ(header(first.at("wire_headers"), "content-type"), "text/plain");
  // Only on the wire is there a cookie, which is masked; the headers that the page has set have none.
  EXPECT_EQ(header(first.at("request_wire_headers"), "cookie"), "[redacted]");
  EXPECT_EQ(header(data_of(request_of("/data")).at("headers"), "cookie"), "(none)");
  EXPECT_EQ(first.at("protocol"), "http/1.1");
  EXPECT_EQ("http://" + first.at("remote_address").get<std::string>() + "/", site.url("/"));
  EXPECT_FALSE(first.contains("from_cache"));
  EXPECT_FALSE(first.contains("from_service_worker"));
  EXPECT_EQ(first.at("decoded_size"), 9);
  EXPECT_GT(first.at("encoded_size"), 9);
  EXPECT_GE(first.at("timing").at("ttfb_ms"), 0.0);
  EXPECT_GE(first.at("timing").at("total_ms"), 0.0);
  const auto network = response_of("/data?again");
  const auto cached = data_of(events->wait_for(
      "network_response", {{"url", site.url("/data?again")}, {"from_cache", "disk"}}, network.at("seq")));
  EXPECT_EQ(cached.at("body"), "some data");
  EXPECT_EQ(cached.at("encoded_size"), 0);
  EXPECT_FALSE(cached.contains("wire_headers"));
  // Of a hop they are there when they come before the next hop, which is not held up for them.
  if (hop.contains("wire_headers")) {
    EXPECT_EQ(header(hop.at("wire_headers"), "x-hop"), "first");
  }
}

TEST_P(NetworkBody, ReportsWhatAServiceWorkerAnswersAndFetches) {
  add("/worker.js", 200, {{"Content-Type", "text/javascript"}}, R"(
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  if (event.request.url.endsWith('/made')) event.respondWith(new Response('made up'));
  if (event.request.url.endsWith('/passed')) event.respondWith(fetch('/data?worker'));
});)");
  add("/data", 200, {{"Content-Type", "text/plain"}}, "some data");
  site.add_page("/", R"(<script>
navigator.serviceWorker.addEventListener('controllerchange', async () => {
  await (await fetch('/made')).text();
  await (await fetch('/passed')).text();
});
navigator.serviceWorker.register('/worker.js');
</script>)");
  open("/");
  const auto made = data_of(response_of("/made"));
  EXPECT_EQ(made.at("from_service_worker"), true);
  EXPECT_EQ(made.at("body"), "made up");
  EXPECT_EQ(data_of(response_of("/passed")).at("from_service_worker"), true);
  const auto fetched = response_of("/data?worker");
  expect_cdp_event(fetched, "network", "Network.loadingFinished", "service_worker");
  EXPECT_EQ(data_of(request_of("/data?worker")).at("target_type"), "service_worker");
  EXPECT_EQ(data_of(response_of("/worker.js")).at("status"), 200);
  end_session();
  expect_one_end_each();
}

TEST_P(NetworkBody, ReportsWhatAProxyRefuses) {
  add("/", 502, {{"X-Kernel-Proxy-Error", "destination_blocked"}, {"Content-Type", "text/plain"}}, "blocked");
  open("/");
  const auto refused = events->wait_for("proxy_error", {{"url", site.url("/")}});
  expect_cdp_event(refused, "network", "Network.responseReceived");
  EXPECT_EQ(data_of(refused).at("code"), "destination_blocked");
  EXPECT_EQ(data_of(refused).at("status"), 502);
  EXPECT_EQ(data_of(refused).at("resource_type"), "Document");
  EXPECT_EQ(data_of(refused).at("request_id"), data_of(request_of("/")).at("request_id"));
}

// --- WebSockets

TEST_P(NetworkBody, ReportsTheLifeOfWebSockets) {
  testing::LoopThread thread;
  testing::WebSocketScript script;
  script.on_open = [](testing::WebSocketPeer& peer) {
    if (peer.request().path == "/dropped") return peer.drop();
    peer.send("hello \u20ac");
  };
  std::mutex mutex;
  std::string arrived;
  script.on_message = [&](testing::WebSocketPeer& peer, std::string_view message) {
    const std::lock_guard lock(mutex);
    arrived += std::string(message) + "|";
    if (message.starts_with("thanks")) peer.close();
  };
  testing::WebSocketServer sockets(thread.loop(), std::move(script));
  thread.spawn(sockets.run());
  const auto refused = site.url("/refused").replace(0, 4, "ws");
  site.add_page("/", "<script>const socket = new WebSocket('" + sockets.url("/chat") + R"(');
socket.onmessage = (message) => {
  if (!message.data.startsWith('hello')) return;
  for (const text of ['\u00e2\u201a\u00ac', '\u00c3\u00a9', 'thanks \u20ac']) socket.send(text);
};
new WebSocket(')" + sockets.url("/dropped") +
                         "');new WebSocket('" + refused + "');</script>");
  open("/");
  const json chat{{"url", sockets.url("/chat")}};
  const auto opened = events->wait_for("network_websocket_opened", chat);
  expect_cdp_event(opened, "network", "Network.webSocketHandshakeResponseReceived");
  EXPECT_EQ(data_of(opened).at("status"), 101);
  EXPECT_EQ(header(data_of(opened).at("headers"), "upgrade"), "websocket");
  const auto frame = [&](const char* direction) {
    json expected = chat;
    expected["direction"] = direction;
    return events->wait_for("network_websocket_frame", expected);
  };
  EXPECT_EQ(data_of(frame("received")).at("payload"), "hello \u20ac");
  EXPECT_EQ(data_of(frame("received")).at("size"), 9);
  // F11: as the server got it, also what looks like UTF-8 read as another encoding.
  const auto as_sent = [&](const char* payload) {
    const json expected{{"url", sockets.url("/chat")}, {"direction", "sent"}, {"payload", payload}};
    return data_of(events->wait_for("network_websocket_frame", expected));
  };
  EXPECT_EQ(as_sent("\u00e2\u201a\u00ac").at("size"), 7);
  EXPECT_EQ(as_sent("\u00c3\u00a9").at("size"), 4);
  EXPECT_EQ(as_sent("thanks \u20ac").at("size"), 10);
  EXPECT_EQ(data_of(frame("sent")).at("opcode"), 1);
  const auto closed = events->wait_for("network_websocket_closed", chat);
  EXPECT_EQ(data_of(closed).at("request_id"), data_of(opened).at("request_id"));
  EXPECT_FALSE(data_of(closed).contains("error_text"));
  events->wait_for("network_websocket_closed", {{"url", sockets.url("/dropped")}});
  const auto failed = events->wait_for("network_websocket_closed", {{"url", refused}});
  EXPECT_NE(data_of(failed).at("error_text").get<std::string>().find("404"), std::string::npos);
  thread.stop();
  EXPECT_EQ(arrived, "\u00e2\u201a\u00ac|\u00c3\u00a9|thanks \u20ac|");
}

}  // namespace
}  // namespace telltale::e2e

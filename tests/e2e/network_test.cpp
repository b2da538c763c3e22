// network_request, network_response and network_loading_failed.

#include "network_test_base.hpp"

namespace telltale::e2e {
namespace {

/// A port that nobody listens on: it was free a moment ago.
std::uint16_t closed_port() {
  struct Nobody final : net::HttpHandler {
    base::Task<net::HttpReply> handle(net::HttpRequest) override { co_return net::HttpReply{}; }
    net::HttpResponse refuse(unsigned, std::string_view) override { return {}; }
  } nobody;
  base::LoopPool loops(1);
  return net::HttpServer(loops, nobody).listen("127.0.0.1", 0).value();
}

class Network : public NetworkTest {};
INSTANTIATE_TEST_SUITE_P(Browsers, Network, kBrowsers, browser_name);

constexpr const char* kWillBeSent = "Network.requestWillBeSent";
constexpr const char* kFinished = "Network.loadingFinished";
constexpr const char* kFailed = "Network.loadingFailed";

/// The request and its end tell the same story.
void expect_same_request(const json& request, const json& end) {
  SCOPED_TRACE(end.dump());
  for (const char* name : {"request_id", "url", "frame_id", "loader_id", "nav_seq", "session_id"}) {
    EXPECT_EQ(data_of(request).at(name), data_of(end).at(name)) << name;
  }
  EXPECT_LT(request.at("seq"), end.at("seq"));
}

TEST_P(Network, ReportsTheDocumentAndWhatItsMarkupLoads) {
  site.add("/picture.svg", "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>");
  site.add_page("/", "<img src=/picture.svg>");
  open("/");
  const auto navigation = navigation_to("/");
  const auto document = request_of("/");
  expect_cdp_event(document, "network", kWillBeSent);
  EXPECT_EQ(data_of(document).at("method"), "GET");
  EXPECT_EQ(data_of(document).at("resource_type"), "Document");
  EXPECT_EQ(data_of(document).at("document_url"), site.url("/"));
  EXPECT_EQ(data_of(document).at("loader_id"), data_of(navigation).at("loader_id"));
  EXPECT_EQ(data_of(document).at("frame_id"), data_of(navigation).at("frame_id"));
  // It was sent before its document was there.
  EXPECT_EQ(data_of(document).at("nav_seq"), nav_seq_of(navigation) - 1);
  EXPECT_FALSE(data_of(document).contains("is_redirect"));
  EXPECT_FALSE(data_of(document).contains("post_data"));
  const auto page = response_of("/");
  expect_cdp_event(page, "network", kFinished);
  expect_same_request(document, page);
  EXPECT_EQ(data_of(page).at("status"), 200);
  EXPECT_EQ(data_of(page).at("status_text"), "OK");
  EXPECT_EQ(data_of(page).at("mime_type"), "text/html");
  EXPECT_EQ(data_of(page).at("resource_type"), "Document");

  const auto image = request_of("/picture.svg");
  EXPECT_EQ(data_of(image).at("resource_type"), "Image");
  EXPECT_EQ(data_of(image).at("initiator_type"), "parser");
  EXPECT_EQ(data_of(image).at("nav_seq"), nav_seq_of(navigation));
  const auto picture = response_of("/picture.svg");
  expect_same_request(image, picture);
  EXPECT_EQ(data_of(picture).at("mime_type"), "image/svg+xml");
}

TEST_P(Network, ReportsFetchAndXhrWithHeadersAndPostData) {
  site.add("/fetched", "application/json", R"({"answer": 42})");
  site.add("/posted", "text/plain", "thanks");
  site.add_page("/", R"(<script>
fetch('/fetched', {headers: {'X-Test': 'yes'}}).then((response) => response.json());
const xhr = new XMLHttpRequest();
xhr.open('POST', '/posted');
xhr.setRequestHeader('Content-Type', 'text/plain');
xhr.send('the posted body');
</script>)");
  open("/");
  const auto fetched = request_of("/fetched");
  expect_cdp_event(fetched, "network", kWillBeSent);
  EXPECT_EQ(data_of(fetched).at("resource_type"), "Fetch");
  EXPECT_EQ(data_of(fetched).at("initiator_type"), "script");
  EXPECT_EQ(data_of(fetched).at("headers").at("X-Test"), "yes");
  const auto answer = response_of("/fetched");
  expect_same_request(fetched, answer);
  EXPECT_EQ(data_of(answer).at("mime_type"), "application/json");
  EXPECT_EQ(data_of(answer).at("headers").at("Content-Type"), "application/json");

  const auto posted = request_of("/posted");
  EXPECT_EQ(data_of(posted).at("method"), "POST");
  EXPECT_EQ(data_of(posted).at("resource_type"), "XHR");
  EXPECT_EQ(data_of(posted).at("post_data"), "the posted body");
  const auto thanks = response_of("/posted");
  expect_same_request(posted, thanks);
  EXPECT_EQ(data_of(thanks).at("method"), "POST");
}

TEST_P(Network, ReportsEachHopOfARedirect) {
  site.add_redirect("/first", "/second");
  site.add("/second", "text/plain", "here");
  site.add_page("/", "<script>fetch('/first').then((r) => r.text())</script>");
  open("/");
  const auto first = request_of("/first");
  const auto second = request_of("/second");
  EXPECT_EQ(data_of(first).at("request_id"), data_of(second).at("request_id"));
  EXPECT_EQ(data_of(first).at("nav_seq"), data_of(second).at("nav_seq"));
  EXPECT_FALSE(data_of(first).contains("is_redirect"));
  EXPECT_EQ(data_of(second).at("is_redirect"), true);
  EXPECT_EQ(data_of(second).at("redirect_url"), site.url("/first"));
  const auto hop = response_of("/first");
  expect_cdp_event(hop, "network", kWillBeSent);
  expect_same_request(first, hop);
  EXPECT_EQ(data_of(hop).at("status"), 302);
  EXPECT_EQ(data_of(hop).at("headers").at("Location"), "/second");
  EXPECT_EQ(data_of(response_of("/second")).at("status"), 200);
}

TEST_P(Network, ReportsAnErrorStatusAsAResponse) {
  site.add_page("/", "<script>fetch('/missing').then((r) => r.text()).catch(() => {});</script>");
  open("/");
  const auto missing = response_of("/missing");
  EXPECT_EQ(data_of(missing).at("status"), 404);
  EXPECT_EQ(data_of(missing).at("status_text"), "Not Found");
  EXPECT_EQ(events->all("network_loading_failed").size(), 0u);
}

TEST_P(Network, ReportsARefusedConnection) {
  const std::string url = "http://127.0.0.1:" + std::to_string(closed_port()) + "/nobody";
  site.add_page("/", "<script>fetch('" + url + "', {mode: 'no-cors'}).catch(() => {})</script>");
  open("/");
  const auto request = events->wait_for("network_request", {{"url", url}});
  const auto failed = events->wait_for("network_loading_failed", {{"url", url}});
  expect_cdp_event(failed, "network", kFailed);
  expect_same_request(request, failed);
  EXPECT_EQ(data_of(failed).at("error_text"), "net::ERR_CONNECTION_REFUSED");
  EXPECT_EQ(data_of(failed).at("canceled"), false);
  EXPECT_EQ(data_of(failed).at("resource_type"), "Fetch");
}

TEST_P(Network, ReportsARequestThatThePageGivesUp) {
  site.hold("/slow");
  site.add_event_stream("/endless");  // not to be judged by its silence
  site.add_page("/", R"(<script>
for (const path of ['/slow', '/endless']) {
  const controller = new AbortController();
  fetch(path, {signal: controller.signal}).then((r) => r.text()).catch(() => {});
  addEventListener('message', () => controller.abort());
}
</script>)");
  open("/");
  request_of("/slow");
  request_of("/endless");
  EXPECT_TRUE(site.wait_for_request("/slow"));
  EXPECT_TRUE(site.wait_for_request("/endless"));
  EXPECT_TRUE(events->all("network_loading_failed").empty());
  const auto page = driver().attach(site.url("/"));
  driver().evaluate(page, "postMessage('stop')");
  for (const char* path : {"/slow", "/endless"}) {
    const auto failed = events->wait_for("network_loading_failed", {{"url", site.url(path)}});
    EXPECT_EQ(data_of(failed).at("error_text"), "net::ERR_ABORTED");
    EXPECT_EQ(data_of(failed).at("canceled"), true);
  }
  site.release("/slow");
}

TEST_P(Network, ReportsTheRequestsOfAFrameOfAnotherSite) {
  site.add("/data", "text/plain", "some data");
  site.add_page("/frame", "<script>fetch('/data').then((r) => r.text())</script>");
  site.add_page("/", "<iframe src='" + site.cross_site_url("/frame") + "'></iframe>");
  open("/");
  const auto navigation = navigation_to("/");
  const auto frame = events->wait_for("page_navigation", {{"url", site.cross_site_url("/frame")}});
  // The document is asked for by the page, which owned the frame at that time.
  const auto document = events->wait_for("network_request", {{"url", site.cross_site_url("/frame")}});
  expect_cdp_event(document, "network", kWillBeSent, "page");
  EXPECT_EQ(data_of(document).at("frame_id"), data_of(frame).at("frame_id"));
  EXPECT_EQ(
      data_of(events->wait_for("network_response", {{"url", site.cross_site_url("/frame")}})).at("status"),
      200);
  const auto request = events->wait_for("network_request", {{"url", site.cross_site_url("/data")}});
  expect_cdp_event(request, "network", kWillBeSent, "iframe");
  EXPECT_EQ(data_of(request).at("frame_id"), data_of(frame).at("frame_id"));
  EXPECT_EQ(data_of(request).at("loader_id"), data_of(frame).at("loader_id"));
  EXPECT_EQ(data_of(request).at("nav_seq"), nav_seq_of(navigation));
  expect_same_request(request, events->wait_for("network_response", {{"url", site.cross_site_url("/data")}}));
}

}  // namespace
}  // namespace telltale::e2e

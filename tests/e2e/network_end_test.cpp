// Every request has exactly one end, also where Chromium reports none.

#include <signal.h>

#include <set>

#include "network_test_base.hpp"

namespace telltale::e2e {
namespace {

class NetworkEnd : public NetworkTest {
 protected:
  void SetUp() override {
    site.hold("/held");
    // Of an event stream silence says nothing, however slow the machine is.
    site.add_event_stream("/endless");
  }
  void TearDown() override {
    site.release("/held");
    end_session();
    expect_one_end_each();
    NetworkTest::TearDown();
  }
  /// Fetches one that is not answered and one whose body does not end; `mark` tells them from others.
  static std::string fetches(const std::string& mark) {
    return "fetch('/held?" + mark + "').catch(() => {});fetch('/endless?" + mark +
           "').then((r) => r.text()).catch(() => {});";
  }
  /// Waits until both have begun.
  void wait_for_fetches(const std::string& base) {
    events->wait_for("network_request", {{"url", base + "/held" + mark_}});
    events->wait_for("network_request", {{"url", base + "/endless" + mark_}});
    EXPECT_TRUE(site.wait_for_request("/held"));
    EXPECT_TRUE(site.wait_for_request("/endless"));
  }
  void expect_failed(const std::string& url, const std::set<std::string>& errors) {
    const auto failed = failure_of(url);
    EXPECT_TRUE(errors.contains(data_of(failed).at("error_text"))) << failed.dump();
  }
  std::string mark_ = "?x";
};
INSTANTIATE_TEST_SUITE_P(Browsers, NetworkEnd, kBrowsers, browser_name);

TEST_P(NetworkEnd, EndsRequestsOfADocumentThatIsLeft) {
  site.add_page("/", "<script>" + fetches("x") + "</script>");
  site.add_page("/next", "<p>next</p>");
  open("/");
  wait_for_fetches(site.url(""));
  const auto page = driver().attach(site.url("/"));
  driver().call("Page.navigate", {{"url", site.url("/next")}}, page);
  for (const char* path : {"/held?x", "/endless?x"}) {
    const auto failed = failure_of(site.url(path));
    EXPECT_EQ(data_of(failed).at("error_text"), "document_gone");
    EXPECT_EQ(data_of(failed).at("canceled"), true);
    expect_cdp_event(failed, "network", "Page.frameNavigated");
  }
  EXPECT_EQ(data_of(response_of("/next")).at("status"), 200) << "not those of the document that comes";
}

TEST_P(NetworkEnd, EndsRequestsOfFramesThatAreRemoved) {
  site.add_page("/frame", "<script>" + fetches("x") + "</script>");
  site.add_page(
      "/", "<iframe src='/frame'></iframe><iframe src='" + site.cross_site_url("/frame") + "'></iframe>");
  open("/");
  wait_for_fetches(site.url(""));
  wait_for_fetches(site.cross_site_url(""));
  const auto page = driver().attach(site.url("/"));
  driver().evaluate(page, "document.querySelectorAll('iframe').forEach((frame) => frame.remove())");
  for (const char* path : {"/held?x", "/endless?x"}) {
    // Chromium reports these itself; the other process is gone before it can.
    expect_failed(site.url(path), {"net::ERR_ABORTED"});
    expect_failed(site.cross_site_url(path), {"document_gone", "target_gone", "net::ERR_ABORTED"});
  }
}

TEST_P(NetworkEnd, EndsRequestsOfWorkersThatAreTerminated) {
  site.add("/worker.js", "text/javascript", fetches("x"));
  site.add_page("/", "<script>window.worker = new Worker('/worker.js')</script>");
  open("/");
  wait_for_fetches(site.url(""));
  const auto page = driver().attach(site.url("/"));
  driver().evaluate(page, "worker.terminate()");
  expect_failed(site.url("/held?x"), {"target_gone"});
  expect_failed(site.url("/endless?x"), {"target_gone"});
}

TEST_P(NetworkEnd, EndsRequestsOfPagesThatAreClosed) {
  site.add_page("/popup", "<script>" + fetches("x") + "</script>");
  site.add_page("/", "<p>stays</p>");
  open("/");
  driver().open_page(site.url("/popup"));
  wait_for_fetches(site.url(""));
  const auto target = data_of(request_of("/held?x")).at("target_id");
  driver().call("Target.closeTarget", {{"targetId", target}});
  expect_failed(site.url("/held?x"), {"target_gone"});
  expect_failed(site.url("/endless?x"), {"target_gone"});
}

TEST_P(NetworkEnd, EndsRequestsOfPagesThatCrash) {
  site.add_page("/", "<script>" + fetches("x") + "</script>");
  open("/");
  wait_for_fetches(site.url(""));
  events->wait_for("page_load", {{"url", site.url("/")}});
  const auto processes = driver().call("SystemInfo.getProcessInfo").at("processInfo");
  for (const auto& process : processes) {
    if (process.at("type") == "renderer") ::kill(process.at("id").get<int>(), SIGKILL);
  }
  expect_failed(site.url("/held?x"), {"target_crashed"});
  expect_failed(site.url("/endless?x"), {"target_crashed"});
}

TEST_P(NetworkEnd, EndsRequestsThatAreOpenAtTheEndOfTheSession) {
  site.add_page("/", "<script>" + fetches("x") + "</script>");
  open("/");
  wait_for_fetches(site.url(""));
  end_session();
  expect_failed(site.url("/held?x"), {"observation_ended"});
}

TEST_P(NetworkEnd, PublishesResponsesThatThePageDoesNotRead) {
  add("/small", 200, {{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}}, "some data");
  add("/large", 200, {{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}},
      std::string(3 << 20, 'x'));
  add("/none", 204, {});
  site.add_page("/next", "<p>next</p>");
  site.add_page("/", R"(<script>
window.kept = ['/small', '/large', '/none'].map((path) => fetch(path));
kept.push(fetch('/small?head', {method: 'HEAD'}));
</script>)");
  open("/");
  const auto small = response_of("/small");
  EXPECT_EQ(data_of(small).value("body_read", true), false) << small.dump();
  EXPECT_FALSE(data_of(small).contains("body"));
  expect_cdp_event(small, "network", "Network.responseReceived");
  for (const char* path : {"/none", "/small?head"}) {
    const auto response = data_of(response_of(path));
    EXPECT_FALSE(response.contains("body_read")) << "there is nothing to read";
    EXPECT_LT(response.at("status"), 300);
  }
  // Chromium takes in only some of a large one, and that looks like a slow server's until the document is left.
  const auto page = driver().attach(site.url("/"));
  driver().call("Page.navigate", {{"url", site.url("/next")}}, page);
  const auto large = response_of("/large");
  EXPECT_EQ(data_of(large).value("body_read", true), false) << large.dump();
}

TEST_P(NetworkEnd, DoesNotTakeAnEventStreamForEnded) {
  site.add_event_stream("/stream");
  add("/small", 200, {{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}}, "some data");
  site.add_page("/", R"(<script>
window.stream = new EventSource('/stream');
stream.onmessage = () => { stream.onmessage = null; window.kept = fetch('/small'); };
</script>)");
  open("/");
  // The measure of time: it is judged by a silence that began after the stream's.
  EXPECT_EQ(data_of(response_of("/small")).value("body_read", true), false);
  for (const auto& response : events->all("network_response")) {
    EXPECT_NE(data_of(response).at("url"), site.url("/stream"));
  }
  EXPECT_TRUE(events->all("network_loading_failed").empty());
  const auto page = driver().attach(site.url("/"));
  driver().evaluate(page, "stream.close()");
  expect_failed(site.url("/stream"), {"net::ERR_ABORTED"});
}

TEST_P(NetworkEnd, EndsNavigationsThatDoNotBecomeADocument) {
  add("/none", 204, {});
  add("/file", 200,
      {{"Content-Type", "application/octet-stream"}, {"Content-Disposition", "attachment; filename=a.bin"}},
      std::string(100'000, 'x'));
  site.add_page("/", "<p>stays</p>");
  open("/");
  events->wait_for("page_load", {{"url", site.url("/")}});
  const auto page = driver().attach(site.url("/"));
  const auto go = [&](const std::string& path) {
    driver().evaluate(page, "void (location.href = '" + path + "')");
  };
  go("/none");
  EXPECT_EQ(data_of(response_of("/none")).at("status"), 204);
  go("/file");
  expect_failed(site.url("/file"), {"net::ERR_ABORTED"});
  // While a navigation is pending, the page answers no more commands: it goes on by itself.
  site.hold("/turn");
  site.add_page("/second", "<p>second</p>");
  driver().evaluate(page, R"(fetch('/turn').then(() => { location.href = '/second'; });
location.href = '/held?first'; 0)");
  EXPECT_TRUE(site.wait_for_request("/held"));
  site.release("/turn");
  expect_failed(site.url("/held?first"), {"net::ERR_ABORTED"});
  EXPECT_EQ(data_of(response_of("/second")).at("status"), 200);
}

}  // namespace
}  // namespace telltale::e2e

// Pages that send more, deeper or stranger things than anybody should. Telltale stays up, numbers its events
// without a gap, keeps every envelope inside its size, and reports what happens afterwards.

#include <cstring>
#include <map>
#include <set>

#include "browser_test.hpp"
#include "stream/limits.hpp"
#include "support/read_file.hpp"

namespace telltale::e2e {
namespace {

constexpr std::size_t kLargestEnvelope = 1'000'000;

class HostileInput : public BrowserTest {
 protected:
  /// A page whose script the test calls with driver().evaluate().
  std::string open_and_drive(const json& telemetry = capture_page()) {
    site.add("/after", "text/plain", "still here");
    site.add_page("/", "<button id=button>Press</button>");
    open("/", telemetry);
    return driver().attach(site.url("/"));
  }
  /// Most bytes of physical memory that the server has had until now.
  std::size_t peak_memory() {
    const auto status = testing::read_file("/proc/" + std::to_string(server.process().pid()) + "/status");
    const auto at = status.find("VmHWM:");
    return std::stoul(status.substr(at + std::strlen("VmHWM:"))) * 1024;
  }
  /// What the page does next is recorded as if nothing had been, and nothing before it was too large.
  void expect_alive(const std::string& page) {
    driver().evaluate(page, "fetch('/after').then((r) => r.text()).then((text) => { console.log(text); })");
    events->wait_for("console_log", {{"text", "still here"}});
    for (const auto& envelope : events->all()) {
      const auto text = envelope.dump(-1, ' ', false, json::error_handler_t::replace);
      EXPECT_LE(text.size(), kLargestEnvelope) << text.substr(0, 300);
    }
    EXPECT_EQ(testing::gap_in(events->all()), "");
    EXPECT_EQ(server.get("/healthz").status, 200u);
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, HostileInput, kBrowsers, browser_name);

TEST_P(HostileInput, LongTextIsCutAndSaidToBe) {
  const auto page = open_and_drive();
  driver().evaluate(page, "console.log('x'.repeat(10_000_000)); console.error('\\u00e9'.repeat(5_000_000));");
  for (const char* type : {"console_log", "console_error"}) {
    const auto cut = events->wait_for_any(type, [&](const json& envelope) {
      return envelope.at("event").at("type") == type && envelope.at("event").value("truncated", false);
    });
    EXPECT_TRUE(cut.at("event").contains("data"));
  }
  expect_alive(page);
}

TEST_P(HostileInput, DeepObjectsAreReported) {
  const auto page = open_and_drive();
  driver().evaluate(page, R"({
    let list = [], object = {};
    for (let i = 0; i < 100_000; ++i) { list = [list]; object = {o: object}; }
    console.log('deep', list, object);
    const circle = {}; circle.self = circle; console.log('round', circle);
    console.log('wide', Object.fromEntries(Array.from({length: 100_000}, (_, i) => ['k' + i, i])));
    console.log('many', ...Array.from({length: 20_000}, (_, i) => i));
  })");
  for (const char* text : {"deep", "round", "wide", "many"})
    events->wait_for("console_log", {{"text", text}});
  expect_alive(page);
}

TEST_P(HostileInput, TextThatIsNoUnicodeStaysValid) {
  const auto page = open_and_drive();
  driver().evaluate(page, R"js({
    console.log('lone \ud800 and \udc00');
    console.log('nul \0 in the middle, \u2028 and \u2029, \x1b[31m, \x7f, \ufffe \uffff');
    console.log({'key \ud83d': '\ude00', '\0': '\0'});
    console.log('data: forged\n\nid: 1\ndata: {}\n\n');
    const error = new Error('\ud800'); error.name = '\0'; setTimeout(() => { throw error; });
    document.title = '\udfff';
    void 0;
  })js");
  events->wait_for_any("lone surrogates", [](const json& envelope) {
    return data_of(envelope).value("text", "").starts_with("lone ");
  });
  const auto nul = events->wait_for_any("the NUL", [](const json& envelope) {
    return data_of(envelope).value("text", "").starts_with("nul ");
  });
  EXPECT_NE(data_of(nul).at("text").get<std::string>().find(std::string("nul \0 in", 8)), std::string::npos);
  events->wait_for("console_log", {{"text", "data: forged\n\nid: 1\ndata: {}\n\n"}});
  events->wait_for("console_error");
  expect_alive(page);
}

TEST_P(HostileInput, HugeHeadersAndUrlsAreReported) {
  net::HttpResponse response;
  for (int i = 0; i < 2'000; ++i)
    response.headers.set("X-Header-" + std::to_string(i), std::string(100, 'v'));
  response.headers.set("Content-Type", "text/plain");
  response.body = "many headers";
  site.add("/headers", response);
  const auto page = open_and_drive();
  driver().evaluate(page, R"({
    const headers = Object.fromEntries(Array.from({length: 200}, (_, i) => ['x-h-' + i, 'v'.repeat(100)]));
    fetch('/headers', {headers}).then((r) => r.text()).then((text) => console.log(text));
    fetch('data:text/plain,' + 'u'.repeat(1_500_000)).catch(() => 0);
    0
  })");
  events->wait_for("console_log", {{"text", "many headers"}});
  const auto got = events->wait_for("network_response", {{"url", site.url("/headers")}});
  EXPECT_GT(data_of(got).at("headers").size(), 2'000u);
  const auto asked = events->wait_for("network_request", {{"url", site.url("/headers")}});
  EXPECT_EQ(data_of(asked).at("headers").at("x-h-199"), std::string(100, 'v'));
  expect_alive(page);
}

TEST_P(HostileInput, TenThousandRequestsAtOnceAllEnd) {
  constexpr std::size_t kRequests = 10'000;
  // What the log keeps is read as it comes: the stream of this test is open from the start.
  const auto page = open_and_drive();
  driver().evaluate(page,
                    R"(void Promise.allSettled(Array.from({length: 10_000}, (_, i) => fetch('/after?' + i)
    .then((r) => r.text()))).then(() => console.log('all settled')))");
  events->wait_for("console_log", {{"text", "all settled"}});
  std::set<std::string> requested;
  std::map<std::string, int> ends;
  // The last ends may follow the page's own knowledge of them.
  events->wait_for_any("the end of every request", [&](const json& envelope) {
    const auto data = data_of(envelope);
    if (!data.value("url", "").starts_with(site.url("/after?"))) return false;
    const auto id = data.at("request_id").get<std::string>();
    if (envelope.at("event").at("type") == "network_request") {
      requested.insert(id);
    } else {
      ++ends[id];
    }
    return ends.size() == kRequests;
  });
  EXPECT_EQ(requested.size(), kRequests);
  for (const auto& [id, count] : ends) EXPECT_EQ(count, 1) << id;
  expect_alive(page);
}

TEST_P(HostileInput, TwoHundredFramesAreFollowed) {
  site.add_page("/frame", "<script>console.log('frame ' + location.hash)</script>");
  const auto page = open_and_drive();
  driver().evaluate(page, R"({
    for (let i = 0; i < 200; ++i) document.body.append(Object.assign(document.createElement('iframe'), {src: '/frame#' + i}));
  })");
  for (int i = 0; i < 200; ++i) events->wait_for("console_log", {{"text", "frame #" + std::to_string(i)}});
  expect_alive(page);
}

TEST_P(HostileInput, AHundredMegabytesAreNotFetchedAgain) {
  site.add("/large", "text/plain", std::string(100'000'000, 'x'));
  const auto page = open_and_drive();
  driver().evaluate(
      page, "void fetch('/large').then((r) => r.text()).then((text) => console.log('got ' + text.length))");
  events->wait_for("console_log", {{"text", "got 100000000"}});
  const auto response = events->wait_for("network_response", {{"url", site.url("/large")}});
  EXPECT_EQ(data_of(response).at("status"), 200);
  EXPECT_LE(data_of(response).value("body", "").size(), 8'192u);
  expect_alive(page);
}

TEST_P(HostileInput, AFloodOfLargeMessagesDoesNotGrowTheServer) {
  const auto page = open_and_drive();
  const auto flood = [&](const std::string& turn) {
    driver().evaluate(
        page, "for (let i = 0; i < 10; ++i) console.log('x'.repeat(5_000_000)); console.log('" + turn + "')");
    events->wait_for("console_log", {{"text", turn}});
    return peak_memory();
  };
  const auto first = flood("first");  // each buffer has seen its largest message
  flood("second");                    // and now the log is full
  EXPECT_LT(flood("third"), first + first / 2 + stream::limits::kLogBytes);
  expect_alive(page);
}

}  // namespace
}  // namespace telltale::e2e

// Changing a session while its browser runs and somebody follows its stream.

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

json only(std::initializer_list<const char*> categories) {
  auto telemetry = capture(categories);
  for (const char* category : {"console", "network", "page", "interaction", "screenshot"}) {
    auto& flag = telemetry["browser"][category];
    if (flag.is_null()) flag = {{"enabled", false}};
  }
  return telemetry;
}

class Update : public BrowserTest {
 protected:
  void SetUp() override {
    site.add("/data", "text/plain", "some data");
    site.add_page("/", "<p>hello</p><script>onclick = () => { window.clicked = true; }</script>");
  }
  std::string path() { return "/browsers/" + session.at("session_id").get<std::string>(); }
  void capture_only(std::initializer_list<const char*> categories) {
    const auto updated = server.patch(path(), {{"telemetry", only(categories)}});
    EXPECT_EQ(updated.status, 200u) << updated.text;
  }
  /// The page asks for /data?NAME and says NAME on its console once it has it.
  void act(const std::string& page, const std::string& name) {
    driver().evaluate(
        page, "fetch('/data?" + name + "').then((r) => r.text()).then(() => console.log('" + name + "'))");
  }
  /// The same, until its request is seen: on a loaded machine an update may be answered before the browser
  /// has taken it over.
  void act_until_seen(const std::string& page, const std::string& name) {
    EXPECT_TRUE(testing::eventually([&] {
      act(page, name);
      return saw_request(name);
    }));
  }
  bool saw_request(const std::string& name) {
    for (const auto& envelope : events->all("network_request")) {
      if (data_of(envelope).at("url") == site.url("/data?" + name)) return true;
    }
    return false;
  }
};

INSTANTIATE_TEST_SUITE_P(Browsers, Update, kBrowsers, browser_name);

TEST_P(Update, SwitchesCategoriesOnAndOffOnOneConnectionAndOneStream) {
  open("/", nullptr);
  const auto page = driver().attach(site.url("/"));
  act(page, "unseen");
  EXPECT_TRUE(events->all().empty());

  capture_only({"network", "console"});
  act_until_seen(page, "seen");
  EXPECT_EQ(events->all().front().at("seq"), 1);
  events->wait_for("network_response", {{"url", site.url("/data?seen")}});
  events->wait_for("console_log", {{"text", "seen"}});

  capture_only({"console"});
  act(page, "silent");
  events->wait_for("console_log", {{"text", "silent"}});
  capture_only({"network"});
  act_until_seen(page, "quiet");
  events->wait_for("network_response", {{"url", site.url("/data?quiet")}});
  // What the page said before this request has arrived, and was not captured.
  act_until_seen(page, "after-quiet");
  capture_only({"network", "console"});
  act_until_seen(page, "again");
  events->wait_for("network_response", {{"url", site.url("/data?again")}});
  events->wait_for("console_log", {{"text", "again"}});

  EXPECT_FALSE(saw_request("unseen"));
  EXPECT_FALSE(saw_request("silent"));
  for (const auto& envelope : events->all("console_log")) {
    EXPECT_NE(data_of(envelope).at("text"), "quiet");
  }
  EXPECT_TRUE(events->all("monitor_disconnected").empty());
}

TEST_P(Update, SwitchesPageInteractionAndScreenshotOnAndOff) {
  open("/", capture({"console"}));
  const auto page = driver().attach(site.url("/"));
  int turn = 0;
  // A new document and a click on it; when this is over, everything that it causes at once has been seen.
  const auto visit = [&] {
    const auto url = site.url("/?" + std::to_string(++turn));
    driver().call("Page.navigate", {{"url", url}}, page);
    EXPECT_TRUE(testing::eventually([&] {
      return driver().evaluate(page, "document.readyState == 'complete' && location.href") == url;
    }));
    // A click before the first frame is painted goes nowhere.
    EXPECT_TRUE(testing::eventually([&] {
      driver().click(page, 10, 10);
      return driver().evaluate(page, "window.clicked") == true;
    }));
    const auto mark = "visited " + std::to_string(turn);
    driver().evaluate(page, "console.log('" + mark + "')");
    events->wait_for("console_log", {{"text", mark}});
    return url;
  };
  const auto seen = [&](std::string_view category) {
    std::size_t count = 0;
    for (const auto& envelope : events->all()) count += envelope.at("event").at("category") == category;
    return count;
  };
  visit();
  EXPECT_EQ(seen("page") + seen("interaction") + seen("screenshot"), 0u);

  capture_only({"console", "page", "interaction", "screenshot"});
  const auto url = visit();
  events->wait_for("page_load", {{"url", url}});
  events->wait_for("interaction_click", {{"url", url}});
  events->wait_for("monitor_screenshot");

  capture_only({"console"});
  visit();  // what was on its way has come
  const auto page_events = seen("page");
  const auto interactions = seen("interaction");
  const auto screenshots = seen("screenshot");
  visit();
  EXPECT_EQ(seen("page"), page_events);
  EXPECT_EQ(seen("interaction"), interactions);
  EXPECT_EQ(seen("screenshot"), screenshots);

  capture_only({"console", "interaction"});
  events->wait_for("interaction_click", {{"url", visit()}});
  EXPECT_EQ(seen("page"), page_events);
}

TEST_P(Update, KeepsNumberingNavigationsWhilePageIsNotCaptured) {
  open("/", nullptr);
  const auto page = driver().attach(site.url("/"));
  driver().call("Page.enable", json::object(), page);
  driver().call("Page.navigate", {{"url", site.url("/?second")}}, page);
  EXPECT_TRUE(testing::eventually(
      [&] { return driver().evaluate(page, "location.search + document.readyState") == "?secondcomplete"; }));
  capture_only({"console"});
  driver().evaluate(page, "console.log('where')");
  const auto console = events->wait_for("console_log", {{"text", "where"}});
  EXPECT_EQ(data_of(console).at("url"), site.url("/?second"));
  EXPECT_EQ(data_of(console).at("nav_seq"), 2);
}

TEST_P(Update, ResizesPagesThatAreOpenAndThoseToCome) {
  open("/", nullptr);
  const auto page = driver().attach(site.url("/"));
  const auto updated = server.patch(path(), {{"viewport", {{"width", 640}, {"height", 480}}}});
  EXPECT_EQ(updated.status, 200u) << updated.text;
  EXPECT_EQ(updated.body.at("viewport"), json({{"width", 640}, {"height", 480}}));
  const json size{640, 480};
  const auto has_size = [&](const std::string& target) {
    return testing::eventually(
        [&] { return driver().evaluate(target, "[innerWidth, innerHeight]") == size; });
  };
  EXPECT_TRUE(has_size(page)) << driver().evaluate(page, "[innerWidth, innerHeight]");
  const auto other = driver().open_page(site.url("/?other"));
  EXPECT_TRUE(has_size(other)) << driver().evaluate(other, "[innerWidth, innerHeight]");
}

class Control : public ::testing::Test {
 protected:
  TelltaleProcess server{telltale_binary(), {"--chromium", "chromium-headless-shell"}};
};

TEST_F(Control, CallsAreEventsFromTheCreationToTheDeletion) {
  const auto session = server.create({{"telemetry", {{"enabled", true}}}});
  const std::string id = session.at("session_id");
  EventStream events(server, id);
  const auto created = events.wait_for("api_call", {{"operation_id", "createBrowser"}, {"status", 201}});
  EXPECT_EQ(created.at("seq"), 1);
  EXPECT_GT(data_of(created).at("duration_ms"), 0);
  const auto found = server.get("/browsers/" + id);
  const auto got = events.wait_for("api_call", {{"operation_id", "getBrowser"}});
  EXPECT_EQ(data_of(got).at("request_id"), found.headers.find("X-Request-Id"));
  server.remove("/browsers/" + id);
  EXPECT_TRUE(events.wait_end());
  const auto last = events.all().back();
  EXPECT_EQ(data_of(last).at("operation_id"), "deleteBrowser");
  EXPECT_EQ(data_of(last).at("status"), 204);
  EXPECT_EQ(testing::gap_in(events.all()), "");
}

TEST_F(Control, ReadersLeaveNoEventInWhatTheyRead) {
  const auto session = server.create({{"name", "read"}, {"telemetry", {{"enabled", true}}}});
  EventStream events(server, "read");
  events.wait_for("api_call", {{"operation_id", "createBrowser"}});
  {
    std::vector<std::unique_ptr<EventStream>> readers;
    for (int i = 0; i < 50; ++i) {
      readers.push_back(std::make_unique<EventStream>(server, "read", i % 2 == 0 ? StreamQuery{} : StreamQuery::from_now()));
      EXPECT_EQ(readers.back()->status(), 200u);
    }
  }
  EXPECT_EQ(server.get("/browsers/read/logs/stream?source=supervisor&follow=false").status, 200u);
  server.get("/browsers/read");
  events.wait_for("api_call", {{"operation_id", "getBrowser"}});
  for (const auto& call : events.all("api_call")) {
    EXPECT_FALSE(data_of(call).at("operation_id").get<std::string>().starts_with("stream")) << call.dump();
  }
  EXPECT_EQ(events.all("api_call").size(), 2u);
  EXPECT_EQ(testing::gap_in(events.all()), "");
}

TEST_F(Control, CaptchaSolversPublishTheirResults) {
  const auto session = server.create({{"name", "solving"}, {"telemetry", capture({"captcha"})}});
  EventStream events(server, "solving");
  const json data{{"captcha_type", "recaptcha_v2"},
                  {"duration_ms", 8400},
                  {"status", "failure"},
                  {"error_code", "no_workers"},
                  {"website_host", "shop.test"}};
  const auto answer = server.post("/browsers/solving/telemetry/events",
                                  {{"type", "captcha_solve_result"},
                                   {"source", {{"kind", "extension"}, {"metadata", {{"solver", "acme"}}}}},
                                   {"data", data}});
  EXPECT_EQ(answer.status, 200u) << answer.text;
  const auto envelope = events.wait_for("captcha_solve_result");
  EXPECT_EQ(envelope, answer.body);
  EXPECT_EQ(envelope.at("event").at("category"), "captcha");
  EXPECT_EQ(envelope.at("event").at("source"),
            json({{"kind", "extension"}, {"metadata", {{"solver", "acme"}}}}));
  EXPECT_EQ(data_of(envelope), data);
}

}  // namespace
}  // namespace telltale::e2e

// What credentials of a real page become on their way into the stream.

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

constexpr const char* kLogIn = R"(
  console.log('sent Bearer KEEP-OUT-3, eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.KEEP-OUT-9');
  fetch('/api?api_key=KEEP-OUT-1&page=2', {method: 'POST',
    headers: {'Authorization': 'Bearer KEEP-OUT-2', 'X-Api-Key': 'KEEP-OUT-10', 'X-Team': 'no-secret',
              'Content-Type': 'application/json'},
    body: JSON.stringify({user: 'ann', password: 'KEEP-OUT-4'})})
    .then((r) => r.json()).then(() => console.log('logged in')))";

class Redact : public BrowserTest {
 protected:
  void SetUp() override {
    net::HttpResponse answer;
    answer.headers.set("Content-Type", "application/json");
    answer.headers.set("Set-Cookie", "sid=KEEP-OUT-5");
    answer.body = R"({"user":"ann","access_token":"KEEP-OUT-6"})";
    site.add("/api", std::move(answer));
    // Scripts are not among the bodies that are kept; the text of a document would be, as it is.
    site.add("/log-in.js", "text/javascript", kLogIn);
    site.add_page("/", "<script src=/log-in.js></script>");
  }
  void open_with(const json& redact) {
    json request{{"start_url", site.url("/?token=KEEP-OUT-7#access_token=KEEP-OUT-8")},
                 {"telemetry", capture_page()},
                 {"timeout_seconds", 0}};
    if (!redact.is_null()) request["redact"] = redact;
    session = server.create(request);
    events.emplace(server, session.at("session_id").get<std::string>());
    events->wait_for("console_log", {{"text", "logged in"}});
  }
  std::string everything() {
    std::string text;
    for (const auto& envelope : events->all()) text += envelope.dump() + '\n';
    return text;
  }
  json login_request() { return data_of(events->wait_for("network_request", {{"method", "POST"}})); }
};

INSTANTIATE_TEST_SUITE_P(Browsers, Redact, kBrowsers, browser_name);

TEST_P(Redact, MasksCredentialsUnlessToldOtherwise) {
  open_with(nullptr);
  EXPECT_EQ(session.at("redact"), "default");
  const auto request = login_request();
  EXPECT_EQ(request.at("url"), site.url("/api?api_key=[redacted]&page=2"));
  EXPECT_EQ(request.at("headers").at("Authorization"), "[redacted]");
  EXPECT_EQ(request.at("post_data"), R"({"user":"ann","password":"[redacted]"})");
  events->wait_for("console_log", {{"text", "sent Bearer [redacted], [redacted]"}});
  EXPECT_EQ(events->wait_for("page_navigation").at("event").at("data").at("url"),
            site.url("/?token=[redacted]#access_token=[redacted]"));
  // Not a name that everybody keeps secret, and nobody said so.
  EXPECT_EQ(request.at("headers").at("X-Team"), "no-secret");
  const auto text = everything();
  const auto leak = text.find("KEEP-OUT");
  EXPECT_EQ(leak, std::string::npos) << text.substr(leak < 300 ? 0 : leak - 300, 400);
  EXPECT_EQ(server.process().err().find("KEEP-OUT"), std::string::npos) << server.process().err();
}

TEST_P(Redact, LeavesBodiesOutWhereItIsStrict) {
  open_with("strict");
  EXPECT_FALSE(login_request().contains("post_data"));
  const auto response = data_of(events->wait_for("network_response", {{"url", login_request().at("url")}}));
  EXPECT_FALSE(response.contains("body"));
}

TEST_P(Redact, ShowsEverythingWhereItIsOffAndFromTheNextEventOnAfterAChange) {
  open_with("none");
  EXPECT_EQ(login_request().at("headers").at("Authorization"), "Bearer KEEP-OUT-2");
  const auto before = events->all().back().at("seq").get<std::uint64_t>();
  const auto updated =
      server.patch("/browsers/" + session.at("session_id").get<std::string>(), {{"redact", "default"}});
  EXPECT_EQ(updated.body.at("redact"), "default") << updated.text;
  const auto page = driver().attach(events->wait_for("page_navigation").at("event").at("data").at("url"));
  driver().evaluate(page, kLogIn);
  const auto request = events->wait_for("network_request", {{"method", "POST"}}, before);
  EXPECT_EQ(data_of(request).at("headers").at("Authorization"), "[redacted]");
}

TEST(RedactNames, MasksWhatTheOperatorNames) {
  TelltaleProcess server{
      telltale_binary(),
      {"--chromium", "chromium-headless-shell", "--redact-name", "x-team", "--redact-name", "pin"}};
  TestSite site;
  site.add("/api", "text/plain", "ok");
  site.add_page("/", "<script>fetch('/api?PIN=1234', {headers: {'X-Team': 'KEEP-OUT'}})</script>");
  const auto session = server.create({{"start_url", site.url("/")}, {"telemetry", capture({"network"})}});
  EventStream events(server, session.at("session_id").get<std::string>());
  const auto request =
      data_of(events.wait_for("network_request", {{"url", site.url("/api?PIN=[redacted]")}}));
  EXPECT_EQ(request.at("headers").at("X-Team"), "[redacted]");
}

}  // namespace
}  // namespace telltale::e2e

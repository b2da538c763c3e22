// Seraph's dialect through the API: its event hub, its snapshots and its dispatch, as seed 004 states them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <deque>
#include <set>

#include "api/routes.hpp"
#include "api/seraph_events.hpp"
#include "api/server.hpp"
#include "base/log_hub.hpp"
#include "net/http_client.hpp"
#include "session/registry.hpp"
#include "support/fake_chromium.hpp"

namespace telltale::api {
namespace {

using namespace std::chrono_literals;
using base::Task;
using nlohmann::json;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeChromium;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kPatience = 20s;
constexpr const char* kToken = "t0ken";
constexpr const char* kOrigin = "https://dash.example";

using Query = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  unsigned status = 0;
  net::HttpHeaders headers;
  json body;

  [[nodiscard]] std::string error() const { return body.is_object() ? body.value("error", "") : ""; }
};

Task<> until(std::function<bool()> condition) {
  const auto deadline = steady_clock::now() + kPatience;
  while (!condition() && steady_clock::now() < deadline) co_await base::sleep_for(1ms);
  EXPECT_TRUE(condition());
}

// Arguments of a command; g++ 12 cannot compile a braced list inside of a co_await.
json on_session(const std::string& id) { return {{"id", id}}; }

// What a client of /events has got so far.
struct Watcher {
  net::HttpResponse head;
  std::string text;
  bool ended = false;

  struct Frame {
    std::string event;
    json data;
  };
  // Nothing but the two kinds of the seed, one line of data each, and comments.
  [[nodiscard]] std::vector<Frame> frames() const {
    std::vector<Frame> found;
    std::string_view rest = text;
    for (auto end = rest.find("\n\n"); end != std::string_view::npos; end = rest.find("\n\n")) {
      const std::string block(rest.substr(0, end));
      rest.remove_prefix(end + 2);
      if (block == ":") continue;
      const auto line_end = block.find("\ndata: ");
      const auto data = line_end == std::string::npos ? json() : json::parse(block.substr(line_end + 7));
      EXPECT_TRUE(block.starts_with("event: log\ndata: {") || block.starts_with("event: session\ndata: {"))
          << block;
      if (data.is_object()) found.push_back({block.substr(7, line_end - 7), data});
    }
    return found;
  }
  [[nodiscard]] std::vector<json> logs(const std::string& scope = {}) const {
    std::vector<json> found;
    for (auto& frame : frames()) {
      const bool wanted = frame.event == "log" && (scope.empty() || frame.data["scope"] == scope);
      if (wanted) found.push_back(std::move(frame.data));
    }
    return found;
  }
  [[nodiscard]] std::vector<std::string> messages(const std::string& scope) const {
    std::vector<std::string> found;
    for (const auto& line : logs(scope)) found.push_back(line["message"]);
    return found;
  }
  [[nodiscard]] std::vector<json> snapshots(const std::string& id) const {
    std::vector<json> found;
    for (const auto& frame : frames()) {
      if (frame.event == "session" && frame.data["snapshot"]["id"] == id) {
        found.push_back(frame.data["snapshot"]);
      }
    }
    return found;
  }
  [[nodiscard]] std::string last_status(const std::string& id) const {
    const auto all = snapshots(id);
    return all.empty() ? "" : all.back()["status"];
  }
};

// A server with the token, and a browser to attach its sessions to.
class Harness {
 public:
  Harness(FakeChromium& fake, Server& of, base::TaskScope& clients, std::uint16_t server_port)
      : browser(fake), server(of), scope(clients), port(server_port) {}

  Task<Answer> send(net::HttpRequest request) {
    auto response = co_await net::http_fetch("127.0.0.1", port, std::move(request), kPatience);
    EXPECT_TRUE(response) << response.error().message;
    Answer answer;
    if (!response) co_return answer;
    answer.status = response->status;
    answer.headers = std::move(response->headers);
    answer.body = json::parse(response->body, nullptr, false);
    co_return answer;
  }
  Task<Answer> ask(std::string method, std::string path, std::string body = {}, Query query = {}) {
    net::HttpRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.query = std::move(query);
    request.body = std::move(body);
    request.headers.set("Authorization", std::string("Bearer ") + kToken);
    co_return co_await send(std::move(request));
  }
  Task<Answer> invoke(std::string cmd, json args) {
    const json body{{"cmd", std::move(cmd)}, {"args", std::move(args)}};
    std::string text = body.dump();
    co_return co_await ask("POST", "/invoke", std::move(text));
  }
  // Creates a session on the fake browser and gives its id.
  Task<std::string> create(json request = json::object()) {
    request["cdp_url"] = browser.url();
    request["timeout_seconds"] = 0;
    std::string body = request.dump();
    const auto answer = co_await ask("POST", "/browsers", std::move(body));
    EXPECT_EQ(answer.status, 201u) << answer.body;
    co_return answer.body.value("session_id", "");
  }

  // Lives until those who follow have ended, which is later than the body of the test.
  Watcher& new_watcher() { return watchers_.emplace_back(); }
  // Follows /events until the test ends; returns when the stream stands.
  Task<> watch(Watcher& watcher) {
    scope.spawn(receive(watcher));
    co_await until([&] { return watcher.text.starts_with(":\n\n") || watcher.ended; });
  }
  Task<> receive(Watcher& watcher) {
    net::HttpRequest request;
    request.path = "/events";
    request.query = {{"token", kToken}};
    request.headers.set("Origin", kOrigin);
    std::function<void(const net::HttpResponse&)> on_head = [&](const net::HttpResponse& head) {
      watcher.head = head;
    };
    std::function<void(std::string_view)> on_data = [&](std::string_view data) { watcher.text += data; };
    co_await net::http_stream("127.0.0.1", port, std::move(request), on_head, on_data, kPatience);
    watcher.ended = true;
  }

  // The page T8 with that title and URL, in the session that is connected.
  void open_page(std::string title, std::string url) {
    browser.on_command = [this, title, url](const json& command) {
      if (command["method"] != "Target.getTargets") return false;
      const json info{{"targetId", "T8"}, {"type", "page"}, {"title", title}, {"url", url}};
      browser.reply(command, {{"targetInfos", json::array({info})}});
      return true;
    };
    browser.attach_page("S8", "T8");
  }

  FakeChromium& browser;
  Server& server;
  base::TaskScope& scope;
  std::uint16_t port;

 private:
  std::deque<Watcher> watchers_;
};

template <class Body>
Task<> serve_and_run(base::LoopPool& loops, Body body) {
  const base::SystemClock clock;
  const session::Environment environment{
      .loops = loops, .clock = clock, .chromium = {}, .profiles = ::testing::TempDir()};
  FakeChromium browser(loops.at(0));
  base::TaskScope servers(loops.at(0).executor());
  base::TaskScope clients(loops.at(0).executor());
  servers.spawn(browser.run());
  session::Registry registry(environment, 50);
  ServerOptions options;
  options.port = 0;
  options.token = kToken;
  options.allowed_origins = {kOrigin};
  Server server(loops, registry, clock, std::move(options));
  const auto port = server.listen();
  EXPECT_TRUE(port);
  servers.spawn(server.run());
  Harness harness(browser, server, clients, port.value_or(0));
  co_await body(harness);
  clients.stop();
  co_await clients.join();
  browser.on_command = nullptr;  // it refers to the harness
  server.stop();
  co_await registry.shutdown();
  browser.stop();
  servers.stop();
  co_await servers.join();
}

template <class Body>
void with_server(Body body, std::size_t threads = 2) {
  {
    base::LoopPool loops(threads);
    loops.run(serve_and_run(loops, body));
  }
  EXPECT_FALSE(base::log_hub().has_consumers()) << "a stream has left its cursor behind";
}

// --- who may

TEST(Seraph, WantsTheTokenInAHeaderOrInTheQueryEverywhere) {
  with_server([](Harness& harness) -> Task<> {
    const std::pair<const char*, const char*> operations[] = {{"GET", "/events"},
                                                              {"GET", "/api/bots"},
                                                              {"GET", "/api/bots/x"},
                                                              {"GET", "/api/commands"},
                                                              {"POST", "/invoke"}};
    for (const auto& [method, path] : operations) {
      for (const auto* token : {"", "wrong"}) {
        net::HttpRequest request;
        request.method = method;
        request.path = path;
        if (*token != 0) request.query = {{"token", token}};
        const auto refused = co_await harness.send(std::move(request));
        EXPECT_EQ(refused.status, 401u) << path;
        EXPECT_THAT(refused.error(), HasSubstr("?token=")) << path;
        EXPECT_EQ(refused.body.size(), 1u) << refused.body;
      }
    }
    net::HttpRequest list;
    list.path = "/api/bots";
    list.query = {{"token", kToken}};
    const auto listed = co_await harness.send(std::move(list));
    EXPECT_EQ(listed.status, 200u);
    EXPECT_EQ(listed.body, json({{"bots", json::array()}}));
    const auto wrong_method = co_await harness.ask("DELETE", "/events");
    EXPECT_EQ(wrong_method.status, 405u);
    EXPECT_NE(wrong_method.error(), "");
    const auto unknown = co_await harness.ask("GET", "/api/nothing");
    EXPECT_EQ(unknown.status, 404u);
    EXPECT_NE(unknown.error(), "");
  });
}

TEST(Seraph, LetsDashboardsOfAnAllowedOriginFollow) {
  with_server([](Harness& harness) -> Task<> {
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    EXPECT_EQ(watcher.head.status, 200u);
    EXPECT_EQ(watcher.head.headers.find("Access-Control-Allow-Origin"), kOrigin);
    net::HttpRequest preflight;
    preflight.method = "OPTIONS";
    preflight.path = "/invoke";
    preflight.headers.set("Origin", kOrigin);
    preflight.headers.set("Access-Control-Request-Method", "POST");
    const auto allowed = co_await harness.send(std::move(preflight));
    EXPECT_EQ(allowed.status, 204u);
  });
}

// --- frames

TEST(SeraphEvents, BeginWithASnapshotOfEachLiveSessionAndGoOnWithLines) {
  with_server([](Harness& harness) -> Task<> {
    const auto first = co_await harness.create();
    const auto second = co_await harness.create();
    const auto gone = co_await harness.create();
    co_await harness.ask("DELETE", "/browsers/" + gone);
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    EXPECT_EQ(watcher.head.headers.find("Content-Type"), "text/event-stream");
    EXPECT_EQ(watcher.head.headers.find("Cache-Control"), "no-cache, no-transform");
    co_await harness.ask("GET", "/healthz");
    co_await until([&] { return watcher.logs("http").size() >= 2; });
    const auto frames = watcher.frames();
    std::set<std::string> shown;
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(frames.at(i).event, "session");
      EXPECT_EQ(frames.at(i).data.size(), 1u);
      shown.insert(frames.at(i).data["snapshot"]["id"].get<std::string>());
    }
    EXPECT_EQ(shown, (std::set<std::string>{first, second}));
    EXPECT_EQ(frames.at(2).event, "log") << "history is not replayed";
  });
}

TEST(SeraphEvents, HaveTheSevenFieldsInEveryLine) {
  with_server([](Harness& harness) -> Task<> {
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    const auto before = std::chrono::system_clock::now().time_since_epoch();
    base::log_hub().write({.level = base::LogLevel::warn, .scope = "telltale", .message = "beware"});
    co_await harness.create();
    co_await until([&] { return !watcher.logs("cdp").empty() && !watcher.logs("telltale").empty(); });
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(before).count();
    std::int64_t last = ms;
    for (const auto& line : watcher.logs()) {
      EXPECT_EQ(line.size(), 7u) << line;
      EXPECT_GE(line.at("timestamp_ms").get<std::int64_t>(), last);
      EXPECT_LT(line.at("timestamp_ms").get<std::int64_t>(), ms + 60'000);
      last = line["timestamp_ms"];
      EXPECT_THAT(line.at("level").get<std::string>(), MatchesRegex("info|warn|error|state"));
      EXPECT_TRUE(line.at("scope").is_string() && line.at("message").is_string()) << line;
      EXPECT_TRUE(line.at("session_id").is_string() || line.at("session_id").is_null()) << line;
      EXPECT_TRUE(line.at("transport").is_null() || line["transport"] == "tcp" ||
                  line["transport"] == "http");
      EXPECT_EQ(line["transport"].is_null(), line.at("direction").is_null());
      EXPECT_TRUE(line["direction"].is_null() || line["direction"] == "outgoing" ||
                  line["direction"] == "incoming");
    }
    auto beware = watcher.logs("telltale").at(0);
    beware.erase("timestamp_ms");
    EXPECT_EQ(beware, json({{"level", "warn"},
                            {"scope", "telltale"},
                            {"session_id", nullptr},
                            {"transport", nullptr},
                            {"direction", nullptr},
                            {"message", "beware"}}));
  });
}

TEST(SeraphEvents, TellEveryTransitionByALineAndASnapshot) {
  with_server([](Harness& harness) -> Task<> {
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    const auto id = co_await harness.create();
    co_await until([&] { return watcher.last_status(id) == "in_world"; });
    harness.browser.refuse = true;
    harness.browser.drop_connection();
    co_await until([&] { return watcher.last_status(id) == "reconnecting"; });
    EXPECT_TRUE(watcher.snapshots(id).back()["last_error"].is_string());
    EXPECT_TRUE(watcher.snapshots(id).back()["connected_since"].is_null());
    EXPECT_EQ(watcher.snapshots(id).back()["health"], json({{"connected", false}, {"responsive", nullptr}}));
    harness.browser.refuse = false;
    co_await until([&] { return watcher.last_status(id) == "in_world"; });
    const auto removed = co_await harness.ask("DELETE", "/browsers/" + id);
    EXPECT_EQ(removed.status, 204u);
    co_await until([&] { return watcher.last_status(id) == "disconnected"; });
    std::vector<std::string> states;
    for (const auto& line : watcher.logs("session")) {
      if (line["level"] != "state") continue;
      EXPECT_EQ(line["session_id"], id);
      EXPECT_TRUE(line["transport"].is_null());
      states.push_back(line["message"]);
    }
    EXPECT_THAT(states, ElementsAre("state=starting", "state=ready", StartsWith("state=reconnecting error="),
                                    "state=ready", "state=ended"));
    EXPECT_GE(watcher.snapshots(id).size(), states.size());
    const auto bot = co_await harness.ask("GET", "/api/bots/" + id);
    EXPECT_EQ(bot.body["status"], "disconnected");
  });
}

TEST(SeraphEvents, TellOfASessionThatFails) {
  with_server([](Harness& harness) -> Task<> {
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    harness.browser.refuse = true;
    const json request{{"cdp_url", harness.browser.url()}};
    std::string body = request.dump();
    const auto refused = co_await harness.ask("POST", "/browsers", std::move(body));
    EXPECT_EQ(refused.status, 503u) << refused.body;
    const auto failed = [&] {
      const auto lines = watcher.messages("session");
      return std::ranges::any_of(lines, [](auto& line) { return line.starts_with("state=failed error="); });
    };
    co_await until(failed);
  });
}

// --- the wire

TEST(SeraphEvents, ShowWireMessagesWithoutTheirContent) {
  with_server([](Harness& harness) -> Task<> {
    const auto id = co_await harness.create();
    EXPECT_FALSE(base::log_hub().has_consumers());
    harness.browser.attach_page("S8", "T8");
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    const json secret{{"type", "log"},
                      {"args", json::array({{{"type", "string"}, {"value", "hunter2"}}})},
                      {"executionContextId", 1},
                      {"timestamp", 1.0}};
    harness.browser.send({{"method", "Runtime.consoleAPICalled"}, {"params", secret}});
    harness.browser.send({{"method", "Domain.nobodyUses"}, {"params", secret}});
    const std::string viewport = R"({"viewport":{"width":640,"height":480,"force":true}})";
    co_await harness.ask("PATCH", "/browsers/" + id, viewport);
    const auto shown = [&](const std::string& start) {
      const auto lines = watcher.messages("cdp");
      return std::ranges::any_of(lines, [&](const auto& line) { return line.starts_with(start); });
    };
    co_await until([&] {
      return shown("Emulation.setDeviceMetricsOverride id=") && shown("reply id=") &&
             shown("Runtime.consoleAPICalled bytes=") && shown("Domain.nobodyUses bytes=");
    });
    for (const auto& line : watcher.logs("cdp")) {
      EXPECT_EQ(line["session_id"], id);
      EXPECT_EQ(line["level"], "info");
      EXPECT_EQ(line["transport"], "tcp");
      const std::string message = line["message"];
      const bool outgoing = line["direction"] == "outgoing";
      EXPECT_THAT(message, MatchesRegex(outgoing ? "[A-Za-z.]+ id=[0-9]+ bytes=[0-9]+"
                                                 : "(reply id=[0-9]+|[A-Za-z.]+) bytes=[0-9]+"));
    }
    EXPECT_THAT(watcher.text, Not(HasSubstr("hunter2")));
  });
}

TEST(SeraphEvents, ShowHttpWithoutTheQuery) {
  with_server([](Harness& harness) -> Task<> {
    const auto id = co_await harness.create();
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    const Query query{{"include_deleted", "true"}};
    const auto got = co_await harness.ask("GET", "/browsers/" + id, "", query);
    const std::string request_id(got.headers.find("X-Request-Id").value_or(""));
    co_await until([&] { return watcher.logs("http").size() >= 2; });
    const auto lines = watcher.logs("http");
    EXPECT_EQ(lines.at(0)["message"], "GET /browsers/" + id + " id=" + request_id);
    EXPECT_EQ(lines.at(0)["direction"], "incoming");
    EXPECT_TRUE(lines.at(0)["session_id"].is_null());
    EXPECT_THAT(lines.at(1)["message"].get<std::string>(),
                StartsWith("200 /browsers/" + id + " id=" + request_id + " duration_ms="));
    EXPECT_EQ(lines.at(1)["direction"], "outgoing");
    EXPECT_EQ(lines.at(1)["session_id"], id);
    // What is refused for its query does not show it either.
    const Query secrets{{"token", kToken}, {"x", "hunter2"}};
    const auto refused = co_await harness.ask("GET", "/browsers/" + id, "", secrets);
    EXPECT_EQ(refused.status, 400u);
    co_await until([&] { return watcher.logs("http").size() >= 4; });
    for (const auto& line : watcher.logs("http")) EXPECT_EQ(line["transport"], "http");
    EXPECT_THAT(watcher.text,
                AllOf(Not(HasSubstr("include_deleted")), Not(HasSubstr("hunter2")), Not(HasSubstr(kToken))));
  });
}

TEST(SeraphEvents, TellResultsOfCallsThatTheSessionDoesNotCapture) {
  with_server([](Harness& harness) -> Task<> {
    const auto id = co_await harness.create();
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    co_await harness.ask("GET", "/browsers/" + id);
    co_await harness.invoke("sessions.get", on_session(id));
    co_await harness.ask("DELETE", "/browsers/" + id);
    co_await until([&] { return watcher.logs("control").size() >= 3; });
    const auto lines = watcher.logs("control");
    EXPECT_EQ(lines.size(), 3u);
    for (const auto& line : lines) {
      EXPECT_EQ(line["session_id"], id);
      EXPECT_EQ(line["level"], "info");
    }
    EXPECT_THAT(watcher.messages("control"),
                ElementsAre(StartsWith("getBrowser status=200 duration_ms="),
                            StartsWith("sessions.get status=200 duration_ms="),
                            StartsWith("deleteBrowser status=204 duration_ms=")));
  });
}

TEST(SeraphEvents, AreSilentAboutTheirOwnDelivery) {
  with_server([](Harness& harness) -> Task<> {
    Watcher& first = harness.new_watcher();
    co_await harness.watch(first);
    Watcher& second = harness.new_watcher();
    co_await harness.watch(second);
    co_await harness.ask("GET", "/healthz");
    co_await until([&] { return first.logs().size() >= 2 && second.logs().size() >= 2; });
    for (const auto& watcher : {first, second}) {
      EXPECT_THAT(watcher.messages("http"),
                  ElementsAre(StartsWith("GET /healthz "), StartsWith("200 /healthz ")));
      EXPECT_EQ(watcher.logs().size(), 2u) << watcher.text;
    }
  });
}

TEST(SeraphEvents, MaskSecretsInLines) {
  with_server([](Harness& harness) -> Task<> {
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    base::log_hub().write(
        {.scope = "telltale", .message = "cannot attach url=http://ada:hunter2@x.test/?token=hunter2&a=1"});
    co_await until([&] { return !watcher.logs("telltale").empty(); });
    EXPECT_EQ(watcher.messages("telltale").at(0),
              "cannot attach url=http://ada:[redacted]@x.test/?token=[redacted]&a=1");
  });
}

TEST(SeraphEvents, SayHowManyLinesASlowClientMissed) {
  const auto body = [](Harness& harness) -> Task<> {
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    co_await harness.ask("GET", "/healthz");
    co_await until([&] { return watcher.logs().size() == 2; });
    // All of it before the only loop can write any of it.
    constexpr int kLines = 2000;
    for (int i = 0; i < kLines; ++i) {
      base::log_hub().write({.scope = "test", .message = std::to_string(i) + std::string(4096, ' ')});
    }
    co_await until([&] { return watcher.text.contains(std::to_string(kLines - 1) + " "); });
    co_await until([&] { return watcher.text.ends_with("\n\n"); });
    const auto lines = watcher.logs();
    const auto& dropped = lines.at(2);
    EXPECT_EQ(dropped["level"], "warn");
    EXPECT_EQ(dropped["scope"], "seraph");
    const int missed = std::stoi(dropped["message"].get<std::string>());
    EXPECT_GT(missed, 500);
    EXPECT_EQ(static_cast<int>(watcher.logs("test").size()), kLines - missed);
  };
  with_server(body, 1);
}

TEST(SeraphEvents, EndWithTheServer) {
  with_server([](Harness& harness) -> Task<> {
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    harness.server.stop();
    co_await until([&] { return watcher.ended; });
  });
}

// The stream alone, with intervals that a test can wait for.
class HubServer final : public net::HttpHandler {
 public:
  HubServer(base::LoopPool& loops, session::Registry& registry, HubStreamOptions given)
      : services{registry, clock, routes, ""}, options(given), http(loops, *this) {}
  Task<net::HttpReply> handle(net::HttpRequest) override { co_return stream_hub(services, options); }
  net::HttpResponse refuse(unsigned, std::string_view) override { return {}; }

  const base::SystemClock clock;
  const RouteTable routes{{}};
  const Services services;
  const HubStreamOptions options;
  net::HttpServer http;
};

TEST(SeraphEvents, KeepTheConnectionAliveAndShowEverySessionNowAndThen) {
  base::LoopPool loops(1);
  const auto main = [](base::LoopPool& pool) -> Task<> {
    const base::SystemClock clock;
    const session::Environment environment{
        .loops = pool, .clock = clock, .chromium = {}, .profiles = ::testing::TempDir()};
    FakeChromium browser(pool.at(0));
    session::Registry registry(environment, 1);
    HubServer server(pool, registry, {.keepalive = 1ms, .round = 1ms});
    const auto port = server.http.listen("127.0.0.1", 0);
    EXPECT_TRUE(port);
    base::TaskScope scope(pool.at(0).executor());
    scope.spawn(browser.run());
    scope.spawn(server.http.run());
    session::SessionSpec spec;
    spec.attach_url = browser.url();
    const auto created = co_await registry.create(std::move(spec));
    EXPECT_TRUE(created);
    Watcher watcher;
    auto receive = [](std::uint16_t from, Watcher& into) -> Task<> {
      std::function<void(const net::HttpResponse&)> on_head = [](const net::HttpResponse&) {};
      std::function<void(std::string_view)> on_data = [&into](std::string_view data) { into.text += data; };
      net::HttpRequest request;
      co_await net::http_stream("127.0.0.1", from, std::move(request), on_head, on_data, kPatience);
    };
    scope.spawn(receive(*port, watcher));
    const auto id = created->info->id.value;
    co_await until([&] { return watcher.snapshots(id).size() >= 4 && watcher.text.contains("\n\n:\n\n"); });
    server.http.stop();
    co_await registry.shutdown();
    browser.stop();
    scope.stop();
    co_await scope.join();
  };
  loops.run(main(loops));
}

// --- snapshots

TEST(SeraphBots, ShowEveryFieldOfASession) {
  with_server([](Harness& harness) -> Task<> {
    const auto before = std::chrono::system_clock::now().time_since_epoch();
    const json request{{"viewport", {{"width", 800}, {"height", 600}}}, {"telemetry", {{"enabled", true}}}};
    const auto id = co_await harness.create(request);
    harness.open_page("A page", "http://ada:hunter2@x.test/a?token=hunter2&q=1");
    Answer bot;
    const auto deadline = steady_clock::now() + kPatience;
    do {
      bot = co_await harness.ask("GET", "/api/bots/" + id);
    } while (bot.body["title"].is_null() && steady_clock::now() < deadline);
    EXPECT_EQ(bot.status, 200u);
    EXPECT_EQ(bot.headers.find("Content-Type"), "application/json");
    auto snapshot = bot.body;
    const auto since = snapshot["connected_since"].get<std::int64_t>();
    EXPECT_GE(since, std::chrono::duration_cast<std::chrono::milliseconds>(before).count());
    EXPECT_GE(snapshot["telemetry_seq"].get<int>(), 1);
    snapshot.erase("connected_since");
    snapshot.erase("telemetry_seq");
    EXPECT_EQ(snapshot, json({{"id", id},
                              {"status", "in_world"},
                              {"last_error", nullptr},
                              {"current_url", "http://ada:[redacted]@x.test/a?token=[redacted]&q=1"},
                              {"title", "A page"},
                              {"viewport", {{"width", 800}, {"height", 600}}},
                              {"browser_pid", nullptr},
                              {"health", {{"connected", true}, {"responsive", true}}}}));
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    co_await until([&] { return !watcher.snapshots(id).empty(); });
    EXPECT_EQ(watcher.snapshots(id).front()["current_url"], bot.body["current_url"]);
    const auto list = co_await harness.ask("GET", "/api/bots");
    EXPECT_EQ(list.body["bots"].size(), 1u);
    EXPECT_EQ(list.body["bots"][0]["id"], id);
    const auto unknown = co_await harness.ask("GET", "/api/bots/nobody");
    EXPECT_EQ(unknown.status, 404u);
    EXPECT_EQ(unknown.body, json({{"error", "there is no session 'nobody'"}}));
  });
}

TEST(SeraphBots, NeverOpenAPage) {
  with_server([](Harness& harness) -> Task<> {
    const auto id = co_await harness.create();
    const auto bot = co_await harness.ask("GET", "/api/bots/" + id);
    EXPECT_TRUE(bot.body["current_url"].is_null() && bot.body["title"].is_null()) << bot.body;
    EXPECT_EQ(bot.body["health"], json({{"connected", true}, {"responsive", nullptr}}));
    for (const auto& command : harness.browser.commands())
      EXPECT_NE(command["method"], "Target.createTarget");
  });
}

TEST(SeraphBots, DoNotWaitForABrowserThatIsStuck) {
  with_server([](Harness& harness) -> Task<> {
    const auto id = co_await harness.create();
    harness.open_page("A page", "http://x.test/");
    Answer bot;
    while (bot.body["title"].is_null()) bot = co_await harness.ask("GET", "/api/bots/" + id);
    bool asked = false;
    harness.browser.on_command = [&asked](const json& command) {
      const bool stuck = command["method"] == "Target.getTargets";
      asked = asked || stuck;
      return stuck;
    };
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    co_await until([&] { return asked; });
    co_await until([&] { return !watcher.snapshots(id).empty(); });
    const auto first = watcher.snapshots(id).front();
    EXPECT_EQ(first["status"], "in_world");
    EXPECT_TRUE(first["current_url"].is_null() && first["title"].is_null()) << first;
    EXPECT_EQ(first["health"], json({{"connected", true}, {"responsive", false}}));
    // Lines do not wait for the snapshot that a transition asks for.
    base::log_hub().write(
        {.level = base::LogLevel::state, .scope = "session", .session_id = id, .message = "state=ready"});
    base::log_hub().write({.scope = "telltale", .message = "meanwhile"});
    co_await until([&] { return !watcher.logs("telltale").empty(); });
    EXPECT_EQ(watcher.snapshots(id).size(), 1u);
    co_await until([&] { return watcher.snapshots(id).size() == 2; });
    const auto start = steady_clock::now();
    bot = co_await harness.ask("GET", "/api/bots/" + id);
    EXPECT_LT(steady_clock::now() - start, 8s) << "far below the deadline of a command";
    EXPECT_EQ(bot.body["health"]["responsive"], false);
  });
}

// --- dispatch

TEST(SeraphInvoke, ListsItsCommands) {
  with_server([](Harness& harness) -> Task<> {
    const auto answer = co_await harness.ask("GET", "/api/commands");
    EXPECT_EQ(answer.status, 200u);
    const auto names = answer.body["commands"].get<std::vector<std::string>>();
    EXPECT_TRUE(std::ranges::is_sorted(names));
    for (const auto* name :
         {"sessions.create", "sessions.delete", "sessions.get", "sessions.list", "goto", "click", "fill"}) {
      EXPECT_THAT(names, Contains(name));
    }
    // Each is known to /invoke.
    for (const auto& name : names) {
      const json args{{"id", "nobody"}, {"surely_not_known", 1}};
      const auto known = co_await harness.invoke(name, args);
      EXPECT_THAT(known.error(), Not(HasSubstr("there is no command"))) << name;
    }
  });
}

TEST(SeraphInvoke, DoesWhatTheOtherDoorsDo) {
  with_server([](Harness& harness) -> Task<> {
    const json request{{"cdp_url", harness.browser.url()}, {"name", "one"}, {"timeout_seconds", 0}};
    const auto created = co_await harness.invoke("sessions.create", request);
    EXPECT_EQ(created.status, 200u) << created.body;
    EXPECT_EQ(created.body["ok"], true);
    EXPECT_EQ(created.body["result"]["status"], "in_world");
    const std::string id = created.body["result"].value("id", "");
    const auto got = co_await harness.invoke("sessions.get", on_session("one"));
    EXPECT_EQ(got.body["result"]["id"], id);
    const auto listed = co_await harness.invoke("sessions.list", nullptr);
    EXPECT_EQ(listed.body["result"]["bots"].size(), 1u) << listed.body;
    const auto removed = co_await harness.invoke("sessions.delete", on_session(id));
    EXPECT_EQ(removed.body, json({{"ok", true}, {"result", nullptr}}));
    const auto after = co_await harness.ask("GET", "/browsers/" + id);
    EXPECT_EQ(after.status, 404u);
    const auto ended = co_await harness.invoke("sessions.get", on_session(id));
    EXPECT_EQ(ended.body["result"]["status"], "disconnected");
  });
}

TEST(SeraphInvoke, RefusesWithAStatusAndAReason) {
  with_server([](Harness& harness) -> Task<> {
    struct Case {
      const char* body;
      unsigned status;
      const char* reason;
    };
    const std::vector<Case> cases = {
        {"", 400, "JSON"},
        {"[]", 400, "object"},
        {"{}", 400, "cmd"},
        {R"({"cmd":1})", 400, "cmd"},
        {R"({"cmd":"sessions.list","args":[]})", 400, "args"},
        {R"({"cmd":"sessions.list","args":{"x":1}})", 400, "args.x"},
        {R"({"cmd":"sessions.list","more":1})", 400, "more"},
        {R"({"cmd":"sessions.get"})", 400, "args.id"},
        {R"({"cmd":"sessions.get","args":{"id":1}})", 400, "args.id"},
        {R"({"cmd":"sessions.create","args":{"timeout_seconds":1}})", 400, "timeout_seconds"},
        {R"({"cmd":"goto"})", 400, "args.id"},
        {R"({"cmd":"no.such"})", 404, "there is no command 'no.such'"},
        {R"({"cmd":"sessions.get","args":{"id":"nobody"}})", 404, "nobody"},
        {R"({"cmd":"sessions.delete","args":{"id":"nobody"}})", 404, "nobody"},
        {R"({"cmd":"goto","args":{"id":"nobody","url":"http://x.test/"}})", 404, "nobody"},
    };
    for (const auto& [body, status, reason] : cases) {
      const auto refused = co_await harness.ask("POST", "/invoke", body);
      EXPECT_EQ(refused.status, status) << body << refused.body;
      EXPECT_THAT(refused.error(), HasSubstr(reason)) << body;
      EXPECT_EQ(refused.body.size(), 1u) << refused.body;
    }
    const auto id = co_await harness.create();
    const auto missing = co_await harness.invoke("goto", on_session(id));
    EXPECT_EQ(missing.status, 400u) << missing.body;
    EXPECT_THAT(missing.error(), HasSubstr("url"));
    Watcher& watcher = harness.new_watcher();
    co_await harness.watch(watcher);
    harness.browser.refuse = true;
    harness.browser.drop_connection();
    co_await until([&] { return watcher.last_status(id) == "reconnecting"; });
    const json args{{"id", id}, {"url", "http://x.test/"}};
    const auto down = co_await harness.invoke("goto", args);
    EXPECT_EQ(down.status, 503u) << down.body;
  });
}

}  // namespace
}  // namespace telltale::api

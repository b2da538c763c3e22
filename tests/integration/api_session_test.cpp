// Sessions through the API, with a browser that does what the test says.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "api/server.hpp"
#include "net/http_client.hpp"
#include "session/registry.hpp"
#include "stream/cursor.hpp"
#include "support/fake_chromium.hpp"

namespace telltale::api {
namespace {

using namespace std::chrono_literals;
using base::Task;
using nlohmann::json;
using std::chrono::steady_clock;
using testing::FakeChromium;

constexpr auto kPatience = 20s;

struct Answer {
  unsigned status = 0;
  net::HttpHeaders headers;
  std::string text;
  json body;

  [[nodiscard]] std::string message() const { return body.value("message", ""); }
};

// A server and a browser to attach its sessions to.
class Harness {
 public:
  Harness(base::LoopPool& loops, FakeChromium& fake, session::Registry& sessions, std::uint16_t server_port)
      : pool(loops), browser(fake), registry(sessions), port(server_port) {}

  Task<Answer> ask(std::string method, std::string path, std::string body = {}) {
    net::HttpRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.body = std::move(body);
    auto response = co_await net::http_fetch("127.0.0.1", port, std::move(request), 20s);
    EXPECT_TRUE(response) << response.error().message;
    Answer answer;
    if (!response) co_return answer;
    answer.status = response->status;
    answer.headers = std::move(response->headers);
    answer.text = std::move(response->body);
    answer.body = json::parse(answer.text, nullptr, false);
    co_return answer;
  }

  Task<Answer> create(json request) {
    request["cdp_url"] = browser.url();
    request["timeout_seconds"] = 0;
    std::string body = request.dump();
    auto answer = co_await ask("POST", "/browsers", std::move(body));
    co_return answer;
  }

  Task<std::shared_ptr<stream::Log>> log_of(std::string id) {
    auto found = co_await registry.find(std::move(id));
    EXPECT_TRUE(found);
    co_return found->session->log();
  }

  // Everything that the log holds, once `enough` is content with it.
  Task<std::vector<json>> events_once(std::string id, std::function<bool(const std::vector<json>&)> enough) {
    const auto log = co_await log_of(std::move(id));
    auto cursor = co_await log->open(stream::Start::oldest());
    std::vector<json> events;
    const auto deadline = steady_clock::now() + kPatience;
    while (!enough(events) && steady_clock::now() < deadline) {
      const auto batch = co_await cursor.read(stream::TypeMask().set(), 1);  // one event at a time
      for (const auto piece : batch.pieces)
        events.push_back(json::parse(piece.substr(piece.find("data: ") + 6)));
      if (batch.empty() && cursor.at_end()) break;
      if (batch.empty()) co_await cursor.wait(deadline);
    }
    EXPECT_TRUE(enough(events)) << json(events).dump();
    co_return events;
  }
  // The api_call events, once there are `count`.
  Task<std::vector<json>> calls(std::string id, std::size_t count) {
    const auto is_call = [](const json& envelope) { return envelope["event"]["type"] == "api_call"; };
    std::function<bool(const std::vector<json>&)> enough = [=](const std::vector<json>& all) {
      return static_cast<std::size_t>(std::ranges::count_if(all, is_call)) >= count;
    };
    auto events = co_await events_once(std::move(id), std::move(enough));
    std::erase_if(events, [&](const json& envelope) { return !is_call(envelope); });
    co_return events;
  }
  // Waits until the browser got `count` commands of that method.
  Task<bool> commanded(std::string method, std::ptrdiff_t count) {
    const auto sent = [&] {
      return std::ranges::count_if(browser.commands(), [&](const json& c) { return c["method"] == method; });
    };
    const auto deadline = steady_clock::now() + kPatience;
    while (sent() < count && steady_clock::now() < deadline) co_await base::sleep_for(2ms);
    co_return sent() == count;
  }

  base::LoopPool& pool;
  FakeChromium& browser;
  session::Registry& registry;
  std::uint16_t port;
};

template <class Body>
Task<> serve_and_run(base::LoopPool& loops, Body body) {
  const base::SystemClock clock;
  const session::Environment environment{
      .loops = loops, .clock = clock, .chromium = {}, .profiles = ::testing::TempDir()};
  FakeChromium browser(loops.at(0));
  base::TaskScope scope(loops.at(0).executor());
  scope.spawn(browser.run());
  session::Registry registry(environment, 50);
  ServerOptions options;
  options.port = 0;
  Server server(loops, registry, clock, std::move(options));
  const auto port = server.listen();
  EXPECT_TRUE(port);
  scope.spawn(server.run());
  Harness harness(loops, browser, registry, port.value_or(0));
  co_await body(harness);
  browser.on_command = nullptr;  // it refers to locals of the body
  server.stop();
  co_await registry.shutdown();
  browser.stop();
  scope.stop();
  co_await scope.join();
}

// Runs `body(harness)` with a server without authentication.
template <class Body>
void with_server(Body body) {
  base::LoopPool loops(2);
  loops.run(serve_and_run(loops, body));
}

// The categories that a session says it captures; {"null"} when it says null.
std::vector<std::string> captured(const json& session) {
  if (session.at("telemetry").is_null()) return {"null"};
  std::vector<std::string> names;
  for (const auto& [name, flag] : session["telemetry"]["browser"].items()) {
    if (flag["enabled"] == true) names.push_back(name);
  }
  return names;  // in alphabetical order
}

using Names = std::vector<std::string>;
const Names kNothing{"null"};
const Names kDefault{"captcha", "connection", "control", "system"};

constexpr const char* kDefaultOff =
    R"("control":{"enabled":false},"connection":{"enabled":false},"system":{"enabled":false},)"
    R"("captcha":{"enabled":false})";

TEST(CreatedSession, CapturesWhatTheTableOfThePublicContractSays) {
  struct Case {
    std::string telemetry;  // empty: left out
    Names expected;
  };
  const std::vector<Case> cases = {
      {"", kNothing},
      {"null", kNothing},
      {"{}", kNothing},
      {R"({"enabled":false})", kNothing},
      {R"({"enabled":true})", kDefault},
      {R"({"enabled":true,"browser":{}})", kDefault},
      {R"({"browser":{}})", kDefault},
      {R"({"browser":{"network":{"enabled":true}}})",
       {"captcha", "connection", "control", "network", "system"}},
      {R"({"enabled":true,"browser":{"page":{"enabled":true},"system":{"enabled":false}}})",
       {"captcha", "connection", "control", "page"}},
      {R"({"browser":{"screenshot":{"enabled":true}}})",
       {"captcha", "connection", "control", "screenshot", "system"}},
      {R"({"browser":{)" + std::string(kDefaultOff) + "}}", kNothing},
  };
  with_server([&](Harness& harness) -> Task<> {
    for (const auto& [telemetry, expected] : cases) {
      json request = json::object();
      if (!telemetry.empty()) request["telemetry"] = json::parse(telemetry);
      const auto created = co_await harness.create(request);
      EXPECT_EQ(created.status, 201u) << created.text;
      EXPECT_EQ(captured(created.body), expected) << telemetry;
      const auto again = co_await harness.ask("GET", "/browsers/" + created.body.value("session_id", ""));
      EXPECT_EQ(captured(again.body), expected) << telemetry;
    }
    for (const auto* browser : {R"({})", R"({"page":{"enabled":true}})"}) {
      const json request{{"telemetry", {{"enabled", false}, {"browser", json::parse(browser)}}}};
      const auto refused = co_await harness.create(request);
      EXPECT_EQ(refused.status, 400u);
      EXPECT_TRUE(refused.message().contains("telemetry")) << refused.text;
    }
  });
}

TEST(UpdatedSession, CapturesWhatTheTableOfThePublicContractSays) {
  struct Case {
    std::string before;  // of the create request
    std::string update;  // empty: left out
    Names expected;
  };
  const std::string page_and_control =
      R"({"browser":{"page":{"enabled":true},"connection":{"enabled":false},"system":{"enabled":false},)"
      R"("captcha":{"enabled":false}}})";
  const Names unchanged{"control", "page"};
  const std::vector<Case> cases = {
      {page_and_control, "", unchanged},
      {page_and_control, "null", unchanged},
      {page_and_control, "{}", unchanged},
      {page_and_control, R"({"enabled":true})", kDefault},
      {page_and_control, R"({"enabled":true,"browser":{}})", kDefault},
      {page_and_control,
       R"({"enabled":true,"browser":{"console":{"enabled":true},"captcha":{"enabled":false}}})",
       {"connection", "console", "control", "system"}},
      {page_and_control, R"({"browser":{}})", unchanged},
      {page_and_control,
       R"({"browser":{"network":{"enabled":true},"control":{"enabled":false}}})",
       {"network", "page"}},
      {page_and_control, R"({"enabled":false})", kNothing},
      {page_and_control, R"({"browser":{"page":{"enabled":false},"control":{"enabled":false}}})", kNothing},
      {page_and_control, R"({"enabled":true,"browser":{)" + std::string(kDefaultOff) + "}}", kNothing},
      {"{}",
       R"({"browser":{"page":{"enabled":true}}})",
       {"captcha", "connection", "control", "page", "system"}},
      {"{}", R"({"browser":{}})", kDefault},
      {"{}", "{}", kNothing},
      {"{}", R"({"enabled":false})", kNothing},
  };
  with_server([&](Harness& harness) -> Task<> {
    for (const auto& [before, update, expected] : cases) {
      const json request{{"telemetry", json::parse(before)}};
      const auto created = co_await harness.create(request);
      const auto path = "/browsers/" + created.body.value("session_id", "");
      const std::string body = update.empty() ? "{}" : R"({"telemetry":)" + update + "}";
      const auto updated = co_await harness.ask("PATCH", path, body);
      EXPECT_EQ(updated.status, 200u) << updated.text;
      EXPECT_EQ(captured(updated.body), expected) << before << " + " << update;
      const auto again = co_await harness.ask("GET", path);
      EXPECT_EQ(captured(again.body), expected) << before << " + " << update;
    }
    const json on{{"telemetry", {{"enabled", true}}}};
    const auto created = co_await harness.create(on);
    const auto path = "/browsers/" + created.body.value("session_id", "");
    for (const auto* browser : {R"({})", R"({"page":{"enabled":true}})"}) {
      const std::string body = R"({"telemetry":{"enabled":false,"browser":)" + std::string(browser) + "}}";
      const auto refused = co_await harness.ask("PATCH", path, body);
      EXPECT_EQ(refused.status, 400u);
      EXPECT_TRUE(refused.message().contains("telemetry")) << refused.text;
      const auto after = co_await harness.ask("GET", path);
      EXPECT_EQ(captured(after.body), kDefault) << "a refused update changes nothing";
    }
  });
}

TEST(UpdatedSession, HasTheNameTagsAndViewportThatItWasGiven) {
  with_server([](Harness& harness) -> Task<> {
    const json request{{"name", "one"}, {"tags", {{"a", "1"}, {"b", "2"}}}};
    const auto created = co_await harness.create(request);
    const auto path = "/browsers/" + created.body.value("session_id", "");
    const auto empty = co_await harness.ask("PATCH", path);
    EXPECT_EQ(empty.status, 200u) << empty.text;
    EXPECT_EQ(empty.body["name"], "one");
    EXPECT_EQ(empty.body["tags"].size(), 2u);

    const auto renamed = co_await harness.ask("PATCH", "/browsers/one", R"({"name":"two","tags":{"c":"3"}})");
    EXPECT_EQ(renamed.body["name"], "two");
    EXPECT_EQ(renamed.body["tags"], json({{"c", "3"}}));
    const auto old_name = co_await harness.ask("GET", "/browsers/one");
    EXPECT_EQ(old_name.status, 404u);
    const auto new_name = co_await harness.ask("GET", "/browsers/two");
    EXPECT_EQ(new_name.body["session_id"], created.body["session_id"]);
    const auto same = co_await harness.ask("PATCH", "/browsers/two", R"({"name":"two"})");
    EXPECT_EQ(same.status, 200u) << "its own name is no conflict";

    const json other{{"name", "one"}};
    const auto second = co_await harness.create(other);
    EXPECT_EQ(second.status, 201u) << "the old name is free";
    const auto conflict = co_await harness.ask("PATCH", path, R"({"name":"one","tags":{}})");
    EXPECT_EQ(conflict.status, 409u);
    EXPECT_EQ(conflict.body["code"], "conflict");
    const auto kept = co_await harness.ask("GET", path);
    EXPECT_EQ(kept.body["name"], "two");
    EXPECT_EQ(kept.body["tags"].size(), 1u) << "a refused update changes nothing";

    const auto cleared = co_await harness.ask("PATCH", path, R"({"name":"","tags":{}})");
    EXPECT_FALSE(cleared.body.contains("name"));
    EXPECT_EQ(cleared.body["tags"], json::object());
    const auto nameless = co_await harness.ask("GET", "/browsers/two");
    EXPECT_EQ(nameless.status, 404u);
  });
}

TEST(UpdatedSession, GivesEveryPageItsSize) {
  with_server([](Harness& harness) -> Task<> {
    const auto created = co_await harness.create(json::object());
    harness.browser.attach_page("S8", "T8");
    const bool attached = co_await harness.commanded("Page.enable", 1);
    EXPECT_TRUE(attached);
    const auto path = "/browsers/" + created.body.value("session_id", "");
    const auto updated =
        co_await harness.ask("PATCH", path, R"({"viewport":{"width":640,"height":480,"force":true}})");
    EXPECT_EQ(updated.body["viewport"], json({{"width", 640}, {"height", 480}}));
    const bool resized = co_await harness.commanded("Emulation.setDeviceMetricsOverride", 1);
    EXPECT_TRUE(resized);
    harness.browser.attach_page("S9", "T9");
    const bool new_too = co_await harness.commanded("Emulation.setDeviceMetricsOverride", 2);
    EXPECT_TRUE(new_too);
    for (const auto& command : harness.browser.commands()) {
      if (command["method"] != "Emulation.setDeviceMetricsOverride") continue;
      EXPECT_EQ(command["params"]["width"], 640);
      EXPECT_EQ(command["params"]["height"], 480);
    }
  });
}

TEST(UpdatedSession, KeepsItsConnectionWhileCategoriesComeAndGo) {
  with_server([](Harness& harness) -> Task<> {
    const auto created = co_await harness.create(json::object());
    const auto path = "/browsers/" + created.body.value("session_id", "");
    harness.browser.attach_page("S8", "T8");
    const bool attached = co_await harness.commanded("Page.enable", 1);
    EXPECT_TRUE(attached);
    const bool quiet = co_await harness.commanded("Network.enable", 0);
    EXPECT_TRUE(quiet);
    for (int round = 1; round <= 2; ++round) {
      co_await harness.ask("PATCH", path, R"({"telemetry":{"browser":{"network":{"enabled":true}}}})");
      const bool on = co_await harness.commanded("Network.enable", round);
      EXPECT_TRUE(on);
      co_await harness.ask("PATCH", path, R"({"telemetry":{"enabled":false}})");
      const bool off = co_await harness.commanded("Network.disable", round);
      EXPECT_TRUE(off);
    }
    EXPECT_EQ(harness.browser.connections(), 1);
  });
}

TEST(UpdatedSession, IsNotFoundWhenItIsUnknownOrOver) {
  with_server([](Harness& harness) -> Task<> {
    const auto unknown = co_await harness.ask("PATCH", "/browsers/nobody", "{}");
    EXPECT_EQ(unknown.status, 404u);
    const auto created = co_await harness.create(json::object());
    const auto path = "/browsers/" + created.body.value("session_id", "");
    co_await harness.ask("DELETE", path);
    for (const auto* body : {"{}", R"({"name":"late"})"}) {
      const auto over = co_await harness.ask("PATCH", path, body);
      EXPECT_EQ(over.status, 404u) << over.text;
    }
    const auto wrong = co_await harness.ask("PATCH", "/browsers", "{}");
    EXPECT_EQ(wrong.status, 405u);
  });
}

TEST(ApiCalls, AreRecordedForEveryOperationThatNamesTheSession) {
  with_server([](Harness& harness) -> Task<> {
    const json request{{"name", "watched"}, {"telemetry", {{"enabled", true}}}};
    const auto created = co_await harness.create(request);
    const std::string id = created.body.value("session_id", "");
    const auto got = co_await harness.ask("GET", "/browsers/watched");
    co_await harness.ask("GET", "/browsers");
    co_await harness.ask("GET", "/healthz");
    const auto updated = co_await harness.ask("PATCH", "/browsers/watched", R"({"tags":{"a":"1"}})");
    const auto refused = co_await harness.ask("PATCH", "/browsers/watched", R"({"timeout_seconds":1})");
    EXPECT_EQ(refused.status, 400u);
    const auto published =
        co_await harness.ask("POST", "/browsers/watched/telemetry/events", R"({"type":"cdp_connect"})");
    const auto removed = co_await harness.ask("DELETE", "/browsers/watched");
    EXPECT_EQ(removed.status, 204u);

    const auto calls = co_await harness.calls(id, 6);
    const std::pair<const char*, const Answer*> expected[] = {{"createBrowser", &created},
                                                              {"getBrowser", &got},
                                                              {"updateBrowser", &updated},
                                                              {"updateBrowser", &refused},
                                                              {"publishBrowserTelemetryEvent", &published},
                                                              {"deleteBrowser", &removed}};
    EXPECT_EQ(calls.size(), std::size(expected)) << json(calls).dump();
    std::set<std::string> ids;
    for (std::size_t i = 0; i < std::min(calls.size(), std::size(expected)); ++i) {
      const auto& event = calls[i]["event"];
      EXPECT_EQ(event["category"], "control");
      EXPECT_EQ(event["source"], json({{"kind", "kernel_api"}}));
      EXPECT_EQ(event["data"]["operation_id"], expected[i].first);
      EXPECT_EQ(event["data"]["status"], expected[i].second->status);
      EXPECT_EQ(event["data"]["request_id"], expected[i].second->headers.find("X-Request-Id"));
      EXPECT_GE(event["data"]["duration_ms"].get<double>(), 0);
      ids.insert(event["data"]["request_id"].get<std::string>());
    }
    EXPECT_EQ(ids.size(), std::size(expected));
    const auto log = co_await harness.log_of(id);
    EXPECT_TRUE(log->ended());
    EXPECT_EQ(calls.back()["seq"], log->head().value) << "the deletion is the last thing that a session says";
  });
}

TEST(ApiCalls, AreRecordedOnlyWhileControlIsCaptured) {
  with_server([](Harness& harness) -> Task<> {
    const auto created = co_await harness.create(json::object());
    const std::string id = created.body.value("session_id", "");
    const auto path = "/browsers/" + id;
    co_await harness.ask("GET", path);
    co_await harness.ask("PATCH", path, R"({"telemetry":{"enabled":true}})");
    co_await harness.ask("GET", path);
    co_await harness.ask("PATCH", path, R"({"telemetry":{"browser":{"control":{"enabled":false}}}})");
    co_await harness.ask("GET", path);
    co_await harness.ask("PATCH", path, R"({"telemetry":{"browser":{"control":{"enabled":true}}}})");
    const auto calls = co_await harness.calls(id, 3);
    std::vector<std::string> operations;
    for (const auto& call : calls) operations.push_back(call["event"]["data"]["operation_id"]);
    EXPECT_EQ(operations, (std::vector<std::string>{"updateBrowser", "getBrowser", "updateBrowser"}));
    EXPECT_EQ(calls.back()["seq"], 3) << "what is not captured takes no seq";
  });
}

TEST(ApiCalls, HaveARequestIdEvenWhereNothingIsFound) {
  with_server([](Harness& harness) -> Task<> {
    const auto first = co_await harness.ask("GET", "/nowhere");
    const auto second = co_await harness.ask("GET", "/healthz");
    EXPECT_EQ(first.headers.find("X-Request-Id").value_or("").size(), 36u);
    EXPECT_NE(first.headers.find("X-Request-Id"), second.headers.find("X-Request-Id"));
  });
}

constexpr const char* kSolved =
    R"({"type":"captcha_solve_result","category":"network","source":{"kind":"extension","event":"solved"},)"
    R"("data":{"captcha_type":"hcaptcha","duration_ms":900,"status":"success"}})";

TEST(ExternalEvents, AreAnsweredAsTheyStandInTheLog) {
  with_server([](Harness& harness) -> Task<> {
    const json request{{"telemetry", {{"browser", {{"control", {{"enabled", false}}}}}}}};
    const auto created = co_await harness.create(request);
    const std::string id = created.body.value("session_id", "");
    const auto path = "/browsers/" + id + "/telemetry/events";
    const auto before = std::chrono::system_clock::now().time_since_epoch();
    const auto answer = co_await harness.ask("POST", path, kSolved);
    EXPECT_EQ(answer.status, 200u) << answer.text;
    EXPECT_EQ(answer.headers.find("Content-Type"), "application/json");
    const auto& event = answer.body["event"];
    EXPECT_EQ(answer.body["seq"], 1);
    EXPECT_EQ(event["type"], "captcha_solve_result");
    EXPECT_EQ(event["category"], "captcha") << "the type decides";
    EXPECT_EQ(event["source"], json({{"kind", "extension"}, {"event", "solved"}}));
    EXPECT_EQ(event["data"]["captcha_type"], "hcaptcha");
    EXPECT_GE(std::chrono::microseconds(event["ts"].get<std::int64_t>()),
              std::chrono::floor<std::chrono::microseconds>(before));
    const auto events =
        co_await harness.events_once(id, [](const std::vector<json>& all) { return !all.empty(); });
    EXPECT_EQ(events.front(), answer.body);

    const auto off = co_await harness.ask("PATCH", "/browsers/" + id,
                                          R"({"telemetry":{"browser":{"captcha":{"enabled":false}}}})");
    EXPECT_EQ(off.status, 200u);
    const auto filtered = co_await harness.ask("POST", path, kSolved);
    EXPECT_EQ(filtered.status, 204u);
    EXPECT_EQ(filtered.text, "");
    const auto log = co_await harness.log_of(id);
    EXPECT_EQ(log->head().value, 1u) << "what is filtered out takes no seq";
  });
}

TEST(ExternalEvents, AreRefusedWithAReason) {
  with_server([](Harness& harness) -> Task<> {
    const auto created = co_await harness.create(json::object());
    const auto path = "/browsers/" + created.body.value("session_id", "") + "/telemetry/events";
    const std::pair<const char*, const char*> bad[] = {
        {"", "JSON"},
        {R"({"type":"nonsense"})", "type"},
        {R"({"type":"captcha_solve_result","data":{}})", "data.captcha_type"},
        {R"({"type":"cdp_connect","source":{"kind":"kernel_api"}})", "source.kind"},
    };
    for (const auto& [body, reason] : bad) {
      const auto refused = co_await harness.ask("POST", path, body);
      EXPECT_EQ(refused.status, 400u) << body;
      EXPECT_TRUE(refused.message().contains(reason)) << refused.text;
    }
    const auto unknown = co_await harness.ask("POST", "/browsers/nobody/telemetry/events", kSolved);
    EXPECT_EQ(unknown.status, 404u);
    co_await harness.ask("DELETE", "/browsers/" + created.body.value("session_id", ""));
    const auto over = co_await harness.ask("POST", path, kSolved);
    EXPECT_EQ(over.status, 404u);
  });
}

TEST(ExternalEvents, AreCutToTheSizeOfAnEnvelope) {
  with_server([](Harness& harness) -> Task<> {
    const json request{{"telemetry", {{"browser", {{"console", {{"enabled", true}}}}}}}};
    const auto created = co_await harness.create(request);
    const auto path = "/browsers/" + created.body.value("session_id", "") + "/telemetry/events";
    const json large{{"type", "console_error"}, {"data", {{"text", std::string(3'000'000, 'x')}}}};
    std::string body = large.dump();
    const auto answer = co_await harness.ask("POST", path, std::move(body));
    EXPECT_EQ(answer.status, 200u);
    EXPECT_LE(answer.text.size(), 1'000'000u);
    EXPECT_EQ(answer.body["event"]["truncated"], true);
    std::string too_large =
        R"({"type":"console_error","data":{"text":")" + std::string(9u << 20, 'x') + "\"}}";
    const auto refused = co_await harness.ask("POST", path, std::move(too_large));
    EXPECT_EQ(refused.status, 413u);
  });
}

}  // namespace
}  // namespace telltale::api

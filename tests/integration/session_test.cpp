// Sessions against a browser that misbehaves.

#include "session/session.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "session/registry.hpp"
#include "stream/cursor.hpp"
#include "support/fake_chromium.hpp"

namespace telltale::session {
namespace {

using base::Task;
using nlohmann::json;
using std::chrono::steady_clock;
using testing::FakeChromium;
using namespace std::chrono_literals;

constexpr auto kPatience = 20s;

struct Harness {
  base::LoopPool& loops;
  FakeChromium& browser;
  Registry& registry;

  SessionSpec attached(const std::string& name = "attached") const {
    SessionSpec spec;
    spec.name = name;
    spec.attach_url = browser.url();
    spec.categories = {telemetry::Category::console, telemetry::Category::page};
    return spec;
  }
};

// Runs `body(harness)` with a fake browser and a registry, and shuts both down.
template <class Body>
void with_browser(Body body, std::size_t max_sessions = 4) {
  base::LoopPool loops(2);
  base::SystemClock clock;
  const Environment environment{loops, clock, std::nullopt, true, true, ::testing::TempDir()};
  const auto main = [&](Body run_body) -> Task<> {
    FakeChromium browser(loops.at(0));
    base::TaskScope scope(loops.at(0).executor());
    scope.spawn(browser.run());
    Registry registry(environment, max_sessions);
    Harness harness{loops, browser, registry};
    co_await run_body(harness);
    browser.on_command = nullptr;  // it refers to locals of the body
    co_await registry.shutdown();
    browser.stop();
    scope.stop();
    co_await scope.join();
  };
  loops.run(main(body));
}

template <class Condition>
Task<bool> eventually(Condition condition) {
  const auto deadline = steady_clock::now() + kPatience;
  bool met = condition();
  while (!met && steady_clock::now() < deadline) {
    co_await base::sleep_for(2ms);
    met = condition();
  }
  co_return met;
}

// The next event of a type, as JSON.
Task<json> next_event(stream::Cursor& cursor, std::string type) {
  const auto deadline = steady_clock::now() + kPatience;
  while (steady_clock::now() < deadline) {
    const auto batch = co_await cursor.read(stream::TypeMask().set(), 1);  // one event at a time
    for (const auto piece : batch.pieces) {
      auto envelope = json::parse(piece.substr(piece.find("data: ") + 6));
      if (envelope["event"]["type"] == type) co_return envelope;
    }
    if (batch.empty()) co_await cursor.wait(deadline);
  }
  ADD_FAILURE() << "no " << type << " event";
  co_return json();
}

TEST(AttachedSession, ReportsALostConnectionAndReconnects) {
  with_browser([](Harness& harness) -> Task<> {
    auto spec = harness.attached();
    auto created = co_await harness.registry.create(std::move(spec));
    EXPECT_TRUE(created) << created.error().message;
    auto& session = *created->session;
    auto cursor = co_await session.log()->open(stream::Start::oldest());

    harness.browser.refuse = true;
    harness.browser.drop_connection();
    const auto lost = co_await next_event(cursor, "monitor_disconnected");
    EXPECT_EQ(lost["event"]["data"]["reason"], "connection_lost");
    EXPECT_EQ(lost["event"]["category"], "monitor");
    EXPECT_EQ(lost["event"]["source"]["kind"], "local_process");
    auto during = co_await harness.registry.find("attached");
    EXPECT_EQ(during->info->state, SessionState::reconnecting);
    EXPECT_EQ(during->info->cdp_endpoint, "");

    harness.browser.refuse = false;
    const auto regained = co_await next_event(cursor, "monitor_reconnected");
    EXPECT_GE(regained["event"]["data"]["reconnect_duration_ms"].get<int>(), 0);
    EXPECT_EQ(harness.browser.connections(), 2);
    harness.browser.attach_page("S9", "T9");
    const auto tab = co_await next_event(cursor, "page_tab_opened");
    EXPECT_EQ(tab["event"]["data"]["target_id"], "T9");
    EXPECT_GT(tab["seq"], regained["seq"]) << "seq goes on over a reconnect";
    auto after = co_await harness.registry.find("attached");
    EXPECT_EQ(after->info->state, SessionState::ready);
  });
}

TEST(AttachedSession, IsRefusedWhenNoBrowserIsThere) {
  with_browser([](Harness& harness) -> Task<> {
    harness.browser.refuse = true;
    auto spec = harness.attached();
    auto created = co_await harness.registry.create(std::move(spec));
    EXPECT_FALSE(created);
    auto sessions = co_await harness.registry.list();
    EXPECT_TRUE(sessions.empty()) << "a session that never was leaves nothing behind";
  });
}

TEST(AttachedSession, IsKeptTryingWhenAskedTo) {
  with_browser([](Harness& harness) -> Task<> {
    harness.browser.refuse = true;
    auto spec = harness.attached();
    auto created = co_await harness.registry.create(std::move(spec), true);
    EXPECT_TRUE(created);
    EXPECT_EQ(created->info->state, SessionState::reconnecting);
    EXPECT_NE(created->info->error, "");
    harness.browser.refuse = false;
    auto cursor = co_await created->session->log()->open(stream::Start::oldest());
    const bool connected = co_await eventually([&] { return harness.browser.connected(); });
    EXPECT_TRUE(connected);
    harness.browser.attach_page("S1", "T1");
    const auto first = co_await next_event(cursor, "page_tab_opened");
    EXPECT_EQ(first["seq"], 1) << "nothing was lost before the first connection, so nothing is reported";
  });
}

TEST(AttachedSession, ReportsThatTheBrowserRefusedTheAutoAttach) {
  with_browser([](Harness& harness) -> Task<> {
    bool refuse = true;
    harness.browser.on_command = [&](const json& command) {
      if (!refuse || command["method"] != "Target.setAutoAttach") return false;
      refuse = false;
      harness.browser.reply_error(command, "not allowed");
      return true;
    };
    auto spec = harness.attached();
    auto created = co_await harness.registry.create(std::move(spec), true);
    EXPECT_TRUE(created);
    auto cursor = co_await created->session->log()->open(stream::Start::oldest());
    const auto failed = co_await next_event(cursor, "monitor_init_failed");
    EXPECT_EQ(failed["event"]["data"]["step"], "Target.setAutoAttach");
    const bool again = co_await eventually([&] { return harness.browser.connections() == 2; });
    EXPECT_TRUE(again) << "it tries again on a new connection";
  });
}

TEST(AttachedSession, OpensItsStartPageAsBlankAndNavigatesOnlyWhenTheNetworkIsObserved) {
  with_browser([](Harness& harness) -> Task<> {
    std::optional<json> held;
    harness.browser.on_command = [&](const json& command) {
      if (command["method"] != "Network.enable") return false;
      held = command;
      return true;
    };
    auto spec = harness.attached();
    spec.categories.insert(telemetry::Category::network);
    spec.start_url = "http://start.test/";
    base::TaskScope scope(harness.loops.at(0).executor());
    bool created = false;
    const auto create = [](Harness& h, SessionSpec s, bool& done) -> Task<> {
      auto result = co_await h.registry.create(std::move(s));
      done = result.has_value();
    };
    scope.spawn(create(harness, std::move(spec), created));
    const bool asked = co_await eventually([&] { return held.has_value(); });
    EXPECT_TRUE(asked);
    const auto sent = [&](const std::string& method) {
      return std::ranges::count_if(harness.browser.commands(),
                                   [&](const json& c) { return c["method"] == method; });
    };
    EXPECT_EQ(sent("Page.navigate"), 0);
    harness.browser.reply(*held, json::object());
    const bool navigated = co_await eventually([&] { return sent("Page.navigate") == 1; });
    EXPECT_TRUE(navigated);
    co_await scope.join();
    EXPECT_TRUE(created);
    for (const auto& command : harness.browser.commands()) {
      if (command["method"] == "Target.createTarget") {
        EXPECT_EQ(command["params"]["url"], "about:blank");
      } else if (command["method"] == "Page.navigate") {
        EXPECT_EQ(command["params"]["url"], "http://start.test/");
      }
    }
  });
}

TEST(AttachedSession, IsNeverClosedByItsEnd) {
  with_browser([](Harness& harness) -> Task<> {
    auto spec = harness.attached();
    auto created = co_await harness.registry.create(std::move(spec));
    EXPECT_TRUE(created);
    auto removed = co_await harness.registry.remove("attached");
    EXPECT_TRUE(removed);
    const bool detached = co_await eventually([&] { return !harness.browser.connected(); });
    EXPECT_TRUE(detached);
    for (const auto& command : harness.browser.commands()) {
      EXPECT_NE(command["method"], "Browser.close");
      EXPECT_NE(command["method"], "Target.closeTarget");
    }
    auto gone = co_await harness.registry.find("attached");
    EXPECT_FALSE(gone) << "the name is free again";
    auto kept = co_await harness.registry.find(created->info->id.value);
    EXPECT_EQ(kept->info->state, SessionState::ended);
    EXPECT_TRUE(kept->session->log()->ended());
    auto twice = co_await harness.registry.remove(created->info->id.value);
    EXPECT_EQ(twice.error().code, base::Errc::not_found);
  });
}

TEST(Registry, RefusesANameInUseAndTooManySessions) {
  with_browser(
      [](Harness& harness) -> Task<> {
        auto first = harness.attached("one");
        auto created = co_await harness.registry.create(std::move(first));
        EXPECT_TRUE(created);
        auto same = harness.attached("one");
        auto conflict = co_await harness.registry.create(std::move(same));
        EXPECT_EQ(conflict.error().code, base::Errc::conflict);
        auto second = harness.attached("two");
        auto limited = co_await harness.registry.create(std::move(second));
        EXPECT_EQ(limited.error().code, base::Errc::limit);
      },
      1);
}

TEST(Registry, EndsASessionThatNobodyUses) {
  with_browser([](Harness& harness) -> Task<> {
    auto spec = harness.attached();
    spec.idle_timeout = 1s;
    auto created = co_await harness.registry.create(std::move(spec));
    EXPECT_TRUE(created);
    const auto log = created->session->log();
    {
      const Activity stream(created->session);
      const bool ended_while_streaming = co_await [](std::shared_ptr<stream::Log> l) -> Task<bool> {
        auto cursor = co_await l->open(stream::Start::now());
        co_await cursor.wait(steady_clock::now() + 2500ms);
        co_return l->ended();
      }(log);
      EXPECT_FALSE(ended_while_streaming);
    }
    const bool ended = co_await eventually([&] { return log->ended(); });
    EXPECT_TRUE(ended);
    auto found = co_await harness.registry.find(created->info->id.value);
    EXPECT_EQ(found->info->state, SessionState::timed_out);
  });
}

}  // namespace
}  // namespace telltale::session

// Pages that come back from the back/forward cache, as Chromium 156 tells it.

#include "collector_fixture.hpp"

namespace telltale::collector {
namespace {

class RestorePage : public CollectorTest {
 protected:
  RestorePage() {
    open_page("http://site.test/a");
    log(1'000);
    navigate("http://site.test/b", "L2");
    log(2'000);
  }

  Output& log(double timestamp, const std::string& session = "S1") {
    return notify("Runtime.consoleAPICalled",
                  {{"type", "log"},
                   {"args", {{{"type", "string"}, {"value", std::to_string(static_cast<int>(timestamp))}}}},
                   {"executionContextId", 1},
                   {"timestamp", kEpoch + timestamp}},
                  session);
  }
  Output& begin_return() {
    EXPECT_TRUE(notify("Runtime.executionContextsCleared", json::object()).events.empty());
    return notify("Runtime.executionContextCreated",
                  {{"context",
                    {{"id", 3}, {"name", "world"},
                     {"auxData", {{"frameId", "T1"}, {"isDefault", false}, {"type", "isolated"}}}}}});
  }
  Output& end_return() {
    return notify("Page.frameNavigated",
                  {{"type", "BackForwardCacheRestore"},
                   {"frame", {{"id", "T1"}, {"loaderId", "L1"}, {"url", "http://site.test/a"}}}});
  }
  static std::vector<std::string> logs(const Output& out) {
    std::vector<std::string> texts;
    for (const auto& log : all<telemetry::ConsoleLog>(out)) texts.push_back(log.text.value_or(""));
    return texts;
  }

  static constexpr double kEpoch = 1'800'000'000'000;  // after the attach of any manual clock
};

TEST_F(RestorePage, TellsTheNavigationFirstAndNothingTwice) {
  begin_return();
  EXPECT_TRUE(log(1'000).events.empty());
  EXPECT_TRUE(log(3'000).events.empty());
  const auto& out = end_return();
  ASSERT_FALSE(out.events.empty());
  EXPECT_EQ(logs(out), std::vector<std::string>{"3000"});
  std::size_t navigation = 0;
  std::size_t message = 0;
  for (std::size_t i = 0; i < out.events.size(); ++i) {
    if (std::holds_alternative<telemetry::PageNavigation>(out.events[i].data)) navigation = i;
    if (std::holds_alternative<telemetry::ConsoleLog>(out.events[i].data)) message = i;
  }
  EXPECT_LT(navigation, message);
  const auto context = all<telemetry::ConsoleLog>(out).at(0).context;
  EXPECT_EQ(context.nav_seq, 3);
  EXPECT_EQ(context.url, "http://site.test/a");
  EXPECT_EQ(logs(log(4'000)), std::vector<std::string>{"4000"});
}

TEST_F(RestorePage, SettlesWithoutALoad) {
  begin_return();
  end_return();
  std::vector<std::string_view> settled;
  for (int i = 0; i < 3; ++i) {
    clock_.advance(std::chrono::milliseconds(500));
    for (const auto& event : tick().events) settled.push_back(telemetry::event_type(event.data).name);
  }
  EXPECT_EQ(settled, (std::vector<std::string_view>{"network_idle", "page_layout_settled", "page_navigation_settled"}));
}

TEST_F(RestorePage, WaitsForItsNavigationForATimeOnly) {
  begin_return();
  EXPECT_TRUE(log(3'000).events.empty());
  clock_.advance(limits::kRestoreTimeout);
  EXPECT_EQ(logs(tick()), std::vector<std::string>{"3000"});
  EXPECT_EQ(logs(log(4'000)), std::vector<std::string>{"4000"});
}

TEST_F(RestorePage, KnowsTheIframesThatComeBackWithIt) {
  attach("S2", "iframe", "F2", "S1");
  EXPECT_EQ(logs(log(2'500, "S2")).size(), 1u);
  notify("Target.detachedFromTarget", {{"sessionId", "S2"}}, "S1");
  attach("S3", "iframe", "F2", "S1");
  EXPECT_TRUE(log(2'500, "S3").events.empty());
  const auto back = all<telemetry::ConsoleLog>(log(2'600, "S3"));
  ASSERT_EQ(back.size(), 1u);
  EXPECT_FALSE(back.at(0).before_attach);
}

TEST_F(RestorePage, MayBeginWithItsIframes) {
  end_return();  // of /a
  attach("S2", "iframe", "F2", "S1");
  log(2'500, "S2");
  navigate("http://site.test/b", "L2");
  notify("Target.detachedFromTarget", {{"sessionId", "S2"}}, "S1");
  attach("S3", "iframe", "F2", "S1");
  EXPECT_TRUE(log(2'500, "S3").events.empty());
  EXPECT_TRUE(log(3'000, "S3").events.empty());
  begin_return();
  EXPECT_TRUE(log(1'000).events.empty());
  EXPECT_TRUE(log(3'100).events.empty());
  const auto& out = end_return();
  EXPECT_EQ(logs(out), (std::vector<std::string>{"3000", "3100"}));
  for (const auto& message : all<telemetry::ConsoleLog>(out)) EXPECT_EQ(message.context.url, "http://site.test/a");
  // Contexts of later frames are those of any document.
  notify("Runtime.executionContextCreated",
         {{"context", {{"id", 5}, {"name", ""},
            {"auxData", {{"frameId", "T2"}, {"isDefault", true}, {"type", "default"}}}}}});
  EXPECT_EQ(logs(log(3'200)), std::vector<std::string>{"3200"});
}

TEST_F(RestorePage, DoesNotWaitForAnIframeThatChangesItsProcess) {
  attach("S2", "iframe", "F2", "S1");
  notify("Target.detachedFromTarget", {{"sessionId", "S2"}}, "S1");
  attach("S3", "iframe", "F2", "S1");
  EXPECT_EQ(logs(log(3'000)), std::vector<std::string>{"3000"});
}

TEST_F(RestorePage, IsNotWhatAnyOtherNavigationLooksLike) {
  notify("Runtime.executionContextsCleared", json::object());
  EXPECT_FALSE(navigate("http://site.test/c", "L3").events.empty());
  notify("Runtime.executionContextCreated",
         {{"context", {{"id", 5}, {"name", ""},
            {"auxData", {{"frameId", "T1"}, {"isDefault", true}, {"type", "default"}}}}}});
  EXPECT_EQ(logs(log(2'900)), std::vector<std::string>{"2900"});
}

}  // namespace
}  // namespace telltale::collector

// Errors that lead further: what is asked, in which order the events come, and what happens without an answer.

#include "collector_fixture.hpp"

namespace telltale::collector {
namespace {

using Kind = ReplyTag::Kind;

class FollowErrors : public CollectorTest {
 protected:
  FollowErrors() { open_page(); }

  Output& throw_error(int id) {
    const json preview{{"type", "object"},
                       {"subtype", "error"},
                       {"description", "Error: outer"},
                       {"overflow", false},
                       {"properties",
                        {{{"name", "message"}, {"type", "string"}, {"value", "outer"}},
                         {{"name", "cause"}, {"type", "object"}, {"subtype", "error"},
                           {"value", "Error: inner\n    at f (a.js:1:2)"}}}}};
    return notify("Runtime.exceptionThrown",
                  {{"timestamp", 1},
                   {"exceptionDetails",
                    {{"exceptionId", id},
                     {"text", "Uncaught"},
                     {"lineNumber", 4},
                     {"columnNumber", 8},
                     {"exception",
                      {{"type", "object"},
                       {"subtype", "error"},
                       {"className", "Error"},
                       {"description", "Error: outer"},
                       {"objectId", "o" + std::to_string(id)},
                       {"preview", preview}}}}}});
  }
  Output& log() {
    return notify("Runtime.consoleAPICalled",
                  {{"type", "log"}, {"args", json::array()}, {"executionContextId", 1}, {"timestamp", 1}});
  }
  Output& answer(Kind kind, std::uint64_t number, base::Result<std::string> result) {
    out_.clear();
    collector_.on_reply({kind, CdpSessionId("S1"), number}, result, clock_.now(), out_);
    return out_;
  }
  static json error_value(const char* text) {
    return {{"type", "object"}, {"subtype", "error"}, {"description", text}};
  }
  static std::string members() {
    return json{{"result",
                 {{{"name", "0"}, {"value", {{"type", "string"}, {"value", "r0c1c2"}}}},
                  {{"name", "1"}, {"value", error_value("Error: outer")}},
                  {{"name", "2"}, {"value", error_value("Error: inner")}},
                  {{"name", "3"}, {"value", {{"type", "number"}, {"value", 7}}}}}}}
        .dump();
  }
};

TEST_F(FollowErrors, AskInTwoStepsAndKeepTheOrderOfEvents) {
  const auto& asked = throw_error(1);
  EXPECT_TRUE(asked.events.empty());
  ASSERT_EQ(methods(asked, "S1"), std::vector<std::string>{"Runtime.callFunctionOn"});
  const auto params = json::parse(asked.commands.front().command.params);
  EXPECT_EQ(params.at("objectId"), "o1");
  EXPECT_EQ(params.at("throwOnSideEffect"), true);
  const auto number = asked.commands.front().tag.number;
  EXPECT_TRUE(log().events.empty()) << "it waits for its turn";

  const auto& found = answer(Kind::errors, number, R"({"result":{"type":"object","objectId":"all"}})");
  EXPECT_TRUE(found.events.empty());
  ASSERT_EQ(methods(found, "S1"), std::vector<std::string>{"Runtime.getProperties"});
  EXPECT_EQ(json::parse(found.commands.front().command.params).at("objectId"), "all");

  const auto& done = answer(Kind::error_members, number, members());
  EXPECT_EQ(methods(done, "S1"), std::vector<std::string>{"Runtime.releaseObjectGroup"});
  ASSERT_EQ(done.events.size(), 2u);
  EXPECT_EQ(std::get<telemetry::ConsoleError>(done.events[0].data).text,
            "Uncaught Error: outer\nCaused by: Error: inner\nCaused by: 7");
  EXPECT_TRUE(std::holds_alternative<telemetry::ConsoleLog>(done.events[1].data));
  EXPECT_EQ(log().events.size(), 1u);
}

TEST_F(FollowErrors, ArePublishedWithTheirPreviewWhenNoAnswerComes) {
  constexpr const char* kKnown = "Uncaught Error: outer\nCaused by: Error: inner";
  throw_error(1);
  log();
  clock_.advance(limits::kErrorTimeout);
  const auto due = collector_.next_deadline();
  ASSERT_TRUE(due && *due <= clock_.now().mono);
  const auto late = tick();
  ASSERT_GE(late.events.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<telemetry::ConsoleLog>(late.events[1].data));
  EXPECT_EQ(std::get<telemetry::ConsoleError>(late.events[0].data).text, kKnown);
  EXPECT_TRUE(answer(Kind::error_members, 1, members()).events.empty()) << "too late";

  const auto refused = throw_error(2).commands.front().tag.number;
  const auto& out = answer(Kind::errors, refused,
                           R"({"result":{"type":"object"},"exceptionDetails":{"exceptionId":1,"text":"side effect"}})");
  EXPECT_EQ(only<telemetry::ConsoleError>(out).text, kKnown);

  throw_error(3);
  EXPECT_EQ(all<telemetry::ConsoleError>(notify("Target.detachedFromTarget", {{"sessionId", "S1"}}, "")).size(), 1u);
}

TEST_F(FollowErrors, HoldNothingBackAtTheEnd) {
  throw_error(1);
  log();
  out_.clear();
  collector_.finish(clock_.now(), out_);
  EXPECT_EQ(all<telemetry::ConsoleError>(out_).size(), 1u);
  EXPECT_EQ(all<telemetry::ConsoleLog>(out_).size(), 1u);
}

TEST_F(FollowErrors, AreBoundedInNumberAndInWhatWaitsBehindThem) {
  for (std::size_t i = 0; i < limits::kErrorsInFlight; ++i) EXPECT_EQ(throw_error(1).commands.size(), 1u);
  EXPECT_TRUE(throw_error(1).commands.empty());
  std::size_t published = 0;
  for (std::size_t i = 0; i < 2 * limits::kHeldEvents; ++i) published += log().events.size();
  EXPECT_GT(published, 0u);
}

}  // namespace
}  // namespace telltale::collector

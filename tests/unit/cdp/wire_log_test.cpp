#include "cdp/wire_log.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/loop.hpp"

namespace telltale::cdp {
namespace {

TEST(WireLog, ShowsMethodIdAndSizeAndNothingElse) {
  base::LoopPool loops(1);
  const auto main = []() -> base::Task<> {
    const WireLog wire(base::SessionId("s1"));
    wire.sent("Page.unheard", 1, 10);
    base::LogCursor cursor(base::log_hub());
    wire.sent("Page.navigate", 7, 123);
    wire.received(R"({"id":7,"result":{"frameId":"secret"}})", 38);
    wire.received(R"({"method":"Some.unused","params":{"text":"secret"}})", 52);
    wire.received(R"({"method":"Page.cut of)", 9'000'000);
    wire.received("garbage", 7);
    const auto batch = cursor.read(100);
    std::vector<std::string> messages;
    for (const auto& line : batch.lines) {
      messages.push_back(line->message);
      EXPECT_EQ(line->level, base::LogLevel::info);
      EXPECT_EQ(line->scope, "cdp");
      EXPECT_EQ(line->session_id, "s1");
      EXPECT_EQ(line->transport, base::LogTransport::tcp);
      const bool first = messages.size() == 1;
      EXPECT_EQ(line->direction, first ? base::LogDirection::outgoing : base::LogDirection::incoming);
    }
    const std::vector<std::string> expected = {"Page.navigate id=7 bytes=123", "reply id=7 bytes=38",
                                               "Some.unused bytes=52", "message bytes=9000000",
                                               "message bytes=7"};
    EXPECT_EQ(messages, expected);
    co_return;
  };
  loops.run(main());
}

}  // namespace
}  // namespace telltale::cdp

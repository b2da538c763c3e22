#include "cli/sse_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telltale::cli {
namespace {

struct Parsed {
  std::string type;
  std::string data;
  std::string id;
  bool operator==(const Parsed&) const = default;
};

struct Fixture {
  std::vector<Parsed> events;
  SseParser parser{[this](const SseEvent& event) {
    events.push_back({std::string(event.type), std::string(event.data), std::string(event.last_event_id)});
  }};
};

std::vector<Parsed> parse(std::string_view text) {
  Fixture fixture;
  EXPECT_TRUE(fixture.parser.feed(text));
  return fixture.events;
}

const std::vector<Parsed> kOne = {{"message", "hello", "7"}};

TEST(SseParser, DispatchesAtTheBlankLine) {
  EXPECT_EQ(parse("id: 7\ndata: hello\n\n"), kOne);
  EXPECT_TRUE(parse("id: 7\ndata: hello\n").empty());
}

TEST(SseParser, AcceptsAllThreeLineEnds) {
  EXPECT_EQ(parse("id: 7\r\ndata: hello\r\n\r\n"), kOne);
  EXPECT_EQ(parse("id: 7\rdata: hello\r\r"), kOne);
  EXPECT_EQ(parse("id: 7\rdata: hello\n\r\n"), kOne);
}

TEST(SseParser, YieldsTheSameHoweverTheBytesAreCut) {
  const std::string text = ":\r\n\r\nid: 7\r\ndata: a\r\ndata: b\r\n\r\nid: 8\rdata: c\r\rid: 9\ndata: d\n\n";
  const auto whole = parse(text);
  ASSERT_EQ(whole.size(), 3u);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Fixture fixture;
    EXPECT_TRUE(fixture.parser.feed(std::string_view(text).substr(0, cut)));
    EXPECT_TRUE(fixture.parser.feed(std::string_view(text).substr(cut)));
    EXPECT_EQ(fixture.events, whole) << "cut at " << cut;
  }
  Fixture bytewise;
  for (const char c : text) EXPECT_TRUE(bytewise.parser.feed({&c, 1}));
  EXPECT_EQ(bytewise.events, whole);
}

TEST(SseParser, JoinsDataLinesByLineFeeds) {
  EXPECT_EQ(parse("data: a\ndata\ndata:b\n\n"), (std::vector<Parsed>{{"message", "a\n\nb", ""}}));
}

TEST(SseParser, RemovesOneSpaceBehindTheColonOnly) {
  EXPECT_EQ(parse("data:  x:y\n\n"), (std::vector<Parsed>{{"message", " x:y", ""}}));
}

TEST(SseParser, SkipsCommentsAndUnknownFields) {
  EXPECT_EQ(parse(":\n\n: keepalive\nretry: 10\nfoo: bar\nid: 7\ndata: hello\n\n"), kOne);
}

TEST(SseParser, TakesTheEventTypeForOneEventOnly) {
  EXPECT_EQ(parse("event: log\ndata: a\n\ndata: b\n\n"),
            (std::vector<Parsed>{{"log", "a", ""}, {"message", "b", ""}}));
}

TEST(SseParser, KeepsTheIdUntilThereIsAnother) {
  EXPECT_EQ(parse("id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n"),
            (std::vector<Parsed>{{"message", "a", "7"}, {"message", "b", "7"}, {"message", "c", ""}}));
}

TEST(SseParser, IgnoresAnIdWithANullCharacter) {
  EXPECT_EQ(parse(std::string_view("id: 7\nid: 8\0\ndata: hello\n\n", 26)), kOne);
}

TEST(SseParser, MovesTheIdWithoutAnEventForABlockWithoutData) {
  Fixture fixture;
  EXPECT_TRUE(fixture.parser.feed("id: 41\n\n"));
  EXPECT_TRUE(fixture.events.empty());
  EXPECT_EQ(fixture.parser.last_event_id(), "41");
}

TEST(SseParser, DoesNotMoveTheIdBeforeTheBlockIsComplete) {
  Fixture fixture;
  EXPECT_TRUE(fixture.parser.feed("id: 1\ndata: a\n\nid: 2\ndata: b\n"));
  EXPECT_EQ(fixture.parser.last_event_id(), "1");
}

TEST(SseParser, SkipsAByteOrderMarkAtTheStartOnly) {
  EXPECT_EQ(parse("\xEF\xBB\xBFid: 7\ndata: hello\n\n"), kOne);
  EXPECT_TRUE(parse("\n\xEF\xBB\xBF"
                    "data: hello\n\n")
                  .empty());
}

TEST(SseParser, RefusesAnEndlessEvent) {
  Fixture fixture;
  const std::string piece(SseParser::kMaxEventBytes / 2, 'x');
  EXPECT_TRUE(fixture.parser.feed("data: "));
  EXPECT_TRUE(fixture.parser.feed(piece));
  const auto fed = fixture.parser.feed(piece);
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().code, base::Errc::limit);
}

}  // namespace
}  // namespace telltale::cli

#include <gtest/gtest.h>

#include "api/event_stream.hpp"

namespace telltale::api {
namespace {

using From = stream::Start::From;

stream::Start start_of(const char* last_event_id, const char* replay) {
  net::HttpRequest request;
  if (last_event_id != nullptr) request.headers.set("Last-Event-ID", last_event_id);
  if (replay != nullptr) request.query = {{"replay", replay}};
  return start_position(request);
}

TEST(StartPosition, IsNowWithoutHeaderAndReplay) {
  EXPECT_EQ(start_of(nullptr, nullptr).from, From::now);
  EXPECT_EQ(start_of(nullptr, "some").from, From::now);
  EXPECT_EQ(start_of("", nullptr).from, From::now);
}

TEST(StartPosition, IsTheOldestEventForReplayAll) {
  EXPECT_EQ(start_of(nullptr, "all").from, From::oldest);
  EXPECT_EQ(start_of("", "all").from, From::oldest);
}

TEST(StartPosition, IsAfterTheLastEventIdWhateverReplaySays) {
  for (const char* replay : {static_cast<const char*>(nullptr), "all"}) {
    const auto start = start_of("42", replay);
    EXPECT_EQ(start.from, From::after);
    EXPECT_EQ(start.seq.value, 42u);
  }
}

TEST(StartPosition, IsNowForZeroAndGarbageEvenWithReplayAll) {
  for (const char* id : {"0", "x", "-1", "+1", "1x", "1.5", "99999999999999999999999"}) {
    EXPECT_EQ(start_of(id, "all").from, From::now) << id;
    EXPECT_EQ(start_of(id, nullptr).from, From::now) << id;
  }
}

TEST(EventStreamHead, TellsProxiesToPassItOn) {
  const auto head = event_stream_head();
  EXPECT_EQ(head.status, 200u);
  EXPECT_EQ(head.headers.find("Content-Type"), "text/event-stream");
  EXPECT_EQ(head.headers.find("X-SSE-Content-Type"), "application/json");
  EXPECT_EQ(head.headers.find("Cache-Control"), "no-cache, no-transform");
  EXPECT_EQ(head.headers.find("X-Accel-Buffering"), "no");
}

}  // namespace
}  // namespace telltale::api

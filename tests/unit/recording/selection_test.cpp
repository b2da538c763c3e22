// Reading some of the events, without a look at the chunks of others.

#include "recording_fixture.hpp"

namespace telltale::recording {
namespace {

void damage(const fs::path& path, int first_seq) {
  alter(path, "UPDATE chunk SET frames = x'00' WHERE first_seq = " + std::to_string(first_seq));
}

TEST_F(RecordingTest, PassesByChunksWithoutAWantedType) {
  make_finished();
  for (const int damaged : {1, 21, 31}) damage(path(), damaged);
  auto reader = need(Reader::open(path()));
  const auto network = frames(11, 20, "network_request", "network");

  EXPECT_EQ(read_all(reader, {.types = {{"network_request", "network_response"}}, .categories = {}}),
            network);
  EXPECT_EQ(read_all(reader, {.types = {}, .categories = {{"network"}}}), network);
  EXPECT_EQ(read_all(reader, {.types = {{"network_request"}}, .categories = {{"page"}}}), "");
  EXPECT_EQ(read_all(reader, {.types = std::vector<std::string>(), .categories = {}}), "");
  EXPECT_EQ(need(reader.read_before({40}, {.types = {{"network_request"}}, .categories = {}}))->first,
            Seq{11});
  EXPECT_FALSE(reader.read_after({}));
}

TEST_F(RecordingTest, PassesByChunksOfOtherTimes) {
  make_finished();
  for (const int damaged : {1, 31}) damage(path(), damaged);
  auto reader = need(Reader::open(path()));
  Selection selection;
  selection.since_us = kEpoch + 15'000;
  selection.until_us = kEpoch + 24'000;

  EXPECT_EQ(read_all(reader, selection), frames(15, 20, "network_request", "network") + frames(21, 23));
  EXPECT_EQ(need(reader.seek_since(kEpoch + 15'000)), Seq{10});
  EXPECT_EQ(need(reader.seek_since(kEpoch + 40'001)), Seq{40});
  EXPECT_EQ(need(reader.seek_until(kEpoch + 24'000)), Seq{31});
  EXPECT_EQ(need(reader.seek_until(kEpoch)), Seq{0});
}

TEST_F(RecordingTest, FindsAnEventThatIsOutOfTheOrderOfTime) {
  auto writer = create();
  need(writer.append(chunk(frames(1, 10))));
  need(writer.append(
      chunk(frame(11, "console_log", "console", "late clock", kEpoch + 99'000) + frames(12, 20))));
  need(writer.append(chunk(frame(21, "console_log", "console", "early clock", kEpoch - 5) + frames(22, 30))));
  auto reader = need(Reader::open(path()));
  Selection selection;

  selection.since_us = kEpoch + 29'000;
  const auto after = need(reader.seek_since(selection.since_us));
  EXPECT_EQ(read_all(reader, selection, after),
            frame(11, "console_log", "console", "late clock", kEpoch + 99'000) + frames(29, 30));
  EXPECT_EQ(need(reader.seek_until(kEpoch)), Seq{31});
}

TEST_F(RecordingTest, KeepsTypesThatThisVersionDoesNotKnow) {
  auto writer = create();
  const auto text = frames(1, 3) + frames(4, 6, "hologram_shown", "hologram");
  need(writer.append(chunk(text)));
  auto reader = need(Reader::open(path()));

  EXPECT_EQ(read_all(reader), text);
  EXPECT_EQ(need(reader.read_after({3}))->records.front().type, kUnknownType);
  EXPECT_EQ(read_all(reader, {.types = {{"hologram_shown"}}, .categories = {}}),
            frames(4, 6, "hologram_shown", "hologram"));
  EXPECT_EQ(read_all(reader, {.types = {}, .categories = {{"hologram"}}}),
            frames(4, 6, "hologram_shown", "hologram"));
}

}  // namespace
}  // namespace telltale::recording

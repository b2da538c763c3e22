// Recordings that earlier versions wrote stay readable for ever.

#include "golden/recording_v1.hpp"
#include "recording_fixture.hpp"
#include "support/paths.hpp"
#include "support/read_file.hpp"

namespace telltale::recording {
namespace {

using testing::read_file;
using testing::source_path;

TEST_F(RecordingTest, OfFormat1IsRead) {
  const fs::path golden = source_path("tests/golden/recording-v1.telltale");
  auto reader = need(Reader::open(golden));
  std::string lines;
  Seq after{};
  while (const auto run = need(reader.read_after(after))) {
    for (const auto& record : run->records) lines += std::string(record.json()) + "\n";
    after = run->last;
  }

  EXPECT_EQ(lines, read_file(source_path("tests/golden/recording-v1.ndjson")));
  EXPECT_EQ(need(reader.facts()), golden::recording_v1_facts());
  const auto extent = need(reader.extent());
  ASSERT_TRUE(extent);
  EXPECT_EQ(extent->oldest, Seq{17});
  EXPECT_EQ(extent->newest, Seq{29});
  EXPECT_EQ(extent->events, 10);
  EXPECT_EQ(extent->oldest_ts_us, kEpoch - 7);
  EXPECT_EQ(extent->types.at(5), (TypeCount{"hologram_shown", "hologram", 1}));
}

TEST_F(RecordingTest, OfFormat1IsGoneOnWith) {
  fs::copy_file(source_path("tests/golden/recording-v1.telltale"), path());
  auto writer = need(Writer::open(path()));
  EXPECT_EQ(writer.newest(), Seq{29});
  need(writer.append(chunk(frames(30, 40))));
  need(writer.finish({kEpoch, "again"}));
  EXPECT_TRUE(read_all(path()).ends_with(frames(30, 40)));
}

}  // namespace
}  // namespace telltale::recording

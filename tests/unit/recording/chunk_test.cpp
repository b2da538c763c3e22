#include "recording/chunk.hpp"

#include "recording/limits.hpp"
#include "recording_fixture.hpp"

namespace telltale::recording {
namespace {

std::string unpacked(const Chunk& chunk) {
  const auto out = need(ChunkDecoder().decode(chunk.frames, chunk.first, chunk.last));
  return {out.bytes.get(), out.size};
}

TEST(Chunk, SaysWhatItsFramesAre) {
  const auto text = frame(7, "page_load", "page", "a", kEpoch + 9) +
                    frame(8, "console_log", "console", "b", kEpoch + 3) +
                    frame(9, "page_load", "page", "c", kEpoch + 5);

  const auto made = chunk(text);

  EXPECT_EQ(made.first, Seq{7});
  EXPECT_EQ(made.last, Seq{9});
  EXPECT_EQ(made.first_ts_us, kEpoch + 3);
  EXPECT_EQ(made.last_ts_us, kEpoch + 9);
  EXPECT_EQ(made.types, (std::vector<TypeCount>{{"page_load", "page", 2}, {"console_log", "console", 1}}));
  EXPECT_EQ(unpacked(made), text);
}

TEST(Chunk, TakesRecordsThatLieApart) {
  const std::string first = frame(1);
  const std::string second = frame(2);
  const std::vector<stream::Record> records{{{1}, 0, 0, first}, {{2}, 0, 0, second}};

  const auto made = need(ChunkEncoder().encode(std::span(records)));

  EXPECT_EQ(unpacked(made), first + second);
}

TEST(Chunk, TakesASegment) {
  stream::Segment segment({5}, 1000);
  segment.append(frame(5), 0, 0);
  segment.append(frame(6), 0, 0);

  EXPECT_EQ(unpacked(need(ChunkEncoder().encode(segment))), frame(5) + frame(6));
}

TEST(Chunk, RefusesWhatIsNoRunOfFrames) {
  const auto whole = frame(1);
  for (const auto& text : {std::string(), std::string("nonsense"), frame(1) + frame(3), frame(2) + frame(1),
                           frame(1) + "id: 2\n", frame(1, "no type"), frame(1) + frame(1)}) {
    const auto refused = ChunkEncoder().encode(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  }
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_FALSE(ChunkEncoder().encode(whole.substr(0, size))) << size;
  }
}

TEST(Chunk, RefusesMoreThanTheLimit) {
  const auto refused = ChunkEncoder().encode(std::string(limits::kChunkBytes + 1, 'x'));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit);
}

TEST(Chunk, DoesNotUnpackWhatIsDamagedAnywhere) {
  const auto good = chunk(frames(1, 20));
  ChunkDecoder decoder;
  for (std::size_t i = 0; i < good.frames.size(); ++i) {
    auto bytes = good.frames;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x10);
    const auto refused = decoder.decode(bytes, good.first, good.last);
    // A few bits of a zstd frame mean nothing; whatever comes out has passed the checksum.
    if (refused) {
      EXPECT_EQ(std::string(refused->bytes.get(), refused->size), frames(1, 20)) << i;
    } else {
      EXPECT_EQ(refused.error().code, Errc::io) << i;
    }
    EXPECT_FALSE(decoder.decode(std::string_view(good.frames).substr(0, i), good.first, good.last)) << i;
  }
  EXPECT_FALSE(decoder.decode(good.frames + good.frames, good.first, good.last));
}

TEST(Chunk, DoesNotUnpackOtherSeqsThanItsRowSays) {
  const auto good = chunk(frames(5, 8));
  for (const auto& [first, last] : {std::pair{4, 8}, {5, 9}, {5, 7}, {6, 8}, {8, 5}}) {
    EXPECT_FALSE(ChunkDecoder().decode(good.frames, Seq{static_cast<std::uint64_t>(first)},
                                       Seq{static_cast<std::uint64_t>(last)}));
  }
}

TEST(Chunk, DoesNotUnpackABomb) {
  const std::string zeros(64u << 20, '\0');
  std::string bomb(ZSTD_compressBound(zeros.size()), '\0');
  bomb.resize(ZSTD_compress(bomb.data(), bomb.size(), zeros.data(), zeros.size(), 1));
  ASSERT_LT(bomb.size(), 20'000u);

  const auto refused = ChunkDecoder().decode(bomb, {1}, {1});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::io);
}

TEST(Chunk, DoesNotUnpackWhatHidesItsSize) {
  const auto text = frames(1, 3);
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 0);
  packed.resize(ZSTD_compress2(context.get(), packed.data(), packed.size(), text.data(), text.size()));

  EXPECT_FALSE(ChunkDecoder().decode(packed, {1}, {3}));
}

TEST(TypeTable, RefusesWhatIsNoSet) {
  TypeTable table;
  ASSERT_EQ(table.encode({{"page_load", "page", 2}, {"console_log", "console", 1}}), R"({"0":2,"1":1})");
  EXPECT_TRUE(table.decode(R"({"0":2,"1":1})"));
  for (const char* const text : {"", "{", "{}", "{\"0\":2", "{\"0\":2}}", "{\"0\":0}", "{\"0\":-1}",
                                 "{\"2\":1}", "[0]", "{\"0\":2,}", "{0:2}", "{\"99999999999999999999\":1}"}) {
    EXPECT_FALSE(table.decode(text)) << text;
  }
}

TEST(TypeTable, ReadsWhatItWrote) {
  TypeTable table;
  table.encode({{"page_load", "page", 2}, {"console_log", "console", 1}});

  auto again = need(TypeTable::parse(table.json()));

  EXPECT_EQ(again.json(), table.json());
  EXPECT_EQ(again.encode({{"console_log", "console", 4}}), R"({"1":4})");
}

}  // namespace
}  // namespace telltale::recording

// Shrinking at the old end.

#include "recording/limits.hpp"
#include "recording_fixture.hpp"

namespace telltale::recording {
namespace {

class RetentionTest : public RecordingTest {
 protected:
  // Twenty chunks of fifty events, all in the file itself: what is in the -wal goes there when it is closed.
  [[nodiscard]] Writer written() {
    {
      auto writer = create();
      for (std::uint64_t first = 1; first <= 1000; first += 50) {
        need(writer.append(chunk(noise(first, first + 49))));
      }
    }
    return need(Writer::open(path()));
  }
};

TEST_F(RetentionTest, ShrinksAtItsOldEnd) {
  auto writer = written();
  ASSERT_GT(fs::file_size(path()), 500'000u);
  need(writer.retain(1u << 30));
  EXPECT_EQ(writer.oldest(), Seq{1});

  need(writer.retain(300'000));

  EXPECT_LE(fs::file_size(path()), 300'000u);
  EXPECT_GT(fs::file_size(path()), 200'000u);
  EXPECT_LE(writer.bytes(), 300'000u);
  const auto oldest = writer.oldest()->value;
  EXPECT_EQ(oldest % 50, 1u);
  std::string rest;
  for (auto first = oldest; first <= 1000; first += 50) rest += noise(first, first + 49);
  EXPECT_EQ(read_all(path()), rest);
  need(writer.append(chunk(noise(1001, 1050))));
  need(writer.append(chunk(noise(1, 50))));  // removed: done
}

TEST_F(RetentionTest, KeepsItsNewestChunk) {
  auto writer = create();
  for (std::uint64_t first = 1; first <= 30; first += 10)
    need(writer.append(chunk(frames(first, first + 9))));
  need(writer.retain(0));
  need(writer.retain(0));
  EXPECT_EQ(writer.oldest(), Seq{21});
  EXPECT_EQ(writer.newest(), Seq{30});
  EXPECT_EQ(read_all(path()), frames(21, 30));
}

TEST_F(RetentionTest, ShrinksUnderAReaderWithTheNextCall) {
  auto writer = written();
  {
    sqlite3* handle = nullptr;  // a reader in the midst of a transaction
    ASSERT_EQ(sqlite3_open_v2(path().c_str(), &handle, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(handle, "BEGIN; SELECT count(*) FROM chunk", nullptr, nullptr, nullptr),
              SQLITE_OK);
    need(writer.retain(300'000));
    EXPECT_GT(fs::file_size(path()), 300'000u);
    sqlite3_close(handle);
  }
  need(writer.retain(300'000));
  EXPECT_LE(fs::file_size(path()), 300'000u);
}

TEST_F(RetentionTest, DoesNotLetTheWalGrow) {
  auto writer = create();
  for (std::uint64_t first = 1; first <= 10'000; first += 200) {
    need(writer.append(chunk(noise(first, first + 199))));
  }
  const auto wal = fs::file_size(fs::path(path()).concat("-wal"));
  constexpr std::uint64_t kBound = limits::kWalPages * limits::kPageBytes;
  EXPECT_GT(fs::file_size(path()), kBound);
  EXPECT_LT(wal, kBound + kBound / 2);
}

}  // namespace
}  // namespace telltale::recording

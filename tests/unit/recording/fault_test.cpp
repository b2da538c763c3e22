// A disk that is full or broken at any moment of a recording's life.

#include "faulty_vfs.hpp"
#include "recording_fixture.hpp"

namespace telltale::recording {
namespace {

constexpr std::uint64_t kChunkEvents = 20;
constexpr std::uint64_t kChunks = 8;

std::string text_of(std::uint64_t number) {
  std::string out;
  for (std::uint64_t i = 1; i <= kChunkEvents; ++i) {
    const auto seq = number * kChunkEvents + i;
    std::string text;
    for (std::uint64_t k = 0; k < 200; ++k) text += std::to_string(seq * 2654435761u * (k + 7) % 1000003u);
    out += frame(seq, number % 2 == 0 ? "console_log" : "page_load", "console", text);
  }
  return out;
}

std::string texts(std::uint64_t first_seq, std::uint64_t last_seq) {
  std::string out;
  for (auto number = (first_seq - 1) / kChunkEvents; number < last_seq / kChunkEvents; ++number)
    out += text_of(number);
  return out;
}

const std::vector<Chunk>& chunks() {
  static const std::vector<Chunk> kMade = [] {
    std::vector<Chunk> out;
    for (std::uint64_t number = 0; number < kChunks; ++number) out.push_back(chunk(text_of(number)));
    return out;
  }();
  return kMade;
}

class FaultTest : public RecordingTest {
 protected:
  // What was refused, in the words of the error.
  void expect_told(const base::Result<void>& result, const FaultyVfs::Fault& fault) {
    if (result) return;
    ++refused;
    const auto& error = result.error();
    EXPECT_EQ(error.code, fault.code == SQLITE_FULL ? Errc::limit : Errc::io) << error.message;
    EXPECT_NE(error.message.find(path().string()), std::string::npos) << error.message;
    if (fault.code == SQLITE_FULL) {
      EXPECT_TRUE(error.message.ends_with("No space left on device")) << error.message;
    }
  }

  // A whole life. Afterwards `stored` is the last seq that the writer has acknowledged.
  void live(Writer& writer, const FaultyVfs::Fault& fault) {
    const auto keep = [&](std::size_t number) {
      const auto result = writer.append(chunks()[number]);
      expect_told(result, fault);
      if (result) stored = chunks()[number].last.value;
      return result.has_value();
    };
    std::size_t number = 0;
    // Each is tried twice: one fault that has passed is over.
    while (number < 5 && (keep(number) || keep(number))) ++number;
    expect_told(writer.update(some_facts()), fault);
    expect_told(writer.retain(100'000), fault);
    while (number >= 5 && number < kChunks && (keep(number) || keep(number))) ++number;
    // Two steps of it are of use: what is stored, and the one plain file.
    for (int i = 0; i < 2 && !ended; ++i) {
      const auto result = writer.finish({kEpoch, "deleted"});
      expect_told(result, fault);
      ended = result.has_value();
    }
  }

  // Whether the fault has struck; else the life was over before.
  bool run(FaultyVfs::Fault fault) {
    stored = 0;
    ended = false;
    refused = 0;
    oldest.reset();
    FaultyVfs disk(fault);
    {
      auto writer = Writer::create(path(), some_facts());
      if (!writer) {
        expect_told(std::unexpected(writer.error()), fault);
        EXPECT_TRUE(folder.entries().empty() || fault.lasting);
        for (const auto& entry : folder.entries()) fs::remove(folder.path() / entry);
        return disk.failed();
      }
      live(*writer, fault);
      if (writer->oldest()) oldest = writer->oldest()->value;
    }
    disk.repair();
    check(fault);
    for (const auto& entry : folder.entries()) fs::remove(folder.path() / entry);
    return disk.failed();
  }

  void check(const FaultyVfs::Fault& fault) {
    if (!fault.lasting) {
      EXPECT_TRUE(ended) << fault.at;
      EXPECT_EQ(stored, kChunks * kChunkEvents) << fault.at;
    }
    {
      auto reader = Reader::open(path());
      ASSERT_TRUE(reader) << fault.at << reader.error().message;
      const auto text = read_all(*reader);
      const auto extent = need(reader->extent());
      // More than what was acknowledged may be there, and what was to be removed; never a hole, never less.
      const auto first = extent ? extent->oldest.value : 1;
      const auto last = extent ? extent->newest.value : 0;
      EXPECT_LE(first, oldest.value_or(1)) << fault.at;
      EXPECT_GE(last, stored) << fault.at;
      EXPECT_EQ(text, texts(first, last)) << fault.at;
    }
    if (ended) {
      EXPECT_EQ(folder.entries(), std::vector<std::string>{"session.telltale"}) << fault.at;
      return;
    }
    auto writer = Writer::open(path());
    ASSERT_TRUE(writer) << fault.at << writer.error().message;
    const auto newest = writer->newest() ? writer->newest()->value : 0;
    for (const auto& next : chunks()) {
      if (next.first.value > newest) need(writer->append(next));
    }
    need(writer->finish({kEpoch, "controller_restarted"}));
    EXPECT_TRUE(read_all(path()).ends_with(texts(stored + 1, kChunks * kChunkEvents))) << fault.at;
  }

  void run_at_every_step(FaultyVfs::Fault fault) {
    int most_refused = 0;
    do {
      ++fault.at;
      ASSERT_LT(fault.at, 2000);
    } while (run(fault) && (most_refused = std::max(most_refused, refused), !HasFailure()));
    // The last life was without a fault: it had its steps.
    EXPECT_GT(fault.at, 50);
    EXPECT_GT(oldest, 1u);
    EXPECT_GT(most_refused, 0);
  }

  std::optional<std::uint64_t> oldest;
  std::uint64_t stored = 0;
  bool ended = false;
  int refused = 0;
};

TEST_F(FaultTest, ADiskThatIsFullOnce) { run_at_every_step({.code = SQLITE_FULL}); }
TEST_F(FaultTest, ADiskThatIsFullOnceInTheMidstOfAWrite) {
  run_at_every_step({.code = SQLITE_FULL, .half = true});
}
TEST_F(FaultTest, ADiskThatIsFullFromThenOn) {
  run_at_every_step({.code = SQLITE_FULL, .half = true, .lasting = true});
}
TEST_F(FaultTest, ADiskThatIsBrokenOnce) { run_at_every_step({.code = SQLITE_IOERR_WRITE}); }
TEST_F(FaultTest, ADiskThatIsBrokenOnceInTheMidstOfAWrite) {
  run_at_every_step({.code = SQLITE_IOERR_WRITE, .half = true});
}
TEST_F(FaultTest, ADiskThatIsBrokenFromThenOn) {
  run_at_every_step({.code = SQLITE_IOERR_FSYNC, .lasting = true});
}

// What is in the -wal is stored: that it cannot be brought into the file is no error of the append that
// tried.
TEST_F(FaultTest, ADiskThatIsFullWhileTheWalIsBroughtIn) {
  std::vector<Chunk> large;
  for (std::uint64_t first = 1; first < 10'000; first += 200)
    large.push_back(chunk(noise(first, first + 199)));
  // The append with the most changes is the one.
  std::size_t number = 0;
  int before = 0;
  int most = 0;
  {
    FaultyVfs disk({});
    auto writer = create();
    for (std::size_t i = 0; i < large.size(); ++i) {
      const int start = disk.changes();
      need(writer.append(large[i]));
      if (disk.changes() - start <= most) continue;
      most = disk.changes() - start;
      before = start;
      number = i;
    }
  }
  ASSERT_GT(most, 100);
  for (int step = most; step > 0; step -= 20) {
    fs::remove(path());
    FaultyVfs disk({.at = before + step, .code = SQLITE_FULL, .half = true, .lasting = true});
    auto writer = create();
    for (std::size_t i = 0; i < number; ++i) need(writer.append(large[i]));
    const auto appended = writer.append(large[number]);
    EXPECT_TRUE(disk.failed());
    EXPECT_FALSE(writer.append(large[number + 1])) << step;
    disk.repair();
    for (auto i = appended ? number + 1 : number; i < large.size(); ++i) need(writer.append(large[i]));
    need(writer.finish({kEpoch, "deleted"}));
    auto reader = need(Reader::open(path()));
    EXPECT_EQ(need(reader.extent())->events, 10'000) << step;
    EXPECT_EQ(read_all(reader, {}, {9'800}), noise(9'801, 10'000)) << step;
  }
}

}  // namespace
}  // namespace telltale::recording

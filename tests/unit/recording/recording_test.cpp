// Writing and reading whole recordings.

#include <sys/stat.h>

#include <array>
#include <cstdlib>

#include "recording/limits.hpp"
#include "recording_fixture.hpp"
#include "support/read_file.hpp"
#include "telemetry/catalog.hpp"

namespace telltale::recording {
namespace {

using testing::read_file;

TEST_F(RecordingTest, GivesBackThousandsOfEventsByteByByte) {
  std::string all;
  auto writer = create();
  for (std::uint64_t first = 1; first <= 5000; first += 250) {
    const auto text = frames(first, first + 249);
    need(writer.append(chunk(text)));
    all += text;
  }
  need(writer.finish({kEpoch, "deleted"}));

  auto reader = need(Reader::open(path()));
  EXPECT_EQ(read_all(reader), all);
  EXPECT_EQ(read_all(reader, {}, {4321}), frames(4322, 5000));
  EXPECT_EQ(read_all(reader, {}, {5000}), "");
  EXPECT_EQ(read_all(reader, {}, {~std::uint64_t{0}}), "");
}

TEST_F(RecordingTest, GivesRecordsAsTheLogDoes) {
  make_finished();
  auto reader = need(Reader::open(path()));

  const auto run = need(reader.read_after({12}));

  ASSERT_TRUE(run);
  EXPECT_EQ(run->first, Seq{13});
  EXPECT_EQ(run->last, Seq{20});
  ASSERT_EQ(run->records.size(), 8u);
  const auto& record = run->records.front();
  EXPECT_EQ(record.seq, Seq{13});
  EXPECT_EQ(record.ts_us, kEpoch + 13'000);
  EXPECT_EQ(telemetry::all_event_types()[record.type].name, "network_request");
  EXPECT_TRUE(record.json().starts_with("{\"seq\":13,"));
}

TEST_F(RecordingTest, ReadsBackwards) {
  make_finished();
  auto reader = need(Reader::open(path()));
  Seq before{36};
  std::string out;
  while (const auto run = need(reader.read_before(before))) {
    std::string text;
    for (const auto& record : run->records) text += record.frame;
    out = text + out;
    before = run->first;
  }
  EXPECT_EQ(out, frames(1, 10) + frames(11, 20, "network_request", "network") + frames(21, 30) +
                     frames(31, 35, "page_load", "page"));
  EXPECT_FALSE(need(reader.read_before({1})));
  EXPECT_FALSE(need(reader.read_before({0})));
  EXPECT_EQ(need(reader.read_before({~std::uint64_t{0}}))->last, Seq{40});
}

TEST_F(RecordingTest, TellsTheFactsAndTheExtent) {
  make_finished();
  auto reader = need(Reader::open(path()));

  EXPECT_EQ(need(reader.facts()), (Facts{some_facts(), Ending{kEpoch + 50'000, "deleted"}}));
  EXPECT_EQ(need(reader.value("format_version")), "1");
  const auto extent = need(reader.extent());
  ASSERT_TRUE(extent);
  EXPECT_EQ(extent->oldest, Seq{1});
  EXPECT_EQ(extent->newest, Seq{40});
  EXPECT_EQ(extent->oldest_ts_us, kEpoch + 1000);
  EXPECT_EQ(extent->newest_ts_us, kEpoch + 40'000);
  EXPECT_EQ(extent->events, 40);
  EXPECT_EQ(extent->types, (std::vector<TypeCount>{{"console_log", "console", 20},
                                                   {"network_request", "network", 10},
                                                   {"page_load", "page", 10}}));
}

TEST_F(RecordingTest, IsAlreadyOneWhenNothingHappened) {
  auto writer = create();
  EXPECT_FALSE(writer.oldest());
  auto reader = need(Reader::open(path()));
  EXPECT_EQ(need(reader.facts()), (Facts{some_facts(), std::nullopt}));
  EXPECT_FALSE(need(reader.extent()));
  EXPECT_FALSE(need(reader.read_after({})));
  EXPECT_EQ(need(reader.seek_since(0)), Seq{0});
  EXPECT_EQ(need(reader.seek_until(0)), Seq{0});
}

TEST_F(RecordingTest, ChangesWhatIsSaidAboutTheSession) {
  auto writer = create();
  auto facts = some_facts();
  facts.name = "shop again";
  need(writer.update(facts));
  need(writer.set("note", "kept"));
  need(writer.set("note", "changed"));

  auto reader = need(Reader::open(path()));
  EXPECT_EQ(need(reader.facts()).session, facts);
  EXPECT_EQ(need(reader.value("note")), "changed");
  EXPECT_FALSE(need(reader.value("nothing")));
}

TEST_F(RecordingTest, IsReadWhileItIsWritten) {
  auto writer = create();
  auto reader = need(Reader::open(path()));
  std::string all;
  for (std::uint64_t first = 1; first <= 100; first += 10) {
    const auto text = frames(first, first + 9, first > 50 ? "page_load" : "console_log", "console");
    need(writer.append(chunk(text)));
    all += text;
    EXPECT_EQ(read_all(reader), all);
  }
}

TEST_F(RecordingTest, FinishesAsOnePlainFile) {
  make_finished();
  EXPECT_EQ(folder.entries(), std::vector<std::string>{"session.telltale"});
  const auto bytes = read_file(path());
  EXPECT_EQ(bytes.substr(18, 2), "\1\1");  // "legacy": no -wal
  EXPECT_EQ(bytes.substr(68, 4), "tell");  // application_id
  read_all(path());
  EXPECT_EQ(folder.entries(), std::vector<std::string>{"session.telltale"});
}

TEST_F(RecordingTest, IsForItsOwnerOnly) {
  const auto mask = ::umask(0);
  auto writer = create();
  need(writer.append(chunk(frames(1, 10))));
  ::umask(mask);
  EXPECT_EQ(folder.entries(),
            (std::vector<std::string>{"session.telltale", "session.telltale-shm", "session.telltale-wal"}));
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write) << entry.path();
  }
}

TEST_F(RecordingTest, IsNotFinishedUnderAReader) {
  auto writer = create();
  need(writer.append(chunk(frames(1, 10))));
  auto reader = need(Reader::open(path()));
  EXPECT_EQ(read_all(reader), frames(1, 10));

  const auto refused = writer.finish({kEpoch, "deleted"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_EQ(need(reader.facts()).ending, (Ending{kEpoch, "deleted"}));

  reader.release();
  need(writer.finish({kEpoch, "deleted"}));
  EXPECT_EQ(folder.entries(), std::vector<std::string>{"session.telltale"});
  EXPECT_EQ(read_all(reader), frames(1, 10));
  EXPECT_EQ(writer.append(chunk(frames(11, 12))).error().code, Errc::closed);
}

TEST_F(RecordingTest, IsNotMadeOverAnotherFile) {
  make_finished();
  const auto before = read_file(path());
  const auto refused = Writer::create(path(), some_facts());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_EQ(read_file(path()), before);
}

TEST_F(RecordingTest, IsCopiedWhileItIsWritten) {
  auto writer = create();
  need(writer.append(chunk(frames(1, 10))));
  auto reader = need(Reader::open(path()));
  const auto copy = folder.path() / "copy of 100% #1?.telltale";

  need(reader.copy_to(copy));

  EXPECT_EQ(read_all(copy), frames(1, 10));
  EXPECT_EQ(read_file(copy).substr(18, 2), "\1\1");
  EXPECT_EQ(fs::status(copy).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(reader.copy_to(copy).error().code, Errc::conflict);
}

// A copy of the file alone, as a backup makes it: what is in the -wal is not in it, but nothing is wrong with
// it.
TEST_F(RecordingTest, IsReadWithoutItsWalAndLeavesNone) {
  const auto copy = folder.path() / "copy.telltale";
  auto writer = create();
  fs::copy_file(path(), copy);

  EXPECT_EQ(read_all(copy), "");

  EXPECT_FALSE(fs::exists(folder.path() / "copy.telltale-wal"));
  EXPECT_FALSE(fs::exists(folder.path() / "copy.telltale-shm"));
}

// --- going on

TEST_F(RecordingTest, TakesOnlyWhatFollows) {
  auto writer = create();
  need(writer.append(chunk(frames(101, 110))));  // the first one may begin anywhere

  for (const auto& text : {frames(112, 115), frames(105, 115), frames(95, 105), frames(110, 111)}) {
    const auto refused = writer.append(chunk(text));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
  }
  EXPECT_EQ(read_all(path()), frames(101, 110));
}

TEST_F(RecordingTest, TakesWhatItHasAgainAsDone) {
  auto writer = create();
  need(writer.append(chunk(frames(101, 110))));
  need(writer.append(chunk(frames(111, 120))));

  need(writer.append(chunk(frames(101, 110))));
  need(writer.append(chunk(frames(111, 120))));
  need(writer.append(chunk(frames(103, 105))));
  need(writer.append(chunk(frames(81, 90))));  // long removed
  need(writer.append(chunk(frames(121, 130))));

  EXPECT_EQ(read_all(path()), frames(101, 130));
}

TEST_F(RecordingTest, LeavesAHoleWhereEventsAreLost) {
  auto writer = create();
  need(writer.append(chunk(frames(1, 10))));
  writer.skip_to({21});
  need(writer.append(chunk(frames(21, 30))));
  EXPECT_FALSE(writer.append(chunk(frames(11, 20))));
  EXPECT_FALSE(writer.append(chunk(frames(32, 33))));

  auto reader = need(Reader::open(path()));
  EXPECT_EQ(read_all(reader), frames(1, 10) + frames(21, 30));
  EXPECT_EQ(need(reader.read_after({10}))->first, Seq{21});
  EXPECT_EQ(need(reader.read_before({18}))->last, Seq{10});
  EXPECT_EQ(need(reader.extent())->events, 20);
}

// What SIGKILL leaves is what the kernel has of the files at that moment.
TEST_F(RecordingTest, GoesOnAfterTheWriterWasKilled) {
  const auto left = folder.path() / "left.telltale";
  {
    auto writer = create();
    need(writer.append(chunk(frames(1, 10))));
    need(writer.append(chunk(frames(11, 20, "page_load", "page"))));
    for (const char* const ending : {"", "-wal"}) {
      fs::copy_file(fs::path(path()).concat(ending), fs::path(left).concat(ending));
    }
    need(writer.append(chunk(frames(21, 30))));
  }
  EXPECT_EQ(read_all(left), frames(1, 10) + frames(11, 20, "page_load", "page"));

  auto writer = need(Writer::open(left));
  EXPECT_EQ(writer.oldest(), Seq{1});
  EXPECT_EQ(writer.newest(), Seq{20});
  need(writer.append(chunk(frames(11, 20, "page_load", "page"))));
  need(writer.append(chunk(frames(21, 30))));
  need(writer.finish({kEpoch, "controller_restarted"}));

  auto reader = need(Reader::open(left));
  EXPECT_EQ(read_all(reader), frames(1, 10) + frames(11, 20, "page_load", "page") + frames(21, 30));
  EXPECT_EQ(need(reader.extent())->types.at(1), (TypeCount{"page_load", "page", 10}));
}

TEST_F(RecordingTest, IsReadWhereAKilledWriterLeftTheWalTornAnywhere) {
  const auto left = folder.path() / "left.telltale";
  auto writer = create();
  for (std::uint64_t first = 1; first <= 30; first += 10)
    need(writer.append(chunk(frames(first, first + 9))));
  const auto wal = read_file(fs::path(path()).concat("-wal"));
  const auto whole = read_all(path());

  for (std::size_t size = 0; size <= wal.size(); size += 1 + wal.size() / 97) {
    fs::copy_file(path(), left);
    std::ofstream(fs::path(left).concat("-wal"), std::ios::binary) << wal.substr(0, size);
    const auto text = read_all(left);
    EXPECT_TRUE(whole.starts_with(text)) << size;
    for (const char* const ending : {"", "-wal", "-shm"}) fs::remove(fs::path(left).concat(ending));
  }
}

TEST_F(RecordingTest, GoesOnWhenItWasFinished) {
  make_finished();
  auto writer = need(Writer::open(path()));
  need(writer.append(chunk(frames(41, 50))));
  need(writer.sync());
  need(writer.finish({kEpoch, "again"}));
  EXPECT_TRUE(read_all(path()).ends_with(frames(41, 50)));
}

// --- what is not read

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

// --- retention

// Text that hardly can be packed, so that chunks have a size.
std::string noise(std::uint64_t first, std::uint64_t last) {
  std::string out;
  std::uint64_t state = first;
  for (auto seq = first; seq <= last; ++seq) {
    std::string text;
    for (int i = 0; i < 1000; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      text += static_cast<char>('a' + (state >> 59) % 26);
    }
    out += frame(seq, "console_log", "console", text);
  }
  return out;
}

TEST_F(RecordingTest, ShrinksAtItsOldEnd) {
  auto writer = create();
  for (std::uint64_t first = 1; first <= 1000; first += 50)
    need(writer.append(chunk(noise(first, first + 49))));
  need(writer.retain(1u << 30));
  EXPECT_EQ(writer.oldest(), Seq{1});
  const auto before = fs::file_size(path());
  ASSERT_GT(before, 500'000u);

  need(writer.retain(300'000));

  EXPECT_LE(fs::file_size(path()), 300'000u);
  EXPECT_GT(fs::file_size(path()), 200'000u);
  EXPECT_LE(writer.bytes(), 300'000u + 32'768u);  // and the -shm
  const auto oldest = writer.oldest()->value;
  EXPECT_EQ(oldest % 50, 1u);
  EXPECT_EQ(
      read_all(path()), noise(oldest, oldest + 49) + [&] {
        std::string rest;
        for (auto first = oldest + 50; first <= 1000; first += 50) rest += noise(first, first + 49);
        return rest;
      }());
  need(writer.append(chunk(noise(1001, 1050))));
  need(writer.append(chunk(noise(1, 50))));  // removed: done
}

TEST_F(RecordingTest, KeepsItsNewestChunk) {
  auto writer = create();
  for (std::uint64_t first = 1; first <= 30; first += 10)
    need(writer.append(chunk(frames(first, first + 9))));
  need(writer.retain(0));
  need(writer.retain(0));
  EXPECT_EQ(writer.oldest(), Seq{21});
  EXPECT_EQ(writer.newest(), Seq{30});
  EXPECT_EQ(read_all(path()), frames(21, 30));
}

TEST_F(RecordingTest, ShrinksUnderAReaderWithTheNextCall) {
  auto writer = create();
  for (std::uint64_t first = 1; first <= 1000; first += 50)
    need(writer.append(chunk(noise(first, first + 49))));
  need(writer.retain(1u << 30));
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

TEST_F(RecordingTest, DoesNotLetTheWalGrow) {
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

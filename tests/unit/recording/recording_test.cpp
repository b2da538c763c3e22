// Writing and reading whole recordings.

#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <future>

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

TEST_F(RecordingTest, IsReadByOtherThreadsWhileItIsWritten) {
  constexpr std::uint64_t kLast = 2000;
  auto writer = create();
  const auto follow = [&] {
    auto reader = need(Reader::open(path()));
    std::string text;
    for (Seq after{}; after.value < kLast;) {
      const auto run = need(reader.read_after(after));
      if (!run) continue;
      for (const auto& record : run->records) text += record.frame;
      after = run->last;
    }
    return text;
  };
  auto one = std::async(std::launch::async, follow);
  auto another = std::async(std::launch::async, follow);
  for (std::uint64_t first = 1; first <= kLast; first += 10)
    need(writer.append(chunk(frames(first, first + 9))));

  const auto all = frames(1, kLast);
  EXPECT_EQ(one.get(), all);
  EXPECT_EQ(another.get(), all);
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

}  // namespace
}  // namespace telltale::recording

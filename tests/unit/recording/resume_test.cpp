// What may be appended, also after a crash.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "recording_fixture.hpp"
#include "support/read_file.hpp"

namespace telltale::recording {
namespace {

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
  const auto wal = testing::read_file(fs::path(path()).concat("-wal"));
  const auto whole = read_all(path());

  for (std::size_t size = 0; size <= wal.size(); size += 1 + wal.size() / 97) {
    fs::copy_file(path(), left);
    std::ofstream(fs::path(left).concat("-wal"), std::ios::binary) << wal.substr(0, size);
    const auto text = read_all(left);
    EXPECT_TRUE(whole.starts_with(text)) << size;
    for (const char* const ending : {"", "-wal", "-shm"}) fs::remove(fs::path(left).concat(ending));
  }
}

TEST_F(RecordingTest, HasAfterAKillWhatWasAcknowledgedBefore) {
  for (std::uint64_t kill_after = 1; kill_after < 40; kill_after += 5) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto writer = create();
      for (std::uint64_t first = 1; writer.append(chunk(frames(first, first + 9))); first += 10) {
        if (::write(ends[1], "+", 1) != 1) break;
      }
      ::_exit(1);
    }
    ::close(ends[1]);
    std::uint64_t acknowledged = 0;
    for (char one = 0; ::read(ends[0], &one, 1) == 1;) {
      if (++acknowledged == kill_after) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);

    auto writer = need(Writer::open(path()));
    EXPECT_GE(writer.newest()->value, acknowledged * 10);
    EXPECT_EQ(read_all(path()), frames(1, writer.newest()->value));
    need(writer.finish({kEpoch, "controller_restarted"}));
    EXPECT_EQ(folder.entries(), std::vector<std::string>{"session.telltale"});
    fs::remove(path());
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

}  // namespace
}  // namespace telltale::recording

#include "recording/segment_ring.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "stream/limits.hpp"
#include "support/telltale_process.hpp"

namespace telltale::recording {
namespace {

namespace fs = std::filesystem;
using base::Seq;

class SegmentRingTest : public ::testing::Test {
 protected:
  ~SegmentRingTest() override { fs::remove_all(folder); }

  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }
  static void write(stream::SegmentMemory& memory, std::string_view frames) {
    frames.copy(memory.bytes().data(), frames.size());
    memory.commit(frames.size());
  }
  [[nodiscard]] std::vector<LeftSegment> left() {
    unreadable.clear();
    auto found = left_segments(folder, unreadable);
    EXPECT_TRUE(found);
    return std::move(found).value_or(std::vector<LeftSegment>());
  }
  // Runs `body` in a process that is then killed.
  template <class Body>
  static void in_killed_process(Body body) {
    const pid_t child = ::fork();
    if (child == 0) {
      body();
      ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
  }

  fs::path folder = testing::make_temporary_folder();
  std::vector<std::string> unreadable;
};

TEST_F(SegmentRingTest, UsesMemoryAgainThatWasGivenBack) {
  SegmentRing ring(folder, base::SessionId("one"));
  for (std::uint64_t i = 1; i < 10; ++i) {
    auto memory = ring.take({i}, 100);
    ASSERT_TRUE(memory);
    EXPECT_EQ((*memory)->bytes().size(), stream::limits::kSegmentBytes);
    write(**memory, "id: 1\ndata: {}\n\n");
  }
  EXPECT_EQ(files(), 1u);
  auto first = ring.take({10}, 100);
  auto second = ring.take({11}, 100);
  EXPECT_EQ(files(), 2u);
}

TEST_F(SegmentRingTest, HasPlaceForALargeEventAndKeepsNone) {
  SegmentRing ring(folder, base::SessionId("one"));
  {
    auto memory = ring.take({1}, 3 * stream::limits::kSegmentBytes);
    ASSERT_TRUE(memory);
    EXPECT_EQ((*memory)->bytes().size(), 3 * stream::limits::kSegmentBytes);
    (*memory)->bytes().back() = 'x';
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(SegmentRingTest, LeavesNothingBehindAndLetsMemoryOutliveIt) {
  std::unique_ptr<stream::SegmentMemory> memory;
  {
    SegmentRing ring(folder, base::SessionId("one"));
    memory = *ring.take({1}, 1);
    auto other = ring.take({2}, 1);
  }
  memory->bytes().front() = 'x';
  memory.reset();
  EXPECT_EQ(files(), 0u);
}

TEST_F(SegmentRingTest, IsForItsOwnerOnly) {
  SegmentRing ring(folder, base::SessionId("one"));
  auto memory = ring.take({1}, 1);
  struct stat status {};
  ASSERT_EQ(::stat(fs::directory_iterator(folder)->path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(SegmentRingTest, GivesBackWhatAKilledProcessHasCommitted) {
  in_killed_process([&] {
    SegmentRing one(folder, base::SessionId("one"));
    SegmentRing two(folder, base::SessionId("two"));
    auto later = one.take({30}, 1);
    auto earlier = one.take({7}, 1);
    auto other = two.take({1}, 1);
    auto empty = two.take({2}, 1);
    write(**later, "later");
    write(**earlier, "earlier");
    (*earlier)->bytes()[7] = '!';  // a frame in the making
    write(**other, "other");
    ::kill(::getpid(), SIGKILL);
  });
  const auto found = left();
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].session.value, "one");
  EXPECT_EQ(found[0].first, Seq{7});
  EXPECT_EQ(found[0].frames, "earlier");
  EXPECT_EQ(found[1].first, Seq{30});
  EXPECT_EQ(found[1].frames, "later");
  EXPECT_EQ(found[2].session.value, "two");
  EXPECT_TRUE(unreadable.empty());
}

TEST_F(SegmentRingTest, NamesWhatIsNoSegmentAndGoesOn) {
  in_killed_process([&] {
    SegmentRing ring(folder, base::SessionId("one"));
    auto memory = ring.take({1}, 1);
    write(**memory, "kept");
    ::kill(::getpid(), SIGKILL);
  });
  std::ofstream(folder / "garbage.segment") << std::string(5000, 'x');
  std::ofstream(folder / "empty.segment");
  std::ofstream(folder / "other.txt") << "x";
  EXPECT_EQ(left().size(), 1u);
  EXPECT_EQ(unreadable.size(), 2u);
}

TEST_F(SegmentRingTest, NamesASegmentThatIsCutOff) {
  in_killed_process([&] {
    SegmentRing ring(folder, base::SessionId("one"));
    auto memory = ring.take({1}, 1);
    write(**memory, std::string(1000, 'x'));
    ::kill(::getpid(), SIGKILL);
  });
  const auto path = fs::directory_iterator(folder)->path();
  for (const std::uintmax_t size : {std::uintmax_t{5000}, std::uintmax_t{4095}, std::uintmax_t{100}, std::uintmax_t{0}}) {
    fs::resize_file(path, size);
    EXPECT_TRUE(left().empty()) << size;
    EXPECT_EQ(unreadable.size(), 1u) << size;
  }
}

TEST_F(SegmentRingTest, SaysWhyThereIsNoPlace) {
  SegmentRing ring(folder / "none", base::SessionId("one"));
  const auto memory = ring.take({1}, 1);
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().code, base::Errc::io);
  EXPECT_NE(memory.error().message.find("No such file or directory"), std::string::npos) << memory.error().message;
}

}  // namespace
}  // namespace telltale::recording

// Kills reach the owner of the process, and only it. A pipe takes the place of the kernel's log.

#include "browser/limits.hpp"
#include "browser/oom_watch.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "browser/unique_fd.hpp"
#include "run.hpp"

namespace telltale::browser {
namespace {

/// A child in a process group of its own, which waits to be killed.
class Sleeper {
 public:
  Sleeper() : pid_(::fork()) {
    if (pid_ == 0) {
      ::setpgid(0, 0);
      for (;;) ::pause();
    }
    ::setpgid(pid_, pid_);  // on both sides: whoever comes first
  }
  ~Sleeper() { end(); }
  void end() {
    if (pid_ <= 0 || ended_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ended_ = true;
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
  bool ended_ = false;
};

std::string kill_record(pid_t pid) {
  return "3,1,2,-;Out of memory: Killed process " + std::to_string(pid) +
         " (chromium) total-vm:9kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB\n";
}

class FakeKernelLog {
 public:
  FakeKernelLog() : path_(::testing::TempDir() + "kmsg-" + std::to_string(::getpid())) {
    ::mkfifo(path_.c_str(), 0600);
    end_.reset(::open(path_.c_str(), O_RDWR));  // a writer from the start: a pipe without one is at its end
  }
  ~FakeKernelLog() { ::unlink(path_.c_str()); }
  void write(std::string_view text) const {
    ASSERT_EQ(::write(end_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  UniqueFd end_;
};

struct OomWatching {
  FakeKernelLog log;
  std::vector<std::int64_t> killed;

  /// Runs a watch on the log, and `body` with it.
  template <class Body>
  void run(Body body) {
    base::LoopPool loops(1);
    const auto main = [&]() -> base::Task<> {
      OomWatch watch(loops.at(0));
      const auto opened = watch.open(log.path());
      EXPECT_TRUE(opened);
      base::TaskScope scope(loops.at(0).executor());
      scope.spawn(watch.run());
      co_await body(watch);
      scope.stop();
      co_await scope.join();
    };
    loops.run(main());
  }
  OomWatch::Listener listener() {
    return [this](const OomKill& kill) { killed.push_back(kill.pid); };
  }
};

TEST(OomWatch, TellsTheOwnerOfTheGroupOnly) {
  OomWatching watching;
  watching.run([&](OomWatch& watch) -> base::Task<> {
    const Sleeper ours;
    const Sleeper other;
    const OomWatch::Subscription subscription(watch, ours.pid(), watching.listener());
    watching.log.write(kill_record(other.pid()));
    watching.log.write("12,1,2,-;" + kill_record(ours.pid()).substr(8));  // not from the kernel
    watching.log.write(kill_record(ours.pid()));
    const bool told = co_await eventually([&] { return !watching.killed.empty(); });
    EXPECT_TRUE(told);
    EXPECT_EQ(watching.killed, std::vector<std::int64_t>{ours.pid()});
  });
}

TEST(OomWatch, KnowsAProcessThatIsGoneWhenItsReportEnds) {
  OomWatching watching;
  watching.run([&](OomWatch& watch) -> base::Task<> {
    Sleeper sleeper;
    const OomWatch::Subscription subscription(watch, sleeper.pid(), watching.listener());
    // Proof that the first line was read, and so the processes were listed: another kill of the same process.
    watching.log.write("4,1,2,-;a invoked oom-killer: order=0\n");
    watching.log.write(kill_record(sleeper.pid()));
    const bool listed = co_await eventually([&] { return watching.killed.size() == 1; });
    EXPECT_TRUE(listed);
    sleeper.end();
    watching.log.write(kill_record(sleeper.pid()));
    const bool told = co_await eventually([&] { return watching.killed.size() == 2; });
    EXPECT_TRUE(told);
  });
}

TEST(OomWatch, TellsNobodyAfterTheSubscription) {
  OomWatching watching;
  watching.run([&](OomWatch& watch) -> base::Task<> {
    const Sleeper first;
    const Sleeper second;
    {
      const OomWatch::Subscription over(watch, first.pid(), watching.listener());
    }
    const OomWatch::Subscription subscription(watch, second.pid(), watching.listener());
    watching.log.write(kill_record(first.pid()));
    watching.log.write(kill_record(second.pid()));
    const bool told = co_await eventually([&] { return !watching.killed.empty(); });
    EXPECT_TRUE(told);
    EXPECT_EQ(watching.killed, std::vector<std::int64_t>{second.pid()});
  });
}

TEST(OomWatch, TakesLinesInPiecesAndSkipsEndlessOnes) {
  OomWatching watching;
  watching.run([&](OomWatch& watch) -> base::Task<> {
    const Sleeper sleeper;
    const OomWatch::Subscription subscription(watch, sleeper.pid(), watching.listener());
    // Longer than a record can be; after it a line that ends 20 bytes before the end of a read.
    watching.log.write(std::string(browser::limits::kKernelLogRecordBytes * 3, 'x'));
    watching.log.write("\n" + std::string(browser::limits::kKernelLogRecordBytes - 22, 'y') + "\n");
    watching.log.write(kill_record(sleeper.pid()));
    const bool told = co_await eventually([&] { return !watching.killed.empty(); });
    EXPECT_TRUE(told);
  });
}

TEST(OomWatch, SaysWhyALogCannotBeRead) {
  base::LoopPool loops(1);
  OomWatch watch(loops.at(0));
  const auto opened = watch.open("/nowhere/kmsg");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, base::Errc::io);
  EXPECT_NE(opened.error().message.find("/nowhere/kmsg"), std::string::npos);
}

}  // namespace
}  // namespace telltale::browser

// What the kernel says about an out-of-memory kill, in the forms it has had.

#include "browser/oom_report.hpp"

#include <gtest/gtest.h>

#include "support/paths.hpp"
#include "support/read_file.hpp"

namespace telltale::browser {
namespace {

std::vector<OomKill> kills_in(std::string_view messages, std::int64_t page_kb = 4) {
  OomReport report(page_kb);
  std::vector<OomKill> kills;
  for (std::size_t begin = 0; begin < messages.size();) {
    const auto end = std::min(messages.find('\n', begin), messages.size());
    if (auto kill = report.take(messages.substr(begin, end - begin))) kills.push_back(std::move(*kill));
    begin = end + 1;
  }
  return kills;
}

TEST(OomReport, ReadsARecordedKillOfAControlGroup) {
  const std::string log =
      testing::read_file(testing::source_path("tests/unit/browser/kernel_logs/memcg-6.18.kmsg"));
  OomReport report;
  std::vector<OomKill> kills;
  bool was_pending = false;
  for (std::size_t begin = 0; begin < log.size();) {
    const auto end = std::min(log.find('\n', begin), log.size());
    const auto message = kernel_message(std::string_view(log).substr(begin, end - begin));
    ASSERT_TRUE(message);
    if (auto kill = report.take(*message)) kills.push_back(std::move(*kill));
    was_pending = was_pending || report.pending();
    begin = end + 1;
  }
  EXPECT_TRUE(was_pending);
  EXPECT_FALSE(report.pending());
  ASSERT_EQ(kills.size(), 1u);
  const OomKill& kill = kills.front();
  EXPECT_EQ(kill.pid, 23046);
  EXPECT_EQ(kill.process_name, "python3");
  EXPECT_EQ(kill.rss_kb, 36096 + 6620);
  EXPECT_EQ(kill.constraint, OomConstraint::memcg);
  EXPECT_EQ(kill.trigger_pid, 23046);
  EXPECT_EQ(kill.trigger_process_name, "python3");
  EXPECT_FALSE(kill.mem_free_kb) << "the memory of the machine is not the point of such a report";
  EXPECT_FALSE(kill.mem_total_kb);
  ASSERT_EQ(kill.top_tasks.size(), 1u);
  EXPECT_EQ(kill.top_tasks[0].name, "python3");
  EXPECT_EQ(kill.top_tasks[0].pid, 23046);
  EXPECT_EQ(kill.top_tasks[0].rss_kb, 10679 * 4);
}

constexpr std::string_view kWholeMachine =
    R"(Web Worker 2 invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=300
CPU: 1 PID: 611 Comm: Web Worker 2 Not tainted 6.1.0 #1
Mem-Info:
active_anon:300 inactive_anon:900000 isolated_anon:0
 free:12000 free_pcp:60 free_cma:0
Node 0 DMA free:15000kB boost:0kB min:100kB free_pcp:0kB
1048576 pages RAM
0 pages HighMem/MovableOnly
Tasks state (memory values in pages):
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[    101]     0   101     5000      200    90112        0          -250 systemd-journal
[    610]  1000   610   900000   100000   900000        0           300 chromium
[    612]  1000   612   900000   700000   900000        0           300 chromium renderer
[    613]  1000   613   900000   100000   900000        0           300 chromium
[    614]  1000   614     1000        1    90112        0             0 sh
[    615]  1000   615     1000        2    90112        0             0 sh
[    616]  1000   616     1000        3    90112        0             0 bash
oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=chromium,pid=612,uid=1000
Out of memory: Killed process 612 (chromium (1)) total-vm:3600000kB, anon-rss:2700000kB, file-rss:90000kB, shmem-rss:10000kB, UID:1000 pgtables:900kB oom_score_adj:300
)";

TEST(OomReport, KnowsTheMemoryOfTheMachineAndItsLargestProcesses) {
  const auto kills = kills_in(kWholeMachine);
  ASSERT_EQ(kills.size(), 1u);
  const OomKill& kill = kills.front();
  EXPECT_EQ(kill.pid, 612);
  EXPECT_EQ(kill.process_name, "chromium (1)");
  EXPECT_EQ(kill.rss_kb, 2'800'000);
  EXPECT_EQ(kill.constraint, OomConstraint::none);
  EXPECT_EQ(kill.trigger_process_name, "Web Worker 2");
  EXPECT_EQ(kill.trigger_pid, 611);
  EXPECT_EQ(kill.mem_free_kb, 48'000);
  EXPECT_EQ(kill.mem_total_kb, 4 * 1'048'576);
  ASSERT_EQ(kill.top_tasks.size(), 5u);
  EXPECT_EQ(kill.top_tasks[0].name, "chromium renderer");
  EXPECT_EQ(kill.top_tasks[0].rss_kb, 2'800'000);
  EXPECT_EQ(kill.top_tasks[1].pid, 610);
  EXPECT_EQ(kill.top_tasks[2].pid, 613) << "in the kernel's order where they are equal";
  EXPECT_EQ(kill.top_tasks[3].name, "systemd-journal");
  EXPECT_EQ(kill.top_tasks[4].name, "bash");
}

TEST(OomReport, CountsInPagesOfTheMachine) {
  const auto kills = kills_in(kWholeMachine, 64);
  ASSERT_EQ(kills.size(), 1u);
  EXPECT_EQ(kills[0].mem_total_kb, 64 * 1'048'576);
  EXPECT_EQ(kills[0].rss_kb, 2'800'000) << "the kernel gives these in kB";
}

TEST(OomReport, ReadsTheTwoLinesOfLinux4) {
  const auto kills = kills_in(
      R"(java invoked oom-killer: gfp_mask=0x14200ca(GFP_HIGHUSER_MOVABLE), nodemask=0, order=0, oom_score_adj=0
CPU: 0 PID: 77 Comm: java Not tainted 4.9.0 #1
262144 pages RAM
[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name
[   76]     0    76   500000   200000     900       5        0             0 chrome
Out of memory: Kill process 76 (chrome) score 760 or sacrifice child
Killed process 76 (chrome) total-vm:2000000kB, anon-rss:790000kB, file-rss:8000kB, shmem-rss:2000kB
)");
  ASSERT_EQ(kills.size(), 1u);
  EXPECT_EQ(kills[0].pid, 76);
  EXPECT_EQ(kills[0].process_name, "chrome");
  EXPECT_EQ(kills[0].rss_kb, 800'000);
  EXPECT_FALSE(kills[0].constraint) << "it does not say";
  EXPECT_EQ(kills[0].mem_total_kb, 1'048'576);
  ASSERT_EQ(kills[0].top_tasks.size(), 1u);
  EXPECT_EQ(kills[0].top_tasks[0].rss_kb, 800'000);
}

TEST(OomReport, ReadsAnOlderLineWithTheUserInTheMiddle) {
  const auto kills =
      kills_in("Killed process 2592 (oom), UID 0, total-vm:2000kB, anon-rss:900kB, file-rss:1kB\n");
  ASSERT_EQ(kills.size(), 1u);
  EXPECT_EQ(kills[0].pid, 2592);
  EXPECT_EQ(kills[0].process_name, "oom");
  EXPECT_EQ(kills[0].rss_kb, 901);
}

TEST(OomReport, GivesAKillWithoutAReportNoneOfAnotherOne) {
  const std::string_view bare =
      "Memory cgroup out of memory: Killed process 5 (a) total-vm:9kB, anon-rss:4kB, file-rss:0kB, "
      "shmem-rss:0kB\n";
  const auto kills = kills_in(std::string(kWholeMachine) + std::string(bare));
  ASSERT_EQ(kills.size(), 2u);
  EXPECT_EQ(kills[1].pid, 5);
  EXPECT_EQ(kills[1].constraint, OomConstraint::memcg);
  EXPECT_FALSE(kills[1].trigger_pid);
  EXPECT_TRUE(kills[1].top_tasks.empty());
}

TEST(OomReport, GivesEveryProcessOfAKilledGroupTheSameCircumstances) {
  const auto kills = kills_in(std::string(kWholeMachine) +
                              R"(Tasks in /service are going to be killed due to memory.oom.group set
Out of memory: Killed process 610 (chromium) total-vm:9kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB
Out of memory: Killed process 613 (chromium) total-vm:9kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB
)");
  ASSERT_EQ(kills.size(), 3u);
  EXPECT_EQ(kills[2].pid, 613);
  EXPECT_EQ(kills[2].trigger_pid, 611);
  EXPECT_EQ(kills[2].top_tasks.size(), 5u);
}

TEST(OomReport, SkipsWhatIsNoReport) {
  EXPECT_TRUE(kills_in("eth0: link up\nKilled process\nKilled process 5\nKilled process x (y) total-vm:1kB\n"
                       "Out of memory: Kill process 7 (z) score 1 or sacrifice child\n")
                  .empty());
}

TEST(KernelMessage, IsTheTextOfARecordOfTheKernelItself) {
  EXPECT_EQ(kernel_message("6,339,5140900,-;a message"), "a message");
  EXPECT_EQ(kernel_message("3,420,1584311590,-,caller=T1;one; two\n SUBSYSTEM=x\n"), "one; two");
  EXPECT_FALSE(kernel_message("12,340,5140900,-;Killed process 1 (init) total-vm:1kB"))
      << "written by a process";
  EXPECT_FALSE(kernel_message(" SUBSYSTEM=acpi"));
  EXPECT_FALSE(kernel_message(""));
}

}  // namespace
}  // namespace telltale::browser

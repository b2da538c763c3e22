#include "browser/limits.hpp"
#include "browser/process.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <boost/asio/this_coro.hpp>

#include "browser/output_tail.hpp"
#include "unit/browser/run.hpp"

namespace telltale::browser {
namespace {

using base::Task;
using testing::HasSubstr;
using testing::Not;

Command shell(std::string script) {
  Command command;
  command.binary = "/bin/sh";
  command.args = {"-c", std::move(script)};
  return command;
}

struct Outcome {
  std::optional<ExitStatus> status;
  std::string output;
};

/// Runs the command to its end.
Task<Outcome> outcome_of(Command command) {
  const auto executor = co_await base::asio::this_coro::executor;
  const auto process = Process::start(executor, command);
  if (!process) co_return Outcome{std::nullopt, process.error().message};
  const auto status = co_await (*process)->wait_exit_for(kPatience);
  co_return Outcome{status, (*process)->output_tail()};
}

TEST(ExitStatus, SaysHowTheProcessEnded) {
  EXPECT_EQ((ExitStatus{.code = 1, .signal = std::nullopt}).describe(), "exited with code 1");
  EXPECT_EQ((ExitStatus{.code = std::nullopt, .signal = SIGKILL}).describe(), "killed by signal 9 (Killed)");
}

TEST(OutputTail, KeepsTheLastBytesOfManySmallAndOfOneLargePiece) {
  OutputTail tail(4);
  for (const char* const piece : {"ab", "cd", "ef", "gh", "i"}) tail.append(piece);
  EXPECT_EQ(tail.str(), "fghi");
  tail.append("0123456789");
  EXPECT_EQ(tail.str(), "6789");
}

TEST(Process, ReportsExitCodeAndAllOutput) {
  const auto outcome = run(outcome_of(shell("echo out; echo err >&2; exit 3")));
  EXPECT_EQ(outcome.status, (ExitStatus{.code = 3, .signal = std::nullopt}));
  EXPECT_EQ(outcome.output, "out\nerr\n");
}

TEST(Process, DiscardsStderrWhenToldSo) {
  Command command = shell("echo out; echo err >&2");
  command.keep_stderr = false;
  EXPECT_EQ(run(outcome_of(command)).output, "out\n");
}

TEST(Process, KeepsOnlyTheTailOfAFloodAndNeverBlocksTheChild) {
  const auto outcome = run(outcome_of(shell("head -c 3000000 /dev/zero | tr '\\0' x; echo end")));
  EXPECT_EQ(outcome.status, (ExitStatus{.code = 0, .signal = std::nullopt}));
  EXPECT_EQ(outcome.output.size(), browser::limits::kBrowserStderrTailBytes);
  EXPECT_TRUE(outcome.output.ends_with("xend\n"));
}

TEST(Process, FailsToStartWhatDoesNotExist) {
  Command command;
  command.binary = "/nonexistent/browser";
  const auto outcome = run(outcome_of(command));
  EXPECT_EQ(outcome.status, std::nullopt);
  EXPECT_THAT(outcome.output, HasSubstr("cannot start /nonexistent/browser: No such file or directory"));
}

TEST(Process, GivesTheChildOnlyTheDescriptorsOfTheCommand) {
  const int leak = ::open("/dev/null", O_RDONLY);  // without close-on-exec, as Asio opens sockets
  const auto plain = run(outcome_of(shell("cd /proc/self/fd; echo *")));
  Command with_pipe = shell("cd /proc/self/fd; echo *");
  with_pipe.debugging_pipe = true;
  const auto piped = run(outcome_of(with_pipe));
  ::close(leak);
  // The shell's own glob opens one descriptor more.
  EXPECT_EQ(plain.output, "0 1 2 3\n");
  EXPECT_EQ(piped.output, "0 1 2 3 4 5\n");
}

TEST(Process, KeepsOurVariablesFromTheChild) {
  const ScopedVariable token("TELLTALE_TEST_TOKEN", "secret");
  const ScopedVariable other("BROWSER_TEST_VARIABLE", "visible");
  const auto outcome = run(outcome_of(shell("env")));
  EXPECT_THAT(outcome.output, Not(HasSubstr("TELLTALE_TEST_TOKEN")));
  EXPECT_THAT(outcome.output, HasSubstr("BROWSER_TEST_VARIABLE=visible"));
}

TEST(Process, StartsTheChildWithDefaultSignals) {
  struct sigaction before{};
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGTERM, &ignore, &before);
  const auto outcome = run(outcome_of(shell("kill -TERM $$; echo survived")));
  ::sigaction(SIGTERM, &before, nullptr);
  EXPECT_EQ(outcome.status, (ExitStatus{.code = std::nullopt, .signal = SIGTERM}));
}

Task<> wait_and_store(const Process& process, std::optional<ExitStatus>& into) {
  into = co_await process.wait_exit();
}

Task<> wake_all_waiters() {
  const auto executor = co_await base::asio::this_coro::executor;
  const auto process = Process::start(executor, shell("exec sleep 600"));
  base::TaskScope scope(executor);
  std::optional<ExitStatus> first;
  std::optional<ExitStatus> second;
  scope.spawn(wait_and_store(**process, first));
  scope.spawn(wait_and_store(**process, second));
  EXPECT_EQ(co_await (*process)->wait_exit_for(std::chrono::milliseconds(1)), std::nullopt);
  (*process)->kill();
  co_await scope.join();
  EXPECT_EQ(first, (ExitStatus{.code = std::nullopt, .signal = SIGKILL}));
  EXPECT_EQ(second, first);
  EXPECT_EQ(co_await (*process)->wait_exit(), first);
}

TEST(Process, WakesAllWaitersWhenItEnds) { run(wake_all_waiters()); }

Task<> cancel_a_waiter() {
  const auto executor = co_await base::asio::this_coro::executor;
  const auto process = Process::start(executor, shell("exec sleep 600"));
  base::TaskScope scope(executor);
  std::optional<ExitStatus> status = ExitStatus{};
  scope.spawn(wait_and_store(**process, status));
  co_await base::sleep_for(std::chrono::milliseconds(1));
  scope.stop();
  co_await scope.join();
  EXPECT_EQ(status, std::nullopt);
  EXPECT_EQ((*process)->exit_status(), std::nullopt);
}

TEST(Process, CancelledWaiterGetsNoStatus) { run(cancel_a_waiter()); }

Task<> destroy_while_waiting() {
  const auto executor = co_await base::asio::this_coro::executor;
  auto process = Process::start(executor, shell("exec sleep 600"));
  const pid_t pid = (*process)->pid();
  base::TaskScope scope(executor);
  std::optional<ExitStatus> status;
  scope.spawn(wait_and_store(**process, status));
  co_await base::sleep_for(std::chrono::milliseconds(1));
  process->reset();
  EXPECT_FALSE(runs(pid));
  co_await scope.join();
  EXPECT_EQ(status, (ExitStatus{.code = std::nullopt, .signal = SIGKILL}));
}

TEST(Process, DestroyingItKillsTheChildAndWakesWaiters) { run(destroy_while_waiting()); }

Task<> leader_leaves_a_child() {
  const auto executor = co_await base::asio::this_coro::executor;
  const auto process = Process::start(executor, shell("sleep 600 & echo $!; exit 0"));
  const auto status = co_await (*process)->wait_exit_for(kPatience);
  EXPECT_EQ(status, (ExitStatus{.code = 0, .signal = std::nullopt}));
  const pid_t left = std::stoi((*process)->output_tail());
  EXPECT_TRUE(co_await eventually([left] { return !runs(left); }));
  EXPECT_TRUE(co_await eventually([&process] { return (*process)->group_is_gone(); }));
}

TEST(Process, EndOfTheLeaderKillsTheRestOfTheGroup) { run(leader_leaves_a_child()); }

Task<> ask_a_child_on_the_pipe() {
  const auto executor = co_await base::asio::this_coro::executor;
  // Ends like Chromium when its end of the pipe says end of file; SIGTERM alone would not do.
  Command command = shell("trap '' TERM; cat <&3 >/dev/null; exit 7");
  command.debugging_pipe = true;
  const auto process = Process::start(executor, command);
  EXPECT_EQ(co_await (*process)->wait_exit_for(std::chrono::milliseconds(50)), std::nullopt);
  (*process)->ask_to_exit();
  EXPECT_EQ(co_await (*process)->wait_exit_for(kPatience), (ExitStatus{.code = 7, .signal = std::nullopt}));
}

TEST(Process, AskingToExitClosesTheDebuggingPipe) { run(ask_a_child_on_the_pipe()); }

TEST(Process, DrainsTheReplyPipe) {
  Command command = shell("head -c 1000000 /dev/zero >&4; echo done");
  command.debugging_pipe = true;
  EXPECT_EQ(run(outcome_of(command)).output, "done\n");
}

}  // namespace
}  // namespace telltale::browser

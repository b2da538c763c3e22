#include "browser/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace telltale::browser {
namespace {

using base::Errc;
using base::fail;
using base::Result;

/// Child ends are moved to this number or above, so that giving the child 1 to 4 cannot overwrite one of
/// them.
constexpr int kFirstFreeFd = 10;
/// Chromium's --remote-debugging-pipe: it reads commands from 3 and writes replies to 4.
constexpr int kChildCommandsFd = 3;
constexpr int kChildRepliesFd = 4;

std::string reason(int error) { return ::strerrordesc_np(error); }

struct Pipe {
  UniqueFd ours;
  UniqueFd childs;
};

enum class Direction { from_child, to_child };

Result<Pipe> make_pipe(Direction direction) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(Errc::io, "cannot create a pipe: " + reason(errno));
  UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  if (direction == Direction::from_child) ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
  UniqueFd& near_child = direction == Direction::from_child ? write_end : read_end;
  UniqueFd moved(::fcntl(near_child.get(), F_DUPFD_CLOEXEC, kFirstFreeFd));
  if (!moved) return fail(Errc::io, "cannot duplicate a descriptor: " + reason(errno));
  UniqueFd& near_us = direction == Direction::from_child ? read_end : write_end;
  return Pipe{std::move(near_us), std::move(moved)};
}

/// posix_spawn's two argument objects. The first failure of a step is kept and returned by run().
class Spawner {
 public:
  Spawner() {
    keep(::posix_spawn_file_actions_init(&actions_));
    keep(::posix_spawnattr_init(&attributes_));
    sigset_t every;
    ::sigfillset(&every);
    sigset_t none;
    ::sigemptyset(&none);
    // Ignored and blocked signals survive exec; Chromium and its children expect neither.
    keep(::posix_spawnattr_setsigdefault(&attributes_, &every));
    keep(::posix_spawnattr_setsigmask(&attributes_, &none));
    keep(::posix_spawnattr_setpgroup(&attributes_, 0));
    keep(::posix_spawnattr_setflags(&attributes_,
                                    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
  }
  ~Spawner() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;

  void open_null(int as, int flags) {
    keep(::posix_spawn_file_actions_addopen(&actions_, as, "/dev/null", flags, 0));
  }
  void give(const UniqueFd& fd, int as) { keep(::posix_spawn_file_actions_adddup2(&actions_, fd.get(), as)); }
  /// Asio and Beast open their sockets without close-on-exec: a child would keep our port and connections
  /// open.
  void close_from(int first) { keep(::posix_spawn_file_actions_addclosefrom_np(&actions_, first)); }

  int run(pid_t& pid, const char* path, char* const* argv, char* const* environment) {
    if (error_ != 0) return error_;
    return ::posix_spawn(&pid, path, &actions_, &attributes_, argv, environment);
  }

 private:
  void keep(int error) {
    if (error_ == 0) error_ = error;
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
  int error_ = 0;
};

/// With SIGCHLD ignored (inherited from whoever started telltale) the kernel collects children by itself: no
/// exit status, and pids that are reused while we still mean to signal them.
void keep_exited_children() {
  struct sigaction current{};
  if (::sigaction(SIGCHLD, nullptr, &current) == 0 && current.sa_handler == SIG_IGN) {
    ::signal(SIGCHLD, SIG_DFL);
  }
}

std::vector<char*> argument_vector(std::string& name, std::vector<std::string>& args) {
  std::vector<char*> argv{name.data()};
  for (auto& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);
  return argv;
}

/// "NAME=" of "NAME=value".
std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=') + 1); }

/// Points into `added` and into our own environment.
std::vector<char*> child_environment(std::vector<std::string>& added) {
  std::vector<char*> kept;
  for (auto& entry : added) kept.push_back(entry.data());
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view inherited(*entry);
    const bool replaced =
        std::ranges::any_of(added, [&](const auto& other) { return inherited.starts_with(name_of(other)); });
    if (!replaced && !inherited.starts_with("TELLTALE_")) kept.push_back(*entry);
  }
  kept.push_back(nullptr);
  return kept;
}

}  // namespace

Result<Spawned> spawn(const Command& command) {
  auto output = make_pipe(Direction::from_child);
  if (!output) return std::unexpected(output.error());
  Result<Pipe> commands{};
  Result<Pipe> replies{};
  if (command.debugging_pipe) {
    commands = make_pipe(Direction::to_child);
    if (!commands) return std::unexpected(commands.error());
    replies = make_pipe(Direction::from_child);
    if (!replies) return std::unexpected(replies.error());
  }

  Spawner spawner;
  spawner.open_null(STDIN_FILENO, O_RDONLY);
  spawner.give(output->childs, STDOUT_FILENO);
  if (command.keep_stderr) {
    spawner.give(output->childs, STDERR_FILENO);
  } else {
    spawner.open_null(STDERR_FILENO, O_WRONLY);
  }
  if (command.debugging_pipe) {
    spawner.give(commands->childs, kChildCommandsFd);
    spawner.give(replies->childs, kChildRepliesFd);
  }
  spawner.close_from(command.debugging_pipe ? kChildRepliesFd + 1 : STDERR_FILENO + 1);

  keep_exited_children();
  std::string name = command.binary.string();
  std::vector<std::string> args = command.args;
  std::vector<std::string> environment = command.environment;
  Spawned child;
  const int error = spawner.run(child.pid, command.binary.c_str(), argument_vector(name, args).data(),
                                child_environment(environment).data());
  if (error != 0) return fail(Errc::io, "cannot start " + name + ": " + reason(error));

  // The system call itself: glibc 2.36 declares pidfd_open() without extern "C". The descriptor is
  // close-on-exec.
  child.pidfd = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
  if (!child.pidfd) {
    const int cause = errno;
    ::kill(-child.pid, SIGKILL);
    ::waitpid(child.pid, nullptr, 0);
    return fail(Errc::io, "cannot watch the process (pidfd_open, Linux 5.3 or newer): " + reason(cause));
  }
  child.output = std::move(output->ours);
  child.commands = std::move(commands->ours);
  child.replies = std::move(replies->ours);
  return child;
}

}  // namespace telltale::browser

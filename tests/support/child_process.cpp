#include "support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <stdexcept>

#include "support/read_file.hpp"

namespace telltale::testing {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));  // as POSIX declares them
  result.push_back(nullptr);
  return result;
}

class FileActions {
 public:
  FileActions(const std::filesystem::path& out, const std::filesystem::path& err) {
    constexpr int kCreate = O_WRONLY | O_CREAT | O_APPEND;
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, 1, out.c_str(), kCreate, 0600);
    ::posix_spawn_file_actions_addopen(&actions_, 2, err.c_str(), kCreate, 0600);
    // The test's sockets: a copy in the child would keep them open after the test has closed them.
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
  }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                           const std::filesystem::path& folder) {
  static std::atomic<int> count = 0;
  const std::string name = std::to_string(++count);
  out_ = folder / (name + ".out");
  err_ = folder / (name + ".err");
  const FileActions actions(out_, err_);
  const auto arguments = pointers(argv);
  const auto variables = pointers(environment);
  const int error =
      ::posix_spawnp(&pid_, argv.front().c_str(), actions.get(), nullptr, arguments.data(), variables.data());
  if (error != 0) throw std::runtime_error("cannot start " + argv.front() + ": " + std::strerror(error));
  // glibc 2.36 declares pidfd_open() without C linkage.
  pidfd_ = browser::UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
}

ChildProcess::~ChildProcess() {
  if (exit_code_) return;
  signal(SIGKILL);
  wait_exit();
}

std::string ChildProcess::out() const { return read_file(out_); }

std::string ChildProcess::err() const { return read_file(err_); }

void ChildProcess::signal(int number) const noexcept {
  if (!exit_code_) ::kill(pid_, number);
}

std::optional<int> ChildProcess::wait_exit(std::chrono::milliseconds patience) {
  if (exit_code_) return exit_code_;
  pollfd ended{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  if (::poll(&ended, 1, static_cast<int>(patience.count())) != 1) return std::nullopt;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return exit_code_;
}

}  // namespace telltale::testing

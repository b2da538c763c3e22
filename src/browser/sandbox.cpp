#include "browser/sandbox.hpp"

#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace telltale::browser {
namespace {

bool has_setuid_helper(const std::filesystem::path& binary) {
  struct stat info{};
  const std::filesystem::path helper = binary.parent_path() / "chrome-sandbox";
  return ::stat(helper.c_str(), &info) == 0 && info.st_uid == 0 && (info.st_mode & S_ISUID) != 0 &&
         ::access(helper.c_str(), X_OK) == 0;
}

bool can_create_namespaces() {
  const pid_t child = ::fork();
  if (child == 0) {
    // Only system calls here: the parent has other threads. The second step is the one that AppArmor's
    // restriction refuses (Ubuntu 24.04); it lets the user namespace itself pass.
    const bool works = ::unshare(CLONE_NEWUSER) == 0 && ::unshare(CLONE_NEWPID | CLONE_NEWNET) == 0;
    ::_exit(works ? 0 : 1);
  }
  if (child < 0) return false;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

SandboxStatus check_sandbox(const std::filesystem::path& binary) {
  if (::geteuid() == 0) {
    return {.usable = false,
            .explanation = "root: Chromium runs with --no-sandbox; run telltale as an ordinary user"};
  }
  if (has_setuid_helper(binary)) return {.usable = true, .explanation = "setuid helper chrome-sandbox"};
  if (can_create_namespaces()) return {.usable = true, .explanation = "unprivileged user namespaces"};
  return {.usable = false, .explanation = "no usable sandbox: " + std::string(kSandboxAdvice)};
}

bool reports_missing_sandbox(std::string_view stderr_text) {
  static constexpr std::array<std::string_view, 4> kComplaints = {
      "No usable sandbox",
      "Running as root without --no-sandbox is not supported",
      "SUID sandbox helper binary was found, but is not configured correctly",
      "Failed to move to new namespace",
  };
  return std::ranges::any_of(
      kComplaints, [&](std::string_view text) { return stderr_text.find(text) != std::string_view::npos; });
}

}  // namespace telltale::browser

#include "browser/exit_status.hpp"

#include <sys/wait.h>

#include <cstring>

namespace telltale::browser {

std::string ExitStatus::describe() const {
  if (code) return "exited with code " + std::to_string(*code);
  if (!signal) return "ended in an unknown way";
  // Not strsignal(): its result may be a buffer shared by all threads.
  const char* const name = ::sigdescr_np(*signal);
  return "killed by signal " + std::to_string(*signal) + " (" + (name != nullptr ? name : "unknown") + ")";
}

ExitStatus exit_status_of(int wait_status) noexcept {
  if (WIFSIGNALED(wait_status)) return {.code = std::nullopt, .signal = WTERMSIG(wait_status)};
  return {.code = WEXITSTATUS(wait_status), .signal = std::nullopt};
}

}  // namespace telltale::browser

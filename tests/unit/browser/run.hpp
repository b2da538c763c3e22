#pragma once

// What the tests of this folder share: running a coroutine, waiting for a condition, a folder and variables
// of their own.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "base/loop.hpp"
#include "base/task.hpp"

namespace telltale::browser {

template <class T>
base::Task<> store(base::Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}

/// Runs `task` on a loop of its own and returns what it yields.
template <class T>
T run(base::Task<T> task) {
  std::optional<T> result;
  base::LoopPool(1).run(store(std::move(task), result));
  return std::move(*result);
}

inline void run(base::Task<> task) { base::LoopPool(1).run(std::move(task)); }

inline constexpr auto kPatience = std::chrono::seconds(20);

/// Waits until `condition()` holds; false when it does not within kPatience.
template <class Condition>
base::Task<bool> eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
    co_await base::sleep_for(std::chrono::milliseconds(5));
  }
  co_return true;
}

/// State letter and process group of a process (proc(5): fields 3 and 5 of stat).
struct ProcessInfo {
  char state = 0;
  pid_t group = 0;
};

inline std::optional<ProcessInfo> process_info(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string stat;
  if (!std::getline(file, stat)) return std::nullopt;
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  ProcessInfo info;
  pid_t parent = 0;
  if (!(fields >> info.state >> parent >> info.group)) return std::nullopt;
  return info;
}

/// Whether a process exists and is more than an exit status that nobody has collected yet.
inline bool runs(pid_t pid) {
  const auto info = process_info(std::to_string(pid));
  return info && info->state != 'Z' && info->state != 'X';
}

/// How many processes of a group run().
inline std::size_t running_members(pid_t group) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto info = process_info(entry.path().filename().string());
    if (info && info->group == group && info->state != 'Z' && info->state != 'X') ++count;
  }
  return count;
}

/// A new folder, removed at the end.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "browser-test-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;  // a folder left in /tmp does not fail a test
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::size_t entries() const {
    const std::filesystem::directory_iterator all(path_);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
  /// Writes an executable shell script and returns its path.
  [[nodiscard]] std::filesystem::path script(std::string_view name, std::string_view body) const {
    const auto file = path_ / name;
    std::ofstream(file) << "#!/bin/sh\n" << body << '\n';
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
  }

 private:
  std::filesystem::path path_;
};

/// Sets (or with nullptr removes) an environment variable until the end of the scope.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const char* value) : name_(name) {
    if (const char* const before = std::getenv(name)) before_ = before;
    set(value);
  }
  ~ScopedVariable() { set(before_ ? before_->c_str() : nullptr); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  void set(const char* value) const {
    if (value != nullptr) {
      ::setenv(name_, value, 1);
    } else {
      ::unsetenv(name_);
    }
  }

  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace telltale::browser

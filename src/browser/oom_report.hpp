#pragma once

// What the Linux kernel writes to its log when it kills a process because memory ran out.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "browser/limits.hpp"

namespace telltale::browser {

/// What was exhausted: the whole machine, or a limit.
enum class OomConstraint { none, memcg, cpuset, memory_policy };

struct OomTask {
  std::string name;  ///< at most 15 bytes
  std::int64_t pid = 0;
  std::int64_t rss_kb = 0;
};

/// One kill. Only what the kernel said is there: the report around it is rate-limited, and differs by
/// version.
struct OomKill {
  std::int64_t pid = 0;  ///< as the initial pid namespace counts
  std::string process_name;
  std::int64_t rss_kb = 0;  ///< anonymous, file and shared pages
  std::optional<OomConstraint> constraint;
  std::optional<std::int64_t> mem_free_kb;
  std::optional<std::int64_t> mem_total_kb;
  std::vector<OomTask> top_tasks;  ///< at most limits::kOomTopTasks, largest first
  std::optional<std::int64_t> trigger_pid;
  std::optional<std::string> trigger_process_name;
};

/// The message of a record of /dev/kmsg ("6,339,5140900,-;text") or of its first line; empty for records that
/// do not come from the kernel itself, which any privileged process can write, and for continuation lines.
std::optional<std::string_view> kernel_message(std::string_view record);

/// Follows kernel messages, one at a time, and puts the lines of a report together. Pure.
class OomReport {
 public:
  /// `page_kb`: size of the machine's pages, in which the kernel counts memory.
  explicit OomReport(std::int64_t page_kb = 4) : page_kb_(page_kb) {}

  /// Returns a kill when this message says that one has happened.
  std::optional<OomKill> take(std::string_view message);
  /// Whether a report has begun whose kill has not been seen.
  [[nodiscard]] bool pending() const noexcept { return stage_ == Stage::begun; }

 private:
  enum class Stage {
    idle,
    begun,   ///< "... invoked oom-killer" was seen
    killed,  ///< the kill that the report was about as well
    group,   ///< the rest of a control group follows, with the same circumstances
  };

  void begin(std::string_view trigger);
  void take_circumstances(std::string_view message);
  void take_trigger_pid(std::string_view message);
  void take_constraint(std::string_view name);
  bool take_task_header(std::string_view message);
  void take_task(std::string_view message);
  std::optional<OomKill> killed(std::string_view message, std::string_view after_verb);

  std::int64_t page_kb_;
  Stage stage_ = Stage::idle;
  OomKill circumstances_;
  std::size_t columns_ = 0;     ///< of the task table, after the pid and before the name; 0: no table yet
  std::size_t rss_column_ = 0;  ///< among them
};

}  // namespace telltale::browser

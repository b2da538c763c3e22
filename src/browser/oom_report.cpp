#include "browser/oom_report.hpp"

#include <algorithm>
#include <charconv>

#include "browser/limits.hpp"

namespace telltale::browser {
namespace {

/// Takes leading blanks and digits off `text`; empty when there are no digits.
std::optional<std::int64_t> take_number(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// The number right after `label`.
std::optional<std::int64_t> number_after(std::string_view text, std::string_view label) {
  const auto at = text.find(label);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + label.size());
  return take_number(text);
}

std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace

std::optional<std::string_view> kernel_message(std::string_view record) {
  const auto text = record.find(';');
  auto prefix = record.substr(0, text);
  const auto priority = take_number(prefix);
  // The priority is facility * 8 + level, and facility 0 is the kernel: it refuses that number to everybody
  // else.
  constexpr std::int64_t kLevels = 8;
  if (text == std::string_view::npos || !priority || *priority >= kLevels) return std::nullopt;
  const auto message = record.substr(text + 1);
  return message.substr(0, message.find('\n'));
}

std::optional<OomKill> OomReport::take(std::string_view message) {
  constexpr std::string_view kInvoked = " invoked oom-killer:";
  constexpr std::string_view kKilled = "Killed process ";
  constexpr std::string_view kGroup = "are going to be killed due to memory.oom.group set";
  if (const auto at = message.find(kInvoked); at != std::string_view::npos) {
    begin(message.substr(0, at));
  } else if (const auto kill = message.find(kKilled); kill != std::string_view::npos) {
    return killed(message, message.substr(kill + kKilled.size()));
  } else if (message.find(kGroup) != std::string_view::npos) {
    if (stage_ == Stage::killed) stage_ = Stage::group;
  } else if (stage_ == Stage::begun) {
    take_circumstances(message);
  }
  return std::nullopt;
}

void OomReport::begin(std::string_view trigger) {
  stage_ = Stage::begun;
  circumstances_ = {};
  columns_ = 0;
  if (!trigger.empty()) circumstances_.trigger_process_name = trigger;
}

void OomReport::take_circumstances(std::string_view message) {
  constexpr std::string_view kConstraint = "oom-kill:constraint=CONSTRAINT_";
  if (message.starts_with(kConstraint)) {
    message.remove_prefix(kConstraint.size());
    take_constraint(message.substr(0, message.find(',')));
  } else if (message.starts_with('[')) {
    if (!take_task_header(message)) take_task(message);
  } else if (message.starts_with("CPU: ")) {
    take_trigger_pid(message);
  } else if (message.find(" free_pcp:") != std::string_view::npos && !circumstances_.mem_free_kb) {
    // "free:25391 free_pcp:310" of the whole machine counts pages; lines of a zone follow, in kB.
    const auto pages = number_after(message, " free:");
    const bool counts_pages = message.find("kB") == std::string_view::npos;
    if (pages && counts_pages) circumstances_.mem_free_kb = *pages * page_kb_;
  } else if (message.ends_with(" pages RAM")) {
    if (const auto pages = take_number(message)) circumstances_.mem_total_kb = *pages * page_kb_;
  }
}

void OomReport::take_trigger_pid(std::string_view message) {
  const auto pid = number_after(message, " PID: ");
  const auto name = message.find(" Comm: " + circumstances_.trigger_process_name.value_or("") + " ");
  if (pid && name != std::string_view::npos) circumstances_.trigger_pid = pid;
}

void OomReport::take_constraint(std::string_view name) {
  if (name == "NONE") circumstances_.constraint = OomConstraint::none;
  if (name == "MEMCG") circumstances_.constraint = OomConstraint::memcg;
  if (name == "CPUSET") circumstances_.constraint = OomConstraint::cpuset;
  if (name == "MEMORY_POLICY") circumstances_.constraint = OomConstraint::memory_policy;
}

bool OomReport::take_task_header(std::string_view message) {
  const auto bracket = message.find(']');
  if (bracket == std::string_view::npos || message.substr(0, bracket).find("pid") == std::string_view::npos) {
    return false;
  }
  message.remove_prefix(bracket + 1);
  std::size_t column = 0;
  for (auto word = take_word(message); !word.empty() && word != "name"; word = take_word(message)) {
    if (word == "rss") rss_column_ = column;
    ++column;
  }
  columns_ = column;
  return true;
}

void OomReport::take_task(std::string_view message) {
  message.remove_prefix(1);
  const auto pid = take_number(message);
  if (columns_ == 0 || !pid || !message.starts_with(']')) return;
  message.remove_prefix(1);
  OomTask task{.name = {}, .pid = *pid, .rss_kb = 0};
  for (std::size_t column = 0; column < columns_; ++column) {
    const auto word = take_word(message);
    auto number = word;
    if (column == rss_column_) task.rss_kb = take_number(number).value_or(0) * page_kb_;
  }
  if (message.empty()) return;
  task.name = message.substr(1);  // of several words, perhaps
  auto& tasks = circumstances_.top_tasks;
  const auto place = std::ranges::upper_bound(tasks, task.rss_kb, std::greater{}, &OomTask::rss_kb);
  tasks.insert(place, std::move(task));
  if (tasks.size() > limits::kOomTopTasks) tasks.pop_back();
}

// "Killed process 23046 (python3) total-vm:211880kB, anon-rss:36096kB, ...", since Linux 5 after "Out of
// memory: " or "Memory cgroup out of memory: "; before, such a line was one of its own ("Kill process ... or
// sacrifice child").
std::optional<OomKill> OomReport::killed(std::string_view message, std::string_view after_verb) {
  const auto pid = take_number(after_verb);
  const auto sizes = after_verb.find("total-vm:");
  const auto open = after_verb.find('(');
  const auto close = after_verb.substr(0, sizes).rfind(')');
  const bool complete =
      pid && sizes != std::string_view::npos && open < close && close != std::string_view::npos;
  if (!complete) return std::nullopt;
  if (stage_ == Stage::idle || stage_ == Stage::killed) circumstances_ = {};  // it comes without a report
  OomKill kill = circumstances_;
  if (stage_ != Stage::group) stage_ = Stage::killed;
  kill.pid = *pid;
  kill.process_name = after_verb.substr(open + 1, close - open - 1);
  for (const std::string_view part : {"anon-rss:", "file-rss:", "shmem-rss:"}) {
    kill.rss_kb += number_after(after_verb, part).value_or(0);
  }
  if (!kill.constraint && message.starts_with("Memory cgroup")) kill.constraint = OomConstraint::memcg;
  return kill;
}

}  // namespace telltale::browser

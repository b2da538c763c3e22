#include "browser/process_groups.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>
#include <system_error>

#include "browser/unique_fd.hpp"

namespace telltale::browser {
namespace {

std::optional<pid_t> to_pid(std::string_view text) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return pid;
}

/// Enough for a stat up to the group, whose name has 15 bytes, and for loadavg.
constexpr std::size_t kFileBytes = 256;

/// The beginning of a file; empty when there is none.
std::string_view read(const std::filesystem::path& path, std::array<char, kFileBytes>& buffer) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const ssize_t length = ::read(file.get(), buffer.data(), buffer.size());
  return {buffer.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
}

/// "23046 (name, which may hold anything) S <parent> <group> ..."
std::optional<pid_t> group_in(std::string_view stat) {
  const auto close = stat.rfind(')');
  if (close == std::string_view::npos) return std::nullopt;
  stat.remove_prefix(close + 1);
  for (int field = 0; field < 3; ++field) {  // each one after a blank: state, parent, group
    const auto blank = stat.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    stat.remove_prefix(blank + 1);
  }
  return to_pid(stat.substr(0, stat.find(' ')));
}

}  // namespace

void ProcessGroups::look(std::unordered_map<pid_t, pid_t>& seen) {
  std::error_code error;  // of a process that ends meanwhile, mostly
  for (auto entry = std::filesystem::directory_iterator(proc_, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const auto pid = to_pid(entry->path().filename().native());
    if (!pid) continue;
    if (const auto known = groups_.find(*pid); known != groups_.end()) {
      seen.insert(*known);
      continue;
    }
    std::array<char, kFileBytes> buffer;
    const auto stat = read(entry->path() / "stat", buffer);
    if (stat.empty()) continue;  // it has ended meanwhile
    const auto group = group_in(stat);
    if (group) seen.emplace(*pid, *group);
  }
}

std::vector<pid_t> ProcessGroups::unknown_in(const std::unordered_map<pid_t, pid_t>& seen) const {
  std::vector<pid_t> unknown;
  for (const auto& [process, group] : seen) {
    if (!groups_.contains(process)) unknown.push_back(process);
  }
  return unknown;
}

std::vector<pid_t> ProcessGroups::look() {
  std::unordered_map<pid_t, pid_t> seen;
  look(seen);
  auto made = unknown_in(seen);
  groups_.merge(seen);
  return made;
}

std::vector<pid_t> ProcessGroups::keep_up() {
  std::array<char, kFileBytes> buffer;
  // "0.20 0.18 0.12 1/80 11206": the last number is that of the process or thread that was made last.
  const auto load = read(proc_ / "loadavg", buffer);
  const auto last_made = load.substr(load.rfind(' ') + 1);
  if (!last_made.empty() && last_made == last_made_) return {};
  last_made_ = last_made;  // before the look: what is made meanwhile is looked at next time
  std::unordered_map<pid_t, pid_t> seen;
  look(seen);
  auto made = unknown_in(seen);
  groups_ = std::move(seen);
  return made;
}

std::optional<pid_t> ProcessGroups::group_of(pid_t process) const {
  const auto found = groups_.find(process);
  if (found == groups_.end()) return std::nullopt;
  return found->second;
}

}  // namespace telltale::browser

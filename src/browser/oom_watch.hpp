#pragma once

// Tells the owners of browsers when the kernel has killed one of their processes because memory ran out.

#include <sys/types.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/loop.hpp"
#include "browser/oom_report.hpp"
#include "browser/process_groups.hpp"

namespace telltale::browser {

/// Follows the kernel log from its end on. Lives on one loop. Where the log cannot be read there is nothing
/// honest to report: the counters of control groups (memory.events) know neither the process nor its size.
class OomWatch {
 public:
  using Listener = std::function<void(const OomKill& kill)>;

  explicit OomWatch(base::Loop& loop);
  OomWatch(const OomWatch&) = delete;
  OomWatch& operator=(const OomWatch&) = delete;

  /// Errors: unavailable (telltale runs in a pid namespace of its own, so that the kernel's numbers are not
  /// its own), io.
  base::Result<void> open_kernel_log();
  /// Follows that file instead; for tests. Errors: io.
  base::Result<void> open(const std::filesystem::path& log);
  /// Reads until it is cancelled or the log ends. open() comes first.
  base::Task<> run();

  /// While it exists, kills of processes of one group reach its listener. It may be made and destroyed on any
  /// thread; at its destruction a last call may still be under way.
  class Subscription {
   public:
    Subscription(OomWatch& watch, pid_t group, Listener listener);
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

   private:
    OomWatch& watch_;
    std::uint64_t id_;
  };

 private:
  struct Entry {
    pid_t group;
    Listener listener;  ///< called on the watch's loop
  };

  base::Task<> list_processes();
  void keep_up();
  void note(const std::vector<pid_t>& made) const;
  base::Task<> follow();
  [[nodiscard]] bool read_available();
  void take(std::string_view bytes);
  void take_record(std::string_view record);
  void report(const OomKill& kill);
  [[nodiscard]] std::vector<Listener> listeners_of(pid_t process) const;
  [[nodiscard]] bool has_listeners() const;

  base::asio::posix::stream_descriptor log_;
  std::string partial_;  ///< of a record; a kernel log gives whole ones
  OomReport report_;
  ProcessGroups groups_;
  mutable std::mutex mutex_;  // guards the two below; far from the path of events
  std::map<std::uint64_t, Entry> entries_;
  std::uint64_t last_id_ = 0;
};

}  // namespace telltale::browser

#pragma once

// What telltale says about itself while it runs, for those who watch right now: log lines, messages on the
// wire, transitions of sessions, results of calls.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "base/limits.hpp"
#include "base/loop.hpp"
#include "base/task.hpp"
#include "base/wait_list.hpp"

namespace telltale::base {

enum class LogLevel { info, warn, error, state };
enum class LogTransport { tcp, http };
enum class LogDirection { outgoing, incoming };

constexpr auto describe_enum(LogLevel) {
  return std::array{EnumName{LogLevel::info, "info"}, EnumName{LogLevel::warn, "warn"},
                    EnumName{LogLevel::error, "error"}, EnumName{LogLevel::state, "state"}};
}
constexpr auto describe_enum(LogTransport) {
  return std::array{EnumName{LogTransport::tcp, "tcp"}, EnumName{LogTransport::http, "http"}};
}
constexpr auto describe_enum(LogDirection) {
  return std::array{EnumName{LogDirection::outgoing, "outgoing"},
                    EnumName{LogDirection::incoming, "incoming"}};
}

struct LogLine {
  LogLevel level = LogLevel::info;
  std::string scope;                           ///< the part of telltale that says it
  std::optional<std::string> session_id{};     ///< absent: it is about no session
  std::optional<LogTransport> transport{};     ///< of a message on the wire, as is `direction`
  std::optional<LogDirection> direction{};     ///< seen from telltale
  std::string message;                         ///< for a person; cut at kLogMessageBytes
  std::chrono::system_clock::time_point at{};  ///< stamped by the hub
};

class LogCursor;

/// A bounded ring of lines with any number of cursors on any loop. It holds lines only while there is a
/// cursor: each begins with what comes next, so nobody could ever read what was before the first one. Lines
/// come from every loop, hence a mutex (docs/adr/0008); without consumers nobody takes it. Outlives its
/// cursors.
class LogHub {
 public:
  explicit LogHub(std::size_t capacity = limits::kLogHubBytes) : capacity_(capacity) {}
  LogHub(const LogHub&) = delete;
  LogHub& operator=(const LogHub&) = delete;

  // --- any thread ---
  /// Ask before you format a line that would be formatted for consumers only.
  [[nodiscard]] bool has_consumers() const noexcept { return consumers_.load(std::memory_order_relaxed) > 0; }
  /// Stamps a line and hands it to the cursors; nothing while there are none.
  void write(LogLine line);

 private:
  friend class LogCursor;

  // What the cursors of one loop share; known to the hub while there is one.
  struct Readers {
    explicit Readers(Loop& on) : loop(on), waiters(on) {}
    Loop& loop;
    WaitList waiters;         // touched on the loop only
    std::size_t cursors = 0;  // guarded by the mutex, like `waiting`
    bool waiting = false;     // one of them wants to know of the next line
  };

  [[nodiscard]] std::uint64_t end() const noexcept { return first_ + lines_.size(); }
  std::shared_ptr<Readers> open();
  void close(const Readers& readers);
  void drop_oldest();
  static void wake(const std::shared_ptr<Readers>& readers);

  const std::size_t capacity_;
  std::atomic<std::size_t> consumers_{0};
  std::mutex mutex_;  // guards everything below
  std::deque<std::shared_ptr<const LogLine>> lines_;
  std::uint64_t first_ = 0;  // running number of the oldest line
  std::size_t bytes_ = 0;
  std::vector<std::shared_ptr<Readers>> readers_;
};

/// The hub of the process, as spdlog's default logger is the logger of the process.
LogHub& log_hub();

/// A consumer's place among the lines. Lives on the loop that made it; there is nothing to pay for falling
/// behind but the lines that were dropped meanwhile.
class LogCursor {
 public:
  struct Batch {
    std::uint64_t dropped = 0;  ///< lines in front of these that the ring could not keep
    std::vector<std::shared_ptr<const LogLine>> lines;
  };

  explicit LogCursor(LogHub& hub);
  ~LogCursor();
  LogCursor(const LogCursor&) = delete;
  LogCursor& operator=(const LogCursor&) = delete;

  /// The next lines; empty when there are none now.
  Batch read(std::size_t most);
  /// Waits until there may be more to read, for wake(), or for the deadline.
  Task<Wake> wait(std::chrono::steady_clock::time_point deadline);
  /// Ends wait(), soon. On this loop; its other cursors wake as well, and see that there is nothing.
  void wake() { LogHub::wake(readers_); }

 private:
  LogHub& hub_;
  std::shared_ptr<LogHub::Readers> readers_;
  std::uint64_t next_ = 0;
};

}  // namespace telltale::base

#pragma once

// One DevTools connection: matches answers to commands, hands notifications on.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/error.hpp"
#include "base/task.hpp"
#include "cdp/command.hpp"
#include "cdp/decode.hpp"
#include "cdp/limits.hpp"
#include "cdp/wire_log.hpp"
#include "net/websocket.hpp"

namespace telltale::cdp {

/// Counters of one connection, for logs and health.
struct ConnectionStats {
  std::uint64_t messages = 0;      ///< received
  std::uint64_t bytes = 0;         ///< received
  std::uint64_t undecodable = 0;   ///< not JSON, or a known method of bad shape: skipped
  std::uint64_t oversized = 0;     ///< above kWebSocketMessageBytes: discarded
  std::uint64_t late_replies = 0;  ///< answers to commands that had already timed out
};

/// A CDP connection over any message transport. Lives on one loop; the owner runs run() and keeps the object
/// until it has returned. Unknown and malformed frames are counted and skipped, never fatal.
class Connection final : private net::WebSocketHandler {
 public:
  using OnNotification = std::function<void(const Notification&)>;
  using OnReply = std::function<void(base::Result<std::string>)>;

  /// `wire_log`: shows the messages to consumers of the log hub.
  Connection(std::unique_ptr<net::MessageTransport> transport, OnNotification on_notification,
             std::optional<WireLog> wire_log = std::nullopt);
  ~Connection() override;

  /// Reads until the connection ends and returns why. Then every pending command has failed with that error.
  base::Task<base::Error> run();

  /// Sends a command without waiting. `on_reply` is called exactly once, on this loop: with the JSON of the
  /// result, or with timeout, closed, limit, or protocol (the browser's error message). The method is named
  /// in every error. When its target goes away or crashes, a command ends at once with `closed`: Chromium never
  /// answers it.
  void post(Command command, OnReply on_reply,
            std::chrono::nanoseconds deadline = limits::kCdpCallTimeout);

  /// Sends a command and waits for its result (JSON object). Errors as above; stopped when cancelled, and those of
  /// interrupt().
  base::Task<base::Result<std::string>> call(
      Command command, std::chrono::nanoseconds deadline = limits::kCdpCallTimeout);

  /// Ends the waiting calls (not what was posted) of a session and of those inside of it: something else than an
  /// answer has to come first, as the end of a dialog.
  void interrupt(const base::CdpSessionId& session, const base::Error& why) { fail_session(session, why, true); }

  void close() noexcept { transport_->close(); }
  [[nodiscard]] const ConnectionStats& stats() const noexcept { return stats_; }

 private:
  struct Pending {
    std::string_view method;
    base::CdpSessionId session;  ///< empty: the browser's own
    std::chrono::steady_clock::time_point deadline;
    OnReply on_reply;
    bool awaited = false;  ///< by call()
  };

  void send(Command command, OnReply on_reply, std::chrono::nanoseconds deadline, bool awaited);
  void on_message(std::string_view message) override;
  void on_oversized_message(std::string_view prefix, std::size_t size) override;
  void finish(std::uint64_t id, base::Result<std::string> result);
  void fail_all(const base::Error& error);
  /// Ends what waits on the sessions that this notification takes away.
  void end_calls(const Notification& notification);
  void fail_session(const base::CdpSessionId& session, const base::Error& error, bool awaited_only);
  [[nodiscard]] bool belongs(const base::CdpSessionId& inner, const base::CdpSessionId& outer) const;
  base::Task<> expire_calls();
  void report_bad_frame(const base::Error& error);

  std::unique_ptr<net::MessageTransport> transport_;
  OnNotification on_notification_;
  std::optional<WireLog> wire_log_;
  Decoder decoder_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, Pending> pending_;
  std::unordered_map<base::CdpSessionId, base::CdpSessionId> parents_;  ///< the session that each was attached by
  ConnectionStats stats_;
  bool ended_ = false;
};

}  // namespace telltale::cdp

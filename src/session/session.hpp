#pragma once

// One browser session: its browser, its connection, its collector and its log, on one loop for life.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/loop.hpp"
#include "base/wait_list.hpp"
#include "browser/browser_process.hpp"
#include "browser/oom_watch.hpp"
#include "page/driver.hpp"
#include "session/file_store.hpp"
#include "session/page_link.hpp"
#include "session/session_info.hpp"
#include "stream/log.hpp"
#include "telemetry/redact.hpp"

namespace telltale::telemetry {
struct CdpDisconnect;
struct Envelope;
}

namespace telltale::session {

/// What the operator decided for every session.
struct Environment {
  base::LoopPool& loops;
  const base::Clock& clock;
  std::optional<std::string> chromium;                              ///< --chromium; absent: find one
  bool no_sandbox = false;                                          ///< --no-chromium-sandbox
  bool answer_dialogs = true;                                       ///< --dialogs auto
  std::filesystem::path profiles;                                   ///< folder for browser profiles
  telemetry::Redaction redaction = telemetry::Redaction::standard;  ///< --redact: of sessions that do not say
  std::vector<std::string> secret_names = {};  ///< --redact-name: see telemetry::Redactor
  browser::OomWatch* oom_watch = nullptr;      ///< null: out-of-memory kills cannot be seen here
  std::filesystem::path uploads = {};          ///< --upload-dir; empty: pages get no files
};

class Activity;
class Connected;

/// Lives on its loop; run() is its life. Shared ownership, because streams outlast it: the log is readable
/// after the end.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(const Environment& environment, base::Loop& loop, SessionSpec spec, base::SessionId id);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // --- the session's loop ---
  /// From the launch to the end. Returns when browser, connection and children are gone and the log is
  /// closed.
  base::Task<> run();
  /// Asks run() to end; `state` is how the session will have ended (ended, timed_out, failed).
  void stop(SessionState state, std::string error = {}) noexcept;
  /// Completes when the session has left `starting`: nothing when it is ready, else the reason why it failed.
  base::Task<base::Result<void>> started();
  /// Completes when run() has returned.
  base::Task<> finished();
  [[nodiscard]] SessionInfoPtr info() const;
  /// Applies an update as a whole; the connection, the log and its seq go on. Completes with what the session
  /// is then when the change is in force in the browser, as far as its targets answer in time
  /// (kFlushTimeout). Errors: not_found when it has ended or is about to, invalid_argument (see
  /// telemetry::resolve_update); nothing has changed then.
  base::Task<base::Result<SessionInfoPtr>> update(SessionUpdate update);
  /// Publishes what somebody beside the collector has observed, stamped with the current time. Nothing when
  /// its category is not captured, or the log has ended.
  std::optional<telemetry::Envelope> publish_now(telemetry::Event event);
  /// A client has connected to the browser through telltale: dialogs are its own until it is gone.
  void cdp_client_connected();
  void cdp_client_gone(telemetry::CdpDisconnect report);
  /// A client has asked the browser to end (Browser.close): when it does, that is what was wanted.
  void browser_close_asked() noexcept;
  /// Completes when the session is about to end: what uses its browser lets go of it.
  base::Task<> ending();
  /// Drives its pages. Whoever uses it holds the session.
  [[nodiscard]] page::Driver& driver() noexcept { return driver_; }
  /// What its pages may be given. Gone when the session has ended.
  [[nodiscard]] FileStore& files() noexcept { return files_; }
  /// The tab that would be driven now. Other than the driver it never opens one: for those who only look.
  /// Errors: those of page::Driver, not_found when there is none.
  base::Task<base::Result<page::Tab>> current_tab();
  /// Masks secrets as in URLs of the log, and also where its redaction is `none`: that is for those who read the
  /// log of this session, not for those who watch all sessions.
  void mask_url(std::string& url) const { redactor_.apply_to_url(url); }
  void mask_text(std::string& text) const { redactor_.apply_to_text(text); }
  /// What the launched browser has written to its stderr after the first `position` bytes. Nothing when there is
  /// no such browser any more, or was none.
  [[nodiscard]] std::optional<browser::OutputPart> browser_output(std::uint64_t position) const;
  /// Counts an observation or an action. Errors: limit, when max_steps are used up.
  base::Result<void> take_step();
  /// Calls it at the very end, when nothing but the end of the log is left: the last moment to publish.
  void before_log_ends(std::function<void(Session&)> call);

  // --- any thread ---
  [[nodiscard]] const base::SessionId& id() const noexcept { return id_; }
  [[nodiscard]] base::Loop& loop() const noexcept { return loop_; }
  [[nodiscard]] const std::shared_ptr<stream::Log>& log() const noexcept { return log_; }
  /// A control call named this session: the idle timeout starts again.
  void touch() noexcept;

 private:
  friend class Activity;
  // The browser: launched or found, and held on to.
  base::Task<> keep_connected();
  base::Task<base::Result<std::string>> find_endpoint();
  base::Task<std::optional<std::string>> browser_exit();
  void watch_oom();
  base::Task<> report_crash(bool was_ready);
  // One connection, from handshake to loss. Returns whether the session was ready on it; `error` says why it
  // ended.
  base::Task<bool> serve_connection(std::optional<std::chrono::steady_clock::time_point> lost_at,
                                    base::Error& error);
  base::Task<> make_ready(Connected& connected, std::optional<std::chrono::steady_clock::time_point> lost_at);
  base::Task<base::Result<void>> open_start_page(Connected& connected);

  base::Task<> close_at_end(Connected& connected);

  [[nodiscard]] bool closed_by_client() const noexcept;
  [[nodiscard]] collector::DialogPolicy dialog_policy() const noexcept;
  base::Task<> watch_time();
  base::Task<> until_answered();
  // The only way into the log; leaves `event` as it was published. Returns seq 0 when it was not let through.
  base::Seq publish(telemetry::Event& event);
  template <class Data>
  void publish_monitor(Data data);
  void set_state(SessionState state);
  void tell_state() const;
  void notify_change();

  const Environment& environment_;
  base::Loop& loop_;
  base::SessionId id_;
  SessionSpec spec_;
  telemetry::Redactor redactor_;
  telemetry::CategorySet published_;  ///< spec_.categories plus monitor where it follows
  std::shared_ptr<stream::Log> log_;
  SessionState state_ = SessionState::starting;
  std::optional<SessionState> ending_;
  std::string error_;
  base::Errc start_failure_ = base::Errc::unavailable;  ///< of started(), when there is an error_
  base::Time created_at_;
  std::optional<base::Time> connected_since_;
  std::optional<base::Time> ended_at_;
  std::string endpoint_;
  std::unique_ptr<browser::BrowserProcess> process_;
  std::unique_ptr<browser::OomWatch::Subscription> oom_subscription_;
  base::WaitList changed_;  ///< woken at every change of state
  base::TaskScope scope_;
  Connected* connected_ = nullptr;                              ///< of serve_connection(), while there is one
  PageLink page_link_;
  page::Driver driver_;
  FileStore files_;
  std::int64_t steps_ = 0;
  std::vector<std::function<void(Session&)>> before_log_ends_;  ///< as many as callers that delete at once
  std::string cdp_token_;
  int cdp_clients_ = 0;
  std::optional<std::chrono::steady_clock::time_point> close_asked_;  ///< by a client, of the browser
  bool start_page_opened_ = false;
  bool finished_ = false;
  std::atomic<std::int64_t> last_activity_ns_;  ///< monotonic
  std::atomic<std::int64_t> last_access_us_;    ///< Unix time
  std::atomic<int> open_streams_{0};
};

/// Keeps its session from idling out while it exists: one per open stream. Any thread.
class Activity {
 public:
  explicit Activity(std::shared_ptr<Session> session) : session_(std::move(session)) {
    ++session_->open_streams_;
  }
  ~Activity() {
    session_->touch();
    --session_->open_streams_;
  }
  Activity(const Activity&) = delete;
  Activity& operator=(const Activity&) = delete;

 private:
  std::shared_ptr<Session> session_;
};

}  // namespace telltale::session

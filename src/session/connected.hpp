#pragma once

// What a session has only while its browser is connected: the CDP connection and the collector, fed by each
// other.

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/loop.hpp"
#include "base/wait_list.hpp"
#include "cdp/connection.hpp"
#include "collector/collector.hpp"
#include "session/page_notes.hpp"

namespace telltale::session {

/// Lives on the session's loop, inside one call of its serve_connection(). Events leave through `publish`, in
/// order.
class Connected {
 public:
  /// `session`: as lines about the connection name it.
  Connected(std::unique_ptr<net::MessageTransport> transport, collector::Options options, base::Loop& loop,
            const base::Clock& clock, base::SessionId session, std::function<void(telemetry::Event)> publish);
  Connected(const Connected&) = delete;
  Connected& operator=(const Connected&) = delete;

  /// Sends the first commands. Call it before anything else; run() carries them.
  void start();
  /// Reads until the connection ends; returns why.
  base::Task<base::Error> run() { return connection_.run(); }
  /// Calls the collector when it asked to be called; ends when cancelled.
  base::Task<> keep_time();
  void close() noexcept { connection_.close(); }

  /// See cdp::Connection::call. Whoever awaits it need not end before this object does.
  base::Task<base::Result<std::string>> call(cdp::Command command, std::chrono::nanoseconds deadline) {
    return connection_.call(std::move(command), deadline);
  }
  /// See collector::Collector.
  [[nodiscard]] PageNotes& notes() noexcept { return notes_; }
  [[nodiscard]] std::vector<collector::FrameTarget> frame_targets() { return collector_.frame_targets(); }

  /// Captures these categories from now on.
  void configure(telemetry::CategorySet categories);
  /// Gives every page this size from now on.
  void resize(collector::Viewport viewport);
  /// Treats dialogs so from now on, also those that are open.
  void set_dialog_policy(collector::DialogPolicy policy);

  /// Completes when the browser has accepted the auto-attach: everything it opens from now on is seen.
  /// Errors: those of cdp::Connection::call, stopped.
  base::Task<base::Result<void>> attached();
  [[nodiscard]] bool is_attached() const noexcept { return attach_result_ && attach_result_->has_value(); }
  /// Opens about:blank and completes when the page may be navigated without losing events (attach recipe,
  /// step 5).
  base::Task<base::Result<base::CdpSessionId>> create_page();
  /// Completes when everything that happened before this call has arrived, as far as the targets answer in
  /// time (kFlushTimeout): a target's answers follow its events. Dialogs and busy scripts keep a target from
  /// answering.
  base::Task<> flush();
  /// Calls `done` when every target has answered all that was sent to it so far, or kFlushTimeout has passed.
  void when_answered(std::function<void()> done);
  /// Publishes what is known only at the end of the session; after flush().
  void finish();
  /// Navigates without waiting; a failure is logged, and visible in the stream as a failed request.
  void navigate(const base::CdpSessionId& page, const std::string& url);

 private:
  void deliver();
  /// Until somebody answers its dialog, a page answers nothing: whoever waits is told.
  void interrupt_for_dialog(const base::CdpSessionId& page);

  const base::Clock& clock_;
  std::function<void(telemetry::Event)> publish_;
  collector::Collector collector_;
  collector::Output output_;
  PageNotes notes_;
  cdp::Connection connection_;
  base::WaitList changed_;
  base::asio::steady_timer timer_;
  std::optional<std::chrono::steady_clock::time_point> armed_;
  std::optional<base::Result<void>> attach_result_;
};

}  // namespace telltale::session

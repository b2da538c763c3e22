#pragma once

// What a session was asked to be (SessionSpec) and what it is (SessionInfo).

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/describe.hpp"
#include "base/strong.hpp"
#include "collector/page_settings.hpp"
#include "telemetry/config.hpp"
#include "telemetry/redaction.hpp"

namespace telltale::session {

/// A session to create. The api has validated it; the session trusts it.
struct SessionSpec {
  std::string name;  ///< empty: none
  base::Object<std::string> tags;
  bool headless = true;
  std::optional<collector::Viewport> viewport;
  std::optional<std::chrono::seconds> idle_timeout;  ///< absent: never
  std::optional<std::chrono::seconds> max_duration;  ///< from creation to end, used or not; absent: no limit
  std::optional<std::int64_t> max_steps;             ///< observations and actions together; absent: no limit
  std::string user_agent;                            ///< of the launched browser; empty: its own
  std::string start_url;              ///< opened in a new page once the collector is attached; empty: none
  telemetry::CategorySet categories;  ///< user-settable ones; `monitor` follows by itself
  std::optional<telemetry::Redaction> redaction;  ///< absent: what the operator decided
  /// Time between two pictures of the page, besides those of notable moments; absent: only those.
  std::optional<std::chrono::seconds> screenshot_interval;
  std::string attach_url;  ///< http://HOST:PORT or ws://...: a browser that runs; empty: launch one
};

/// What is to change of a session; absent: stays as it is. The api has validated it.
struct SessionUpdate {
  std::optional<std::string> name;                ///< empty: none any more
  std::optional<base::Object<std::string>> tags;  ///< instead of all that there are
  std::optional<collector::Viewport> viewport;    ///< of every page, new ones too
  /// Not yet resolved, because what it means depends on what is captured when it is applied.
  std::optional<telemetry::BrowserTelemetryRequest> telemetry;
  std::optional<telemetry::Redaction> redaction;  ///< of the events from the next one on
};

/// Where a session is in its life. It only moves down this list, except between ready and reconnecting.
enum class SessionState {
  starting,      ///< the browser is being launched or looked for
  ready,         ///< the collector is attached
  reconnecting,  ///< the connection to the browser is lost and being restored
  ended,         ///< ended by the user or by the shutdown of the server
  timed_out,     ///< ended because nobody used it for its idle timeout
  failed,        ///< the browser could not be started or went away for good; `error` says why
};

constexpr auto describe_enum(SessionState) {
  using base::EnumName;
  return std::array{
      EnumName{SessionState::starting, "starting"},         EnumName{SessionState::ready, "ready"},
      EnumName{SessionState::reconnecting, "reconnecting"}, EnumName{SessionState::ended, "ended"},
      EnumName{SessionState::timed_out, "timed_out"},       EnumName{SessionState::failed, "failed"}};
}

[[nodiscard]] constexpr bool is_over(SessionState state) noexcept { return state >= SessionState::ended; }

/// A snapshot of a session; immutable, so it may cross loops.
struct SessionInfo {
  base::SessionId id;
  SessionSpec spec;
  SessionState state = SessionState::starting;
  std::string error;  ///< of a failed session
  base::Time created_at;
  base::Time last_access_at;  ///< of the last call that named it, or the end of the last stream
  std::int64_t steps = 0;     ///< observations and actions so far
  std::optional<base::Time> connected_since;  ///< since when it is ready; absent when it is not
  std::optional<base::Time> ended_at;
  std::string
      cdp_endpoint;  ///< the browser's own debugger URL, never handed out; empty while it is not connected
  std::string cdp_token;             ///< admits to this session's CDP proxy
  std::optional<pid_t> browser_pid;  ///< of a launched browser
};
using SessionInfoPtr = std::shared_ptr<const SessionInfo>;

}  // namespace telltale::session

#pragma once

// The set of sessions: creation, names, limits, retention of ended ones, shutdown.

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "session/session.hpp"

namespace telltale::session {

/// A session as the api sees it: a snapshot, and the session for streams and activity.
struct Found {
  SessionInfoPtr info;
  std::shared_ptr<Session> session;
};

/// Lives on loop 0. The public coroutines may be awaited on any loop: they hop here and to the session's loop
/// and back.
class Registry {
 public:
  Registry(const Environment& environment, std::size_t max_sessions);
  ~Registry();

  /// Creates a session and completes when its collector is attached (state ready). Errors: conflict (name in
  /// use among live sessions), limit (max_sessions live ones), and whatever starting the browser failed with.
  /// An attached session whose browser is not there yet fails, unless `keep_trying`: then it is returned
  /// while it still reconnects. Cancelled, it ends the session and completes with stopped.
  base::Task<base::Result<Found>> create(SessionSpec spec, bool keep_trying = false);
  /// By id, or by the name of a live session. Ended ones are found by id while they are retained
  /// (kEndedSessions, kEndedSessionAge). Errors: not_found.
  base::Task<base::Result<Found>> find(std::string id_or_name);
  /// Changes a live session and completes when the change is in force (see Session::update). Errors:
  /// not_found (also when it has ended), conflict (the name belongs to another live session), and those of
  /// Session::update.
  base::Task<base::Result<Found>> update(std::string id_or_name, SessionUpdate update);
  /// All live and retained sessions, oldest first.
  base::Task<std::vector<Found>> list();
  /// Ends a live session and completes when its browser is gone. Errors: not_found (also when it has ended
  /// already). `before_log_ends`: see Session; may be empty.
  base::Task<base::Result<void>> remove(std::string id_or_name,
                                        std::function<void(Session&)> before_log_ends = {});
  /// Ends every session and completes when the last one has; new ones are refused. On loop 0.
  base::Task<> shutdown();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telltale::session

#pragma once

// One call of the API from its arrival to its answer, for the event api_call of the session that it named.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "telemetry/events/control.hpp"

namespace telltale::session {
class Session;
}

namespace telltale::api {

class NewSession;

/// Owner: the server, while the handler runs; on the loop of the connection. Copies may outlive it.
class CallRecord {
 public:
  CallRecord();

  /// A UUID; the answer carries it as X-Request-Id.
  [[nodiscard]] const std::string& request_id() const noexcept { return request_id_; }
  [[nodiscard]] double elapsed_ms() const;

  /// The route that was matched. Without an operation id, nothing is published.
  void set_operation(std::string_view operation_id) { operation_id_ = operation_id; }
  /// The handler says which session the call is about, as soon as it knows.
  void set_session(std::shared_ptr<session::Session> session) { session_ = std::move(session); }
  [[nodiscard]] const std::shared_ptr<session::Session>& session() const noexcept { return session_; }

  /// The handler has made a session for the client: it ends unless the client gets the answer.
  void set_created(std::shared_ptr<session::Session> session);
  /// What to call when the client has got the answer; empty when nothing was created. Once.
  [[nodiscard]] std::function<void()> take_delivered();

  /// Publishes that the call is answered now, in the session's log and to the log hub. Returns at once; nothing
  /// when no session was named.
  void publish(unsigned status) const;
  /// The same, on the loop of the session and before this returns.
  void publish_to(session::Session& session, unsigned status) const;

 private:
  [[nodiscard]] telemetry::ApiCall answered(unsigned status) const;

  std::chrono::steady_clock::time_point started_;
  std::string request_id_;
  std::string operation_id_;
  std::shared_ptr<session::Session> session_;
  std::shared_ptr<NewSession> created_;
};

}  // namespace telltale::api

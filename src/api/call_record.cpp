#include "api/call_record.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>

#include "base/log_hub.hpp"
#include "base/logging.hpp"
#include "base/random.hpp"
#include "session/session.hpp"
#include "telemetry/envelope.hpp"

namespace telltale::api {
namespace {

// Watchers see the outcome whether or not the session captures such events.
void tell_hub(const session::Session& session, const telemetry::ApiCall& call) {
  if (!base::log_hub().has_consumers()) return;
  base::log_hub().write({.scope = "control",
                         .session_id = session.id().value,
                         .message = fmt::format("{} status={} duration_ms={:.3f} id={}", call.operation_id,
                                                call.status, call.duration_ms, call.request_id)});
}

}  // namespace

/// A session whose creator has not been told of it yet. Nobody else knows its id, so it ends with this object unless
/// keep() was called.
class NewSession {
 public:
  explicit NewSession(std::shared_ptr<session::Session> session) : session_(std::move(session)) {}
  NewSession(const NewSession&) = delete;
  NewSession& operator=(const NewSession&) = delete;
  ~NewSession() {
    if (!session_) return;
    spdlog::info("session id={} ends: whoever asked for it has gone", session_->id().value);
    base::asio::post(session_->loop().executor(),
                     [session = session_] { session->stop(session::SessionState::ended); });
  }
  void keep() noexcept { session_.reset(); }

 private:
  std::shared_ptr<session::Session> session_;
};

using std::chrono::steady_clock;

CallRecord::CallRecord() : started_(steady_clock::now()), request_id_(base::uuid_v4()) {}

double CallRecord::elapsed_ms() const {
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::floor<std::chrono::microseconds>(steady_clock::now() - started_);
  return elapsed.count();
}

void CallRecord::set_created(std::shared_ptr<session::Session> session) {
  created_ = std::make_shared<NewSession>(session);
  set_session(std::move(session));
}

std::function<void()> CallRecord::take_delivered() {
  if (!created_) return {};
  return [created = std::exchange(created_, nullptr)] { created->keep(); };
}

telemetry::ApiCall CallRecord::answered(unsigned status) const {
  return {.operation_id = operation_id_,
          .request_id = request_id_,
          .status = status,
          .duration_ms = elapsed_ms()};
}

void CallRecord::publish(unsigned status) const {
  if (!session_ || operation_id_.empty()) return;
  auto call = answered(status);
  tell_hub(*session_, call);
  // Not awaited: neither waits the client's answer for the session's loop, nor does the event depend on a
  // client that is still there.
  base::asio::post(session_->loop().executor(), [session = session_, data = std::move(call)]() mutable {
    session->publish_now({.source = telemetry::source_of(telemetry::ApiCall::kEvent), .data = std::move(data)});
  });
}

void CallRecord::publish_to(session::Session& session, unsigned status) const {
  auto call = answered(status);
  tell_hub(session, call);
  session.publish_now({.source = telemetry::source_of(telemetry::ApiCall::kEvent), .data = std::move(call)});
}

}  // namespace telltale::api

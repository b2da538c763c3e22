#include "api/call_record.hpp"

#include <boost/asio/post.hpp>

#include "base/random.hpp"
#include "session/session.hpp"

namespace telltale::api {

using std::chrono::steady_clock;

CallRecord::CallRecord() : started_(steady_clock::now()), request_id_(base::uuid_v4()) {}

double CallRecord::elapsed_ms() const {
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::floor<std::chrono::microseconds>(steady_clock::now() - started_);
  return elapsed.count();
}

telemetry::ApiCall CallRecord::answered(unsigned status) const {
  return {.operation_id = operation_id_,
          .request_id = request_id_,
          .status = status,
          .duration_ms = elapsed_ms()};
}

void CallRecord::publish(unsigned status) const {
  if (!session_ || operation_id_.empty()) return;
  // Not awaited: neither waits the client's answer for the session's loop, nor does the event depend on a
  // client that is still there.
  base::asio::post(session_->loop().executor(), [session = session_, data = answered(status)]() mutable {
    session->publish_now(telemetry::source_of(telemetry::ApiCall::kEvent), std::move(data));
  });
}

void CallRecord::publish_to(session::Session& session, unsigned status) const {
  session.publish_now(telemetry::source_of(telemetry::ApiCall::kEvent), answered(status));
}

}  // namespace telltale::api

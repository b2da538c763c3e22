#include "cdp/connection.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

#include "base/logging.hpp"
#include "cdp/limits.hpp"
#include "net/limits.hpp"

namespace telltale::cdp {
namespace {

// Deadlines are checked this often: a command may be reported up to this much late, which nobody minds at 30
// s.
constexpr auto kExpiryTick = std::chrono::milliseconds(100);

}  // namespace

Connection::Connection(std::unique_ptr<net::MessageTransport> transport, OnNotification on_notification,
                       std::optional<WireLog> wire_log)
    : transport_(std::move(transport)),
      on_notification_(std::move(on_notification)),
      wire_log_(std::move(wire_log)) {}

Connection::~Connection() = default;

base::Task<base::Error> Connection::run() {
  base::TaskScope scope(co_await base::asio::this_coro::executor);
  scope.spawn(expire_calls());
  base::Error reason = co_await transport_->run(*this);
  ended_ = true;
  scope.stop();
  co_await scope.join();
  fail_all(reason);
  co_return reason;
}

void Connection::post(Command command, OnReply on_reply, std::chrono::nanoseconds deadline) {
  send(std::move(command), std::move(on_reply), deadline, /*awaited=*/false);
}

void Connection::send(Command command, OnReply on_reply, std::chrono::nanoseconds deadline, bool awaited) {
  const auto refuse = [&](base::Error error) { on_reply(std::unexpected(error.in(command.method))); };
  if (ended_) return refuse({base::Errc::closed, "the connection to the browser has ended"});
  if (pending_.size() >= limits::kCdpPendingCalls) {
    return refuse({base::Errc::limit, "too many commands wait for an answer of the browser"});
  }
  const std::uint64_t id = ++last_id_;
  std::string text = "{\"id\":" + std::to_string(id) + ",\"method\":\"";
  text += command.method;
  text += "\",\"params\":";
  text += command.params;
  if (!command.session.empty()) {
    text += ",\"sessionId\":";
    base::append_json_string(text, command.session.value);
  }
  text += '}';
  const auto bytes = text.size();
  if (auto sent = transport_->send(std::move(text)); !sent) return refuse(std::move(sent.error()));
  if (wire_log_) wire_log_->sent(command.method, id, bytes);
  pending_.emplace(id, Pending{command.method, std::move(command.session),
                               std::chrono::steady_clock::now() + deadline, std::move(on_reply), awaited});
}

base::Task<base::Result<std::string>> Connection::call(Command command, std::chrono::nanoseconds deadline) {
  using Signature = void(base::Result<std::string>);
  // The reply may come after a cancelled caller is gone, so both share the handler; whoever is first takes
  // it.
  using Handler = base::asio::any_completion_handler<Signature>;
  co_return co_await base::asio::async_initiate<const base::asio::use_awaitable_t<>, Signature>(
      [this, &command, deadline](auto completion) {
        auto executor = base::asio::get_associated_executor(completion);
        auto handler = std::make_shared<Handler>(std::move(completion));
        auto complete = [handler, executor](base::Result<std::string> result) {
          if (!*handler) return;
          base::asio::post(executor, [taken = std::move(*handler), result = std::move(result)]() mutable {
            std::move(taken)(std::move(result));
          });
        };
        // The slot of the type-erased handler: it has taken the one of `completion` for itself.
        if (auto slot = base::asio::get_associated_cancellation_slot(*handler); slot.is_connected()) {
          slot.assign([complete, method = command.method](base::asio::cancellation_type) {
            complete(base::fail(base::Errc::stopped, std::string(method) + " was cancelled"));
          });
        }
        send(std::move(command), complete, deadline, /*awaited=*/true);
      },
      base::asio::use_awaitable);
}

void Connection::on_message(std::string_view message) {
  ++stats_.messages;
  stats_.bytes += message.size();
  if (wire_log_) wire_log_->received(message, message.size());
  auto frame = decoder_.decode(message);
  if (!frame) return report_bad_frame(frame.error());
  if (auto* notification = std::get_if<Notification>(&*frame)) {
    on_notification_(*notification);
    end_calls(*notification);  // after it: whoever waits then finds the target gone
  } else if (auto* reply = std::get_if<Reply>(&*frame)) {
    finish(reply->id, std::move(reply->result));
  }
}

void Connection::on_oversized_message(std::string_view prefix, std::size_t size) {
  ++stats_.oversized;
  if (wire_log_) wire_log_->received(prefix, size);
  spdlog::warn("discarded a message of the browser that is too large bytes={} limit={}", size,
               net::limits::kWebSocketMessageBytes);
  if (const auto id = id_of_prefix(prefix)) {
    finish(*id,
           base::fail(base::Errc::limit, "the answer has " + std::to_string(size) + " bytes, the limit is " +
                                             std::to_string(net::limits::kWebSocketMessageBytes)));
  }
}

void Connection::finish(std::uint64_t id, base::Result<std::string> result) {
  auto node = pending_.extract(id);
  if (node.empty()) {
    ++stats_.late_replies;
    return;
  }
  if (!result) result = std::unexpected(result.error().in(node.mapped().method));
  node.mapped().on_reply(std::move(result));
}

void Connection::fail_all(const base::Error& error) {
  for (auto& [id, call] : std::exchange(pending_, {})) call.on_reply(std::unexpected(error.in(call.method)));
}

void Connection::end_calls(const Notification& notification) {
  if (const auto* attached = std::get_if<target::AttachedToTarget>(&notification.event)) {
    if (!notification.session.empty()) parents_.emplace(attached->session_id, notification.session);
  } else if (const auto* detached = std::get_if<target::DetachedFromTarget>(&notification.event)) {
    fail_session(detached->session_id, {base::Errc::closed, "its target has gone"}, /*awaited_only=*/false);
    std::vector<base::CdpSessionId> ended;
    for (const auto& [inner, parent] : parents_) {
      if (belongs(inner, detached->session_id)) ended.push_back(inner);
    }
    for (const auto& inner : ended) parents_.erase(inner);
  } else if (std::holds_alternative<page::TargetCrashed>(notification.event)) {
    fail_session(notification.session, {base::Errc::closed, "its target has crashed"}, /*awaited_only=*/false);
  }
}

void Connection::fail_session(const base::CdpSessionId& session, const base::Error& error, bool awaited_only) {
  std::vector<std::uint64_t> ended;
  for (const auto& [id, call] : pending_) {
    if ((call.awaited || !awaited_only) && belongs(call.session, session)) ended.push_back(id);
  }
  for (const auto id : ended) finish(id, std::unexpected(error));
}

// Nested sessions end with the one around them, and Chromium need not say so.
bool Connection::belongs(const base::CdpSessionId& inner, const base::CdpSessionId& outer) const {
  const base::CdpSessionId* at = &inner;
  for (std::size_t depth = 0; *at != outer && depth <= parents_.size(); ++depth) {
    const auto parent = parents_.find(*at);
    if (parent == parents_.end()) return false;
    at = &parent->second;
  }
  return *at == outer;
}

base::Task<> Connection::expire_calls() {
  for (;;) {
    const bool slept = co_await base::sleep_for(kExpiryTick);
    if (!slept) co_return;
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::uint64_t> expired;
    for (const auto& [id, call] : pending_) {
      if (call.deadline <= now) expired.push_back(id);
    }
    for (const auto id : expired) {
      finish(id, base::fail(base::Errc::timeout, "the browser did not answer in time"));
    }
  }
}

void Connection::report_bad_frame(const base::Error& error) {
  ++stats_.undecodable;
  static thread_local base::LogLimiter limiter;
  if (std::size_t suppressed = 0; limiter.allow(suppressed)) {
    spdlog::warn("skipped a frame of the browser: {} suppressed={}", error.message, suppressed);
  }
}

}  // namespace telltale::cdp

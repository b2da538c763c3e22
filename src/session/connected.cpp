#include "session/connected.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/logging.hpp"
#include "cdp/decode.hpp"
#include "page/link.hpp"
#include "session/limits.hpp"

namespace telltale::session {
namespace {

using std::chrono::steady_clock;

}  // namespace

Connected::Connected(std::unique_ptr<net::MessageTransport> transport, collector::Options options,
                     base::Loop& loop, const base::Clock& clock, base::SessionId session,
                     std::function<void(telemetry::Event)> publish)
    : clock_(clock),
      publish_(std::move(publish)),
      collector_(std::move(options)),
      connection_(
          std::move(transport),
          [this](const cdp::Notification& notification) {
            notes_.on(notification);
            collector_.on(notification, clock_.now(), output_);
            deliver();
            if (std::holds_alternative<cdp::page::JavascriptDialogOpening>(notification.event)) {
              interrupt_for_dialog(notification.session);
            }
          },
          cdp::WireLog(std::move(session))),
      changed_(loop),
      timer_(loop.context()) {}

void Connected::start() {
  collector_.start(output_);
  deliver();
}

void Connected::configure(telemetry::CategorySet categories) {
  collector_.configure(categories, output_);
  deliver();
}

void Connected::resize(collector::Viewport viewport) {
  collector_.resize(viewport, output_);
  deliver();
}

void Connected::set_dialog_policy(collector::DialogPolicy policy) {
  collector_.set_dialog_policy(policy, clock_.now(), output_);
  deliver();
}

void Connected::deliver() {
  for (auto& event : output_.events) publish_(std::move(event));
  output_.events.clear();
  // post() may answer at once (connection ended), and that answer may ask for more: work on a copy.
  for (auto& request : std::exchange(output_.commands, {})) {
    connection_.post(std::move(request.command),
                     [this, tag = std::move(request.tag)](base::Result<std::string> result) {
                       collector_.on_reply(tag, result, clock_.now(), output_);
                       using Kind = collector::ReplyTag::Kind;
                       if (tag.kind == Kind::root_attach) {
                         attach_result_ = result ? base::Result<void>{} : std::unexpected(result.error());
                       }
                       deliver();
                       if (tag.kind != Kind::ignored) changed_.notify_all();
                     });
  }
  armed_ = collector_.next_deadline();
  // Deadlines mostly move away, with every event; then the timer rings too early once and is set anew.
  if (armed_ && *armed_ < timer_.expiry()) timer_.expires_at(*armed_);  // wakes keep_time()
}

void Connected::interrupt_for_dialog(const base::CdpSessionId& page) {
  for (const auto& target : collector_.frame_targets()) {
    // One that telltale answers itself is over in a moment.
    if (target.session != page || !target.dialog) continue;
    connection_.interrupt(page, {base::Errc::unavailable, page::waits_for_dialog(*target.dialog)});
    return;
  }
}

base::Task<> Connected::keep_time() {
  for (;;) {
    timer_.expires_at(armed_.value_or(steady_clock::time_point::max()));
    co_await timer_.async_wait(base::asio::as_tuple(base::asio::use_awaitable));
    const auto cancellation = co_await base::asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != base::asio::cancellation_type::none) co_return;
    if (!armed_ || steady_clock::now() < *armed_) continue;  // moved, not due
    collector_.tick(clock_.now(), output_);
    deliver();
    changed_.notify_all();  // a hold may have ended
  }
}

base::Task<base::Result<void>> Connected::attached() {
  while (!attach_result_) {
    const auto wake = co_await changed_.wait(steady_clock::time_point::max());
    if (wake == base::Wake::cancelled) {
      co_return base::fail(base::Errc::stopped, "the connection ended before the collector was attached");
    }
  }
  co_return *attach_result_;
}

base::Task<base::Result<base::CdpSessionId>> Connected::create_page() {
  const auto deadline = steady_clock::now() + limits::kPageStartTimeout;
  auto create = cdp::command({}, cdp::target::CreateTarget{});
  auto reply = co_await connection_.call(std::move(create), limits::kPageStartTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  auto created = cdp::decode_result<cdp::target::CreateTargetResult>(*reply);
  if (!created) co_return std::unexpected(created.error());
  for (;;) {
    if (auto session = collector_.drivable_session(created->target_id)) co_return *session;
    const auto wake = co_await changed_.wait(deadline);
    switch (wake) {
      case base::Wake::notified:
        break;
      case base::Wake::timeout:
        co_return base::fail(base::Errc::timeout, "the new page did not answer in time");
      case base::Wake::cancelled:
        co_return base::fail(base::Errc::stopped, "opening a page was cancelled");
    }
  }
}

void Connected::when_answered(std::function<void()> done) {
  const auto sessions = collector_.sessions();
  if (sessions.empty()) return done();
  const auto unanswered = std::make_shared<std::size_t>(sessions.size());
  for (const auto& session : sessions) {
    // Any command that is on already will do: it changes nothing and passes through the target's main thread.
    connection_.post(
        cdp::command(session, cdp::page::LogEnable{}),
        [unanswered, done](const base::Result<std::string>&) {
          if (--*unanswered == 0) done();
        },
        limits::kFlushTimeout);
  }
}

base::Task<> Connected::flush() {
  const auto deadline = steady_clock::now() + limits::kFlushTimeout;
  // Shared: answers may come after this coroutine has ended.
  const auto answered = std::make_shared<bool>(false);
  when_answered([this, answered] {
    *answered = true;
    changed_.notify_all();
  });
  auto wake = base::Wake::notified;
  while (!*answered && wake == base::Wake::notified) wake = co_await changed_.wait(deadline);
}

void Connected::finish() {
  collector_.finish(clock_.now(), output_);
  deliver();
}

void Connected::navigate(const base::CdpSessionId& page, const std::string& url) {
  connection_.post(cdp::command(page, cdp::page::Navigate{url}), [](base::Result<std::string> result) {
    if (!result) return spdlog::warn("cannot open the start page: {}", result.error().message);
    const auto navigated = cdp::decode_result<cdp::page::NavigateResult>(*result);
    if (navigated && navigated->error_text)
      spdlog::warn("cannot open the start page: {}", *navigated->error_text);
  });
}

}  // namespace telltale::session

#include "cli/event_follower.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <utility>

#include "base/loop.hpp"

namespace telltale::cli {
namespace {

using base::Errc;
using base::Result;
using base::Seq;
using base::Task;

/// Whether the same request can succeed later: not, when the server has understood and refused it.
bool may_recover(Errc code) {
  return code == Errc::closed || code == Errc::timeout || code == Errc::refused || code == Errc::unavailable;
}

std::optional<Seq> parse_seq(std::string_view text) {
  Seq seq;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seq.value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return seq;
}

}  // namespace

EventFollower::EventFollower(Client client, StreamRequest request, FollowerEvents events)
    : client_(std::move(client)),
      request_(std::move(request)),
      events_(std::move(events)),
      last_(request_.after),
      cancel_(std::make_shared<base::asio::cancellation_signal>()) {
  if (request_.replay_all) last_ = Seq{0};
}

Task<Result<void>> EventFollower::run() {
  const auto executor = co_await base::asio::this_coro::executor;
  auto token = base::asio::bind_cancellation_slot(cancel_->slot(), base::asio::use_awaitable);
  co_return co_await base::asio::co_spawn(executor, base::as_root(follow()), std::move(token));
}

void EventFollower::stop() noexcept {
  if (std::exchange(stopping_, true)) return;
  // Not from inside a callback: cancellation reaches only a coroutine that is suspended.
  base::asio::post(base::Loop::current()->executor(),
                   [cancel = cancel_] { cancel->emit(base::asio::cancellation_type::terminal); });
}

Task<Result<void>> EventFollower::follow() {
  bool ever_heard = false;
  auto delay = kFirstDelay;
  for (int failures = 0;;) {
    const auto outcome = co_await read_once();
    if (outcome || stopping_) co_return Result<void>{};
    ever_heard = ever_heard || heard_;
    if (heard_) {
      failures = 0;
      delay = kFirstDelay;
    }
    if (!ever_heard || !may_recover(outcome.error().code) || ++failures > kTries) {
      co_return std::unexpected(outcome.error());
    }
    events_.on_retry(outcome.error(), delay);
    co_await base::sleep_for(delay);
    if (stopping_) co_return Result<void>{};
    delay *= 2;
  }
}

Task<Result<void>> EventFollower::read_once() {
  heard_ = false;
  SseParser parser([this](const SseEvent& event) { take(event); });
  std::optional<base::Error> malformed;
  std::function<void(std::string_view)> on_data = [&](std::string_view bytes) {
    if (stopping_) return;
    heard_ = true;
    if (auto fed = parser.feed(bytes); !fed) {
      malformed = std::move(fed.error());
      stop();
    }
  };
  StreamRequest request = request_;
  auto outcome = co_await client_.stream(std::move(request), std::move(on_data));
  if (malformed) {
    stopping_ = false;  // an error, not the caller's wish
    co_return std::unexpected(std::move(*malformed));
  }
  // Also behind blocks without data: on a filtered stream they say how far the server has looked.
  if (const auto seq = parse_seq(parser.last_event_id())) request_.after = seq;
  co_return outcome;
}

void EventFollower::take(const SseEvent& event) {
  if (stopping_) return;  // the rest of a piece in which the caller found what it was waiting for
  const auto seq = parse_seq(event.last_event_id);
  if (seq && last_ && !request_.filtered() && *seq > last_->next()) {
    events_.on_gap(last_->next(), Seq{seq->value - 1});
  }
  if (seq) last_ = seq;
  events_.on_event(event.data);
}

}  // namespace telltale::cli

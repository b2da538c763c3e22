#include "net/socket_deadline.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace telltale::net {
namespace {

// A cancel() that falls between two steps of a composed operation is lost, so it is repeated this often.
constexpr auto kRepeat = std::chrono::milliseconds(50);

}  // namespace

void SocketDeadline::expires_at(Clock::time_point when) {
  due_ = when;
  expired_ = false;
  // A timer that fires too early just looks again; only one that would fire too late is disturbed.
  if (when < armed_for_) timer_.cancel();
}

base::Task<> SocketDeadline::watch() {
  namespace asio = base::asio;
  for (;;) {
    const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
    if (cancelled != asio::cancellation_type::none) co_return;
    const auto now = Clock::now();
    if (due_ <= now) {
      expired_ = true;
      boost::system::error_code ignored;  // fails only on a closed socket
      socket_.cancel(ignored);
      armed_for_ = now + kRepeat;
    } else {
      armed_for_ = due_;
    }
    timer_.expires_at(armed_for_);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

}  // namespace telltale::net

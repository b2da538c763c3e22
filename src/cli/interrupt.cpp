#include "cli/interrupt.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <utility>

namespace telltale::cli {

Interrupt::Interrupt(base::asio::any_io_executor executor) : signals_(std::move(executor), SIGINT, SIGTERM) {}

base::Task<bool> Interrupt::wait() {
  const auto [error, number] = co_await signals_.async_wait(base::asio::as_tuple(base::asio::use_awaitable));
  if (error) co_return false;
  boost::system::error_code ignored;  // what cannot be restored stays caught: the stop goes on all the same
  signals_.clear(ignored);
  co_return true;
}

}  // namespace telltale::cli

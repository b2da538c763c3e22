#include "net/tcp_connect.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <vector>

#include "base/ascii.hpp"
#include "net/http.hpp"
#include "net/url.hpp"

namespace telltale::net {
namespace {

namespace asio = base::asio;
using asio::ip::tcp;
using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using boost::system::error_code;
using TimePoint = std::chrono::steady_clock::time_point;
using Endpoints = std::vector<tcp::endpoint>;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

Task<bool> cancelled() {
  co_return (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
}

// getaddrinfo cannot be interrupted, so the waiting side must be able to leave the lookup behind.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}
  tcp::resolver resolver;
  asio::steady_timer done;
  bool answered = false;
  error_code error;
  Endpoints endpoints;
};

Task<Result<Endpoints>> look_up(std::string host, std::uint16_t port, TimePoint deadline) {
  auto lookup = std::make_shared<Lookup>(co_await asio::this_coro::executor);
  lookup->done.expires_at(deadline);
  lookup->resolver.async_resolve(host, std::to_string(port),
                                 [lookup](error_code error, const tcp::resolver::results_type& results) {
                                   lookup->answered = true;
                                   lookup->error = error;
                                   for (const auto& entry : results)
                                     lookup->endpoints.push_back(entry.endpoint());
                                   lookup->done.cancel();
                                 });
  co_await lookup->done.async_wait(kAwait);
  if (!lookup->answered) {
    lookup->resolver.cancel();
    const bool given_up = co_await cancelled();
    if (given_up) co_return fail(Errc::stopped, "cancelled");
    co_return fail(Errc::timeout, "the name was not resolved in time");
  }
  if (lookup->error || lookup->endpoints.empty()) {
    co_return fail(Errc::refused, "the name is unknown (" + lookup->error.message() + ")");
  }
  co_return std::move(lookup->endpoints);
}

Task<Result<Endpoints>> addresses_of(std::string host, std::uint16_t port, TimePoint deadline) {
  error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  Endpoints known;
  if (!not_an_address) {
    known.emplace_back(address, port);
  } else if (base::same_name(host, "localhost")) {
    // RFC 6761 6.3: always loopback. IPv4 first: Chromium's DevTools listens there only.
    known.emplace_back(asio::ip::address_v4::loopback(), port);
    known.emplace_back(asio::ip::address_v6::loopback(), port);
  } else {
    co_return co_await look_up(std::move(host), port, deadline);
  }
  co_return known;
}

Task<error_code> connect_one(tcp::socket& socket, tcp::endpoint endpoint) {
  const auto [error] = co_await socket.async_connect(endpoint, kAwait);
  co_return error;
}

Task<> wait_until(TimePoint deadline) {
  asio::steady_timer timer(co_await asio::this_coro::executor, deadline);
  co_await timer.async_wait(kAwait);
}

base::Error connect_error(error_code error) {
  const bool is_io = error == asio::error::no_descriptors || error == asio::error::no_memory ||
                     error == asio::error::access_denied || error == asio::error::no_buffer_space;
  if (error == asio::error::timed_out) return {Errc::timeout, error.message()};
  return {is_io ? Errc::io : Errc::refused, error.message()};
}

Task<Result<tcp::socket>> connect_any(Endpoints endpoints, TimePoint deadline) {
  using namespace asio::experimental::awaitable_operators;
  base::Error last{Errc::refused, "no address"};
  for (const auto& endpoint : endpoints) {
    tcp::socket socket(co_await asio::this_coro::executor);
    const auto outcome =
        co_await (base::as_root(connect_one(socket, endpoint)) || base::as_root(wait_until(deadline)));
    const bool given_up = co_await cancelled();
    if (given_up) co_return fail(Errc::stopped, "cancelled");
    const auto* error = std::get_if<0>(&outcome);
    if (error == nullptr) co_return fail(Errc::timeout, "no answer in time");
    if (!*error) {
      error_code ignored;  // only a matter of latency
      socket.set_option(tcp::no_delay(true), ignored);
      co_return std::move(socket);
    }
    last = connect_error(*error);
  }
  co_return std::unexpected(std::move(last));
}

Task<Result<tcp::socket>> resolve_and_connect(std::string host, std::uint16_t port, TimePoint deadline) {
  auto endpoints = co_await addresses_of(std::move(host), port, deadline);
  if (!endpoints) co_return std::unexpected(std::move(endpoints.error()));
  co_return co_await connect_any(std::move(*endpoints), deadline);
}

}  // namespace

Task<Result<tcp::socket>> connect_tcp(std::string host, std::uint16_t port, TimePoint deadline) {
  const std::string authority = Url{"", host, port, ""}.authority();
  auto socket = co_await resolve_and_connect(std::move(host), port, deadline);
  if (!socket) co_return std::unexpected(socket.error().in("cannot connect to " + authority));
  co_return std::move(socket);
}

}  // namespace telltale::net

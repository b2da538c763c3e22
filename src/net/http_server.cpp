#include "net/http_server.hpp"

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <unordered_set>
#include <vector>

#include "base/ascii.hpp"
#include "base/logging.hpp"
#include "net/http_connection.hpp"
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

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
/// Pause of the acceptor when the process has no descriptor left; accepting at once would spin.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);
/// Connections above the limit that are being told so at a time; those above that are closed without a word.
constexpr std::size_t kTurnedAwayAtOnce = 64;

/// The connections of one loop; everything but the constructor and destructor runs there.
class Shard {
 public:
  Shard(base::Loop& loop, HttpHandler& handler, const HttpServerLimits& limits)
      : loop_(loop), handler_(handler), limits_(limits), scope_(loop.executor()) {}

  [[nodiscard]] base::Loop& loop() noexcept { return loop_; }

  /// This connection is already in `count` and leaves it at its end.
  void add(tcp::socket socket, std::atomic<std::size_t>& count, bool over_limit) {
    scope_.spawn(over_limit ? turn_away(std::move(socket), count) : serve(std::move(socket), count));
  }

  /// Ends every connection: gently until the grace has passed, then at once.
  Task<> drain() {
    using namespace asio::experimental::awaitable_operators;
    // Behind the add() calls that are still queued on this loop.
    co_await asio::post(loop_.executor(), asio::use_awaitable);
    stopping_ = true;
    for (auto* connection : connections_) connection->stop();
    co_await (base::as_root(scope_.join()) || base::as_root(cut_after_grace()));
  }

 private:
  Task<> serve(tcp::socket socket, std::atomic<std::size_t>& count) {
    HttpConnection connection(std::move(socket), handler_, limits_);
    connections_.insert(&connection);
    if (stopping_) connection.stop();
    co_await connection.run();
    connections_.erase(&connection);
    count.fetch_sub(1, std::memory_order_relaxed);
  }

  Task<> turn_away(tcp::socket socket, std::atomic<std::size_t>& count) {
    HttpConnection connection(std::move(socket), handler_, limits_);
    Refusal refusal{503, "too many connections"};
    co_await connection.turn_away(std::move(refusal));
    count.fetch_sub(1, std::memory_order_relaxed);
  }

  Task<> cut_after_grace() {
    // g++ 12 lays out the frame of a coroutine wrongly that has a co_await in a condition and no local
    // variable.
    const bool expired = co_await base::sleep_for(limits_.graceful_stop);
    if (expired) scope_.stop();
  }

  base::Loop& loop_;
  HttpHandler& handler_;
  const HttpServerLimits& limits_;
  std::unordered_set<HttpConnection*> connections_;
  base::TaskScope scope_;
  bool stopping_ = false;
};

Result<tcp::endpoint> endpoint_of(std::string_view host, std::uint16_t port) {
  if (base::same_name(host, "localhost")) return tcp::endpoint(asio::ip::address_v4::loopback(), port);
  error_code error;
  const auto address = asio::ip::make_address(std::string(host), error);
  if (error) {
    return fail(
        Errc::invalid_argument,
        "'" + std::string(host) + "' is not an IP address to listen on (127.0.0.1 or 0.0.0.0, for example)");
  }
  return tcp::endpoint(address, port);
}

base::Error listen_error(const tcp::endpoint& endpoint, error_code error) {
  const std::string where = Url{"", endpoint.address().to_string(), endpoint.port(), ""}.authority();
  if (error == asio::error::address_in_use) {
    return {Errc::conflict,
            where + " is in use: choose another port, or stop the process that listens there"};
  }
  // EADDRNOTAVAIL has no name in asio::error.
  if (error == boost::system::errc::address_not_available) {
    return {Errc::invalid_argument, where + " is not an address of this machine"};
  }
  return {Errc::io, "cannot listen on " + where + ": " + error.message()};
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(base::LoopPool& loops, HttpHandler& handler, HttpServerLimits limits)
      : loops_(loops), limits_(limits), acceptor_(loops.at(0).executor()) {
    for (std::size_t i = 0; i < loops.size(); ++i) {
      shards_.push_back(std::make_unique<Shard>(loops.at(i), handler, limits_));
    }
  }

  Result<std::uint16_t> listen(std::string_view host, std::uint16_t port) {
    const auto endpoint = endpoint_of(host, port);
    if (!endpoint) return std::unexpected(endpoint.error());
    error_code error;
    acceptor_.open(endpoint->protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(*endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      error_code ignored;  // so that the caller may try another port
      acceptor_.close(ignored);
      return std::unexpected(listen_error(*endpoint, error));
    }
    return acceptor_.local_endpoint().port();
  }

  Task<> run() {
    const bool throwing = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await accept_all();
    for (auto& shard : shards_) draining_.spawn(base::on(shard->loop(), shard->drain()));
    co_await draining_.join();
    co_await asio::this_coro::throw_if_cancelled(throwing);
  }

  void stop() noexcept {
    stopping_ = true;
    error_code ignored;  // it may be closed already
    acceptor_.close(ignored);
  }

 private:
  Task<> accept_all() {
    while (!stopping_ && acceptor_.is_open()) {
      Shard& shard = *shards_[loops_.next().index()];
      auto [error, socket] = co_await acceptor_.async_accept(shard.loop().executor(), kAwait);
      if (!error) {
        admit(shard, std::move(socket));
      } else if (error == asio::error::operation_aborted) {
        stop();
      } else if (error != asio::error::connection_aborted) {
        if (std::size_t held_back = 0; limiter_.allow(held_back)) {
          spdlog::error("cannot accept connections error='{}' suppressed={}", error.message(), held_back);
        }
        const bool paused = co_await base::sleep_for(kAcceptPause);
        if (!paused) stop();
      }
    }
  }

  void admit(Shard& shard, tcp::socket socket) {
    // Counted apart: who is turned away must not keep the place from being free again.
    const bool over_limit = open_.load(std::memory_order_relaxed) >= limits_.connections;
    std::atomic<std::size_t>& count = over_limit ? turned_away_ : open_;
    if (over_limit && turned_away_.load(std::memory_order_relaxed) >= kTurnedAwayAtOnce) return;
    count.fetch_add(1, std::memory_order_relaxed);
    asio::post(shard.loop().executor(), [&shard, &count, over_limit, accepted = std::move(socket)]() mutable {
      shard.add(std::move(accepted), count, over_limit);
    });
  }

  base::LoopPool& loops_;
  HttpServerLimits limits_;
  tcp::acceptor acceptor_;
  std::vector<std::unique_ptr<Shard>> shards_;
  base::TaskScope draining_{loops_.at(0).executor()};
  // Counted up by the acceptor only, so the limits hold exactly; counted down on each loop.
  std::atomic<std::size_t> open_{0};
  std::atomic<std::size_t> turned_away_{0};
  base::LogLimiter limiter_;
  bool stopping_ = false;
};

HttpServer::HttpServer(base::LoopPool& loops, HttpHandler& handler, HttpServerLimits limits)
    : impl_(std::make_unique<Impl>(loops, handler, limits)) {}
HttpServer::~HttpServer() = default;

Result<std::uint16_t> HttpServer::listen(std::string_view host, std::uint16_t port) {
  return impl_->listen(host, port);
}
Task<> HttpServer::run() { co_await impl_->run(); }
void HttpServer::stop() noexcept { impl_->stop(); }

}  // namespace telltale::net

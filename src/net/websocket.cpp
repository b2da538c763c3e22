#include "net/websocket.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <deque>
#include <optional>

#include "net/message_buffer.hpp"
#include "net/tcp_connect.hpp"
#include "net/url.hpp"
#include "net/websocket_stream.hpp"

namespace telltale::net {

namespace asio = base::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using boost::system::error_code;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

class WebSocketClient final : public MessageTransport {
 public:
  WebSocketClient(WebSocketStream stream, WebSocketLimits limits)
      : limits_(limits),
        stream_(std::move(stream)),
        queued_(stream_.get_executor(), asio::steady_timer::time_point::max()),
        over_(stream_.get_executor(), asio::steady_timer::time_point::max()),
        message_(limits.message_bytes),
        children_(stream_.get_executor()) {}

  Task<base::Error> run(WebSocketHandler& handler) override;
  Result<void> send(std::string message) override;
  void close() noexcept override;

 private:
  Task<> read_all(WebSocketHandler& handler);
  Task<> write_queue();
  Task<> cut_after_close_timeout();
  [[nodiscard]] base::Error end_reason(error_code error) const {
    if (closing_) return {Errc::stopped, "the WebSocket was closed"};
    return read_failure(stream_, error);
  }

  WebSocketLimits limits_;
  WebSocketStream stream_;
  std::deque<std::string> queue_;
  std::size_t queue_bytes_ = 0;
  asio::steady_timer queued_;  ///< never expires; cancelled when the writer has something to do
  asio::steady_timer over_;    ///< never expires; cancelled when the reader has ended
  MessageBuffer message_;
  std::optional<error_code> read_error_;
  base::TaskScope children_;
  bool running_ = false;
  bool closing_ = false;
  bool ended_ = false;
};

Task<base::Error> WebSocketClient::run(WebSocketHandler& handler) {
  const bool throwing = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  running_ = true;
  children_.spawn(write_queue());
  children_.spawn(read_all(handler));
  if (closing_) children_.spawn(cut_after_close_timeout());
  // Cancellation reaches this wait for certain. In a read it can be lost: Beast reads in several steps, and a
  // signal between two of them cancels neither. The closed socket ends the reader in any case.
  const auto state = co_await asio::this_coro::cancellation_state;
  if (!read_error_ && state.cancelled() == asio::cancellation_type::none) co_await over_.async_wait(kAwait);
  const error_code error = read_error_.value_or(asio::error::operation_aborted);
  ended_ = true;
  error_code ignored;  // the peer may have closed it already
  stream_.next_layer().next_layer().close(ignored);
  children_.stop();
  co_await children_.join();
  co_await asio::this_coro::throw_if_cancelled(throwing);
  co_return end_reason(error);
}

Task<> WebSocketClient::read_all(WebSocketHandler& handler) {
  while (!ended_) {
    const auto space = message_.prepare();
    const asio::mutable_buffer buffer(space.data(), space.size());
    const auto [error, size] = co_await stream_.async_read_some(buffer, kAwait);
    if (error) {
      read_error_ = error;
      break;
    }
    message_.commit(size);
    if (!stream_.is_message_done()) continue;
    if (message_.oversized()) {
      handler.on_oversized_message(message_.text(), message_.size());
    } else {
      handler.on_message(message_.text());
    }
    message_.clear();
  }
  over_.cancel();
}

Result<void> WebSocketClient::send(std::string message) {
  if (ended_ || closing_) return fail(Errc::closed, "the WebSocket is closed");
  if (queue_bytes_ + message.size() > limits_.send_queue_bytes) {
    return fail(Errc::limit,
                "the peer does not take what is sent: " + std::to_string(queue_bytes_) + " bytes wait");
  }
  queue_bytes_ += message.size();
  queue_.push_back(std::move(message));
  queued_.cancel();
  return {};
}

void WebSocketClient::close() noexcept {
  if (std::exchange(closing_, true) || ended_) return;
  queued_.cancel();
  if (running_) children_.spawn(cut_after_close_timeout());
}

/// Writes one message after the other, and the closing handshake behind them. Ends with stop() of the scope.
Task<> WebSocketClient::write_queue() {
  while (!children_.stopping()) {
    if (!queue_.empty()) {
      // The front stays put: push_back does not move the elements of a deque.
      const auto [error, size] = co_await stream_.async_write(asio::buffer(queue_.front()), kAwait);
      queue_bytes_ -= queue_.front().size();
      queue_.pop_front();
      if (error) co_return;  // the reader learns the reason
    } else if (closing_) {
      co_await stream_.async_close(websocket::close_code::normal, kAwait);
      co_return;
    } else {
      co_await queued_.async_wait(kAwait);
    }
  }
}

Task<> WebSocketClient::cut_after_close_timeout() {
  const bool overdue = co_await base::sleep_for(limits_.close_timeout);
  if (!overdue) co_return;
  error_code ignored;  // the reader ends either way
  stream_.next_layer().next_layer().close(ignored);
}

}  // namespace

void configure(WebSocketStream& stream, const WebSocketLimits& limits) {
  // Beast would end the connection at its limit; MessageBuffer skips the one message instead.
  stream.read_message_max(0);
  // One message, one frame: Chromium's DevTools server has not always understood fragments.
  stream.auto_fragment(false);
  stream.text(true);
  websocket::stream_base::timeout timeouts{};
  timeouts.handshake_timeout = limits.connect_timeout;
  timeouts.idle_timeout = limits.idle_timeout;
  timeouts.keep_alive_pings = true;
  stream.set_option(timeouts);
}

Task<Result<void>> shake_hands(WebSocketStream& stream, std::string authority, std::string target) {
  websocket::response_type response;
  const auto [error] = co_await stream.async_handshake(response, authority, target, kAwait);
  if (!error) co_return Result<void>();
  if (error == websocket::error::upgrade_declined) {
    const unsigned status = response.result_int();
    co_return fail(Errc::protocol,
                   "the server refused the WebSocket handshake with status " + std::to_string(status));
  }
  if (error == beast::error::timeout)
    co_return fail(Errc::timeout, "the WebSocket handshake was not answered in time");
  if (error == asio::error::operation_aborted) co_return fail(Errc::stopped, "cancelled");
  const bool is_http =
      error.category() == beast::http::make_error_code(beast::http::error::bad_version).category();
  const bool is_end =
      error == beast::http::error::end_of_stream || error == beast::http::error::partial_message;
  if ((is_http && !is_end) || error == websocket::condition::handshake_failed) {
    co_return fail(Errc::protocol, "the answer to the WebSocket handshake is not valid: " + error.message());
  }
  co_return fail(Errc::closed,
                 "the server closed the connection in the WebSocket handshake: " + error.message());
}

base::Error read_failure(const WebSocketStream& stream, error_code error) {
  if (error == asio::error::operation_aborted) return {Errc::stopped, "the WebSocket was closed"};
  if (error == beast::error::timeout) return {Errc::timeout, "the peer stopped answering pings"};
  if (error == websocket::error::closed) {
    const auto& reason = stream.reason();
    std::string text = "the peer closed the WebSocket with code " + std::to_string(reason.code);
    if (!reason.reason.empty()) text += " (" + std::string(reason.reason.data(), reason.reason.size()) + ")";
    return {Errc::closed, std::move(text)};
  }
  if (error == websocket::condition::protocol_violation) {
    return {Errc::protocol, "the peer broke the WebSocket protocol: " + error.message()};
  }
  return {Errc::closed, "the connection broke: " + error.message()};
}

namespace {

Task<Result<WebSocketStream>> connect_to(Url url, WebSocketLimits limits) {
  const auto deadline = std::chrono::steady_clock::now() + limits.connect_timeout;
  auto socket = co_await connect_tcp(url.host, url.port, deadline);
  if (!socket) co_return std::unexpected(std::move(socket.error()));
  WebSocketStream stream(std::move(*socket));
  // The handshake gets what connecting has left of the time; Beast takes 0 for no limit.
  const std::chrono::nanoseconds left = deadline - std::chrono::steady_clock::now();
  limits.connect_timeout = std::max<std::chrono::nanoseconds>(left, std::chrono::milliseconds(1));
  configure(stream, limits);
  const auto shaken = co_await shake_hands(stream, url.authority(), url.target);
  if (!shaken) co_return std::unexpected(shaken.error().in("WebSocket " + url.authority()));
  co_return std::move(stream);
}

}  // namespace

Task<Result<WebSocketStream>> connect_stream(std::string text, WebSocketLimits limits) {
  auto url = parse_url(text);
  if (!url) co_return std::unexpected(std::move(url.error()));
  if (url->scheme != "ws") {
    const bool is_tls = url->scheme == "wss";
    co_return fail(Errc::invalid_argument,
                   "URL '" + text + "': " +
                       (is_tls ? "TLS is not supported; put a local proxy in front and use ws://"
                               : "expected ws://HOST:PORT/PATH"));
  }
  const bool throwing = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  auto connected = co_await connect_to(std::move(*url), limits);
  co_await asio::this_coro::throw_if_cancelled(throwing);
  co_return std::move(connected);
}

Task<Result<std::unique_ptr<MessageTransport>>> connect_websocket(std::string url, WebSocketLimits limits) {
  auto stream = co_await connect_stream(std::move(url), limits);
  if (!stream) co_return std::unexpected(std::move(stream.error()));
  std::unique_ptr<MessageTransport> client = std::make_unique<WebSocketClient>(std::move(*stream), limits);
  co_return std::move(client);
}

}  // namespace telltale::net

#include "net/websocket.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>

#include "net/tcp_connect.hpp"
#include "net/url.hpp"
#include "net/via.hpp"
#include "net/websocket_client.hpp"
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

Task<Result<void>> shake_hands(WebSocketStream& stream, std::string authority, std::string target,
                               std::string via) {
  websocket::response_type response;
  stream.set_option(websocket::stream_base::decorator(
      [via = std::move(via)](websocket::request_type& request) { request.set("Via", via); }));
  stream.next_layer().stop_at_head_end(true);
  const auto [error] = co_await stream.async_handshake(response, authority, target, kAwait);
  stream.next_layer().stop_at_head_end(false);
  if (!error) co_return Result<void>();
  if (error == websocket::error::upgrade_declined) {
    const unsigned status = response.result_int();
    if (status == kLoopDetected) co_return fail(Errc::invalid_argument, std::string(kLeadsBack));
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

Task<Result<WebSocketStream>> connect_to(Url url, WebSocketLimits limits, std::string via) {
  const auto deadline = std::chrono::steady_clock::now() + limits.connect_timeout;
  auto socket = co_await connect_tcp(url.host, url.port, deadline);
  if (!socket) co_return std::unexpected(std::move(socket.error()));
  WebSocketStream stream(std::move(*socket));
  // The handshake gets what connecting has left of the time; Beast takes 0 for no limit.
  const std::chrono::nanoseconds left = deadline - std::chrono::steady_clock::now();
  limits.connect_timeout = std::max<std::chrono::nanoseconds>(left, std::chrono::milliseconds(1));
  configure(stream, limits);
  const auto shaken = co_await shake_hands(stream, url.authority(), url.target, std::move(via));
  if (!shaken) co_return std::unexpected(shaken.error().in("WebSocket " + url.authority()));
  co_return std::move(stream);
}

}  // namespace

Task<Result<WebSocketStream>> connect_stream(std::string text, WebSocketLimits limits, std::string via) {
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
  auto connected = co_await connect_to(std::move(*url), limits, std::move(via));
  co_await asio::this_coro::throw_if_cancelled(throwing);
  co_return std::move(connected);
}

Task<Result<std::unique_ptr<MessageTransport>>> connect_websocket(std::string url, WebSocketLimits limits) {
  auto stream = co_await connect_stream(std::move(url), limits, via());
  if (!stream) co_return std::unexpected(std::move(stream.error()));
  // Beast has done the handshake; what it has not seen is in the layer below it.
  ReadAheadSocket& below = stream->next_layer();
  const std::string_view early = below.take();
  co_return make_websocket_client(std::move(below.next_layer()), early, limits);
}

}  // namespace telltale::net

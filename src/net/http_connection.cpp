#include "net/http_connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <exception>

#include "base/logging.hpp"
#include "net/url.hpp"

namespace telltale::net {

namespace asio = base::asio;
using asio::ip::tcp;
using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using boost::system::error_code;
using namespace asio::experimental::awaitable_operators;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = 16u << 10;

std::string peer_of(const tcp::socket& socket) {
  error_code gone;
  const auto endpoint = socket.remote_endpoint(gone);
  return gone ? std::string() : Url{"", endpoint.address().to_string(), endpoint.port(), ""}.authority();
}

Task<bool> cancelled() {
  co_return (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
}

}  // namespace

HttpConnection::HttpConnection(tcp::socket socket, HttpHandler& handler, const HttpServerLimits& limits)
    : socket_(std::move(socket)),
      handler_(handler),
      limits_(limits),
      deadline_(socket_),
      pause_(socket_.get_executor(), asio::steady_timer::time_point::max()),
      peer_(peer_of(socket_)) {
  error_code ignored;  // a socket that is gone already shows at the first read
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
}

HttpConnection::~HttpConnection() = default;

Task<> HttpConnection::run() { co_await (base::as_root(serve()) || base::as_root(deadline_.watch())); }

Task<> HttpConnection::turn_away(Refusal refusal) {
  co_await (base::as_root(serve_refusal(std::move(refusal))) || base::as_root(deadline_.watch()));
}

void HttpConnection::stop() noexcept {
  stopping_ = true;
  if (phase_ == Phase::exchange) return;
  error_code ignored;  // fails only on a closed socket
  socket_.cancel(ignored);
  pause_.cancel();
}

Task<> HttpConnection::serve() {
  Next next = Next::keep_alive;
  while (next == Next::keep_alive) next = co_await serve_one();
  co_await close(next);
}

Task<> HttpConnection::serve_refusal(Refusal refusal) {
  const Next next = co_await refuse(std::move(refusal));
  co_await close(next);
}

Task<HttpConnection::Next> HttpConnection::serve_one() {
  const bool arrived = co_await wait_for_request();
  if (!arrived) co_return Next::close;
  RequestParser parser(limits_.header_bytes, [this](const HttpRequest& head) { return plan_for(head); });
  answered_expect_ = false;
  head_only_ = false;
  http_1_0_ = false;
  deadline_.expires_after(limits_.request_timeout);
  const error_code error = co_await read_request(parser);
  const bool late = deadline_.expired();
  deadline_.clear();
  if (parser.failed()) co_return co_await refuse(*parser.failed());
  if (error) {
    if (!late || !parser.started()) co_return Next::close;
    Refusal refusal{408, "the request did not arrive completely in time"};
    co_return co_await refuse(std::move(refusal));
  }
  keep_alive_ = parser.keep_alive();
  http_1_0_ = parser.http_1_0();
  if (parser.streamed()) co_return co_await serve_streamed(parser);
  HttpRequest request = parser.take();
  head_only_ = request.method == "HEAD";
  request.peer = peer_;
  if (asks_for_websocket(request)) handshake_ = request;
  auto outcome =
      co_await (base::as_root(guarded_handle(std::move(request), nullptr)) || base::as_root(watch_for_disconnect()));
  auto* const reply = std::get_if<0>(&outcome);
  if (reply == nullptr) co_return Next::close;
  co_return co_await respond(std::move(*reply));
}

/// False when the connection ends without another request.
Task<bool> HttpConnection::wait_for_request() {
  const auto patience = std::exchange(first_request_, false) ? limits_.request_timeout : limits_.idle_timeout;
  if (input_.empty()) {
    const bool given_up = co_await cancelled();
    if (stopping_ || given_up) co_return false;
    phase_ = Phase::idle;
    input_ = std::string();  // an idle connection keeps no buffer
    deadline_.expires_after(patience);
    const auto [error] = co_await socket_.async_wait(tcp::socket::wait_read, kAwait);
    if (error) co_return false;
  }
  phase_ = Phase::exchange;
  co_return true;
}

BodyPlan HttpConnection::plan_for(const HttpRequest& head) const {
  const auto bytes = handler_.streamed_body_bytes(head);
  return bytes ? BodyPlan{*bytes, true} : BodyPlan{limits_.body_bytes, false};
}

/// Reads until the request is complete, as far as it is not streamed, or the parser failed.
Task<error_code> HttpConnection::read_request(RequestParser& parser) {
  while (!parser.complete()) {
    const error_code error = co_await read_more(parser);
    if (error || parser.failed()) co_return error;
    if (parser.head_complete() && parser.streamed()) break;
  }
  co_return error_code();
}

/// Hands the parser what there is, and reads more when that brings it no further.
Task<error_code> HttpConnection::read_more(RequestParser& parser) {
  const bool had_head = parser.head_complete();
  const std::size_t used = input_.empty() ? 0 : parser.put(input_);
  input_.erase(0, used);
  if (parser.failed() || parser.complete()) co_return error_code();
  if (!had_head && parser.head_complete() && parser.streamed()) co_return error_code();
  if (parser.head_complete() && parser.expects_continue() && !answered_expect_) {
    answered_expect_ = true;
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const std::vector<asio::const_buffer> answer(1, asio::buffer(kContinue));
    const auto sent = co_await send(answer);
    if (!sent) co_return asio::error::connection_reset;
    deadline_.expires_after(limits_.request_timeout);
  }
  if (used > 0 && (!input_.empty() || parser.streamed())) co_return error_code();
  co_return co_await fill();
}

/// A request whose handler reads its body.
Task<HttpConnection::Next> HttpConnection::serve_streamed(RequestParser& parser) {
  HttpRequest head = parser.take();
  head.peer = peer_;
  streamed_ = &parser;
  body_due_ = std::chrono::steady_clock::now() +
              std::chrono::duration_cast<std::chrono::steady_clock::duration>(limits_.streamed_body_timeout);
  body_refusal_.reset();
  body_gone_ = false;
  HttpReply reply = co_await guarded_handle(std::move(head), this);
  streamed_ = nullptr;
  deadline_.clear();
  if (body_refusal_) co_return co_await refuse(std::move(*body_refusal_));
  if (body_gone_) co_return Next::close;
  if (parser.complete()) co_return co_await respond(std::move(reply));
  // What is left of the body would be taken for the next request.
  keep_alive_ = false;
  const Next next = co_await respond(std::move(reply));
  co_return next == Next::close && !write_failed_ ? Next::linger : next;
}

Task<Result<std::string>> HttpConnection::read() {
  RequestParser& parser = *streamed_;
  while (!body_refusal_ && !body_gone_) {
    if (auto piece = parser.take_body(); !piece.empty()) co_return piece;
    if (parser.complete()) co_return std::string();
    const auto left = body_due_ - std::chrono::steady_clock::now();
    deadline_.expires_after(
        std::clamp<std::chrono::nanoseconds>(left, std::chrono::nanoseconds(0), limits_.request_timeout));
    const error_code error = co_await read_more(parser);
    const bool late = deadline_.expired();
    deadline_.clear();
    if (parser.failed()) {
      body_refusal_ = *parser.failed();
    } else if (error && late) {
      body_refusal_ = Refusal{408, "the request did not arrive completely in time"};
    } else if (error) {
      body_gone_ = true;
    }
  }
  if (body_gone_) co_return fail(Errc::closed, "the client is gone");
  co_return fail(Errc::protocol, body_refusal_->message);
}

/// Appends what the client sends next to input_.
Task<error_code> HttpConnection::fill() {
  const bool given_up = co_await cancelled();
  if (deadline_.expired() || given_up) co_return asio::error::operation_aborted;
  const std::size_t before = input_.size();
  input_.resize(before + kReadBytes);
  const auto space = asio::buffer(input_.data() + before, kReadBytes);
  const auto [error, size] = co_await socket_.async_read_some(space, kAwait);
  input_.resize(before + size);
  co_return error;
}

Task<HttpReply> HttpConnection::guarded_handle(HttpRequest request, BodyReader* body) {
  const std::string what = request.method + " " + request.path;
  HttpReply reply;
  try {
    if (body == nullptr) {
      reply = co_await handler_.handle(std::move(request));
    } else {
      reply = co_await handler_.handle_streamed(std::move(request), *body);
    }
  } catch (const std::exception& failure) {
    spdlog::error("a request handler threw request='{}' error='{}'", what, failure.what());
    reply.response = handler_.refuse(500, "internal error");
  }
  co_return std::move(reply);
}

Task<> HttpConnection::guarded_stream(std::function<Task<>(BodyWriter&)> stream) {
  try {
    co_await stream(*this);
  } catch (const std::exception& failure) {
    write_failed_ = true;  // the body is not complete, and without its end mark the client can tell
    spdlog::error("a response stream threw peer={} error='{}'", peer_, failure.what());
  }
}

/// Completes when the client has gone, or a stream is to stop.
Task<> HttpConnection::watch_for_disconnect() {
  bool can_watch = input_.empty();  // bytes of a next request hide the end behind them
  while (!(stopping_ && phase_ == Phase::stream)) {
    const bool given_up = co_await cancelled();
    if (given_up) co_return;
    if (!can_watch) {
      co_await pause_.async_wait(kAwait);
      continue;
    }
    const auto [error] = co_await socket_.async_wait(tcp::socket::wait_read, kAwait);
    if (error == asio::error::operation_aborted) continue;
    std::array<char, 1> byte;
    error_code peek_error = error;
    if (!error) socket_.receive(asio::buffer(byte), tcp::socket::message_peek, peek_error);
    if (peek_error && peek_error != asio::error::would_block) co_return;
    can_watch = peek_error == asio::error::would_block;
  }
}

Task<HttpConnection::Next> HttpConnection::respond(HttpReply reply) {
  if (stopping_) keep_alive_ = false;
  write_failed_ = false;
  if (reply.last) keep_alive_ = false;
  if (reply.upgrade) {
    upgrade_headers_ = std::move(reply.response.headers);
    co_return co_await respond_upgrade(std::move(reply.upgrade));
  }
  if (reply.stream && !is_bodiless(reply.response.status))
    co_return co_await respond_stream(std::move(reply));
  // Who has closed its half counts as gone, and must not be told then of what is undone for that.
  if (reply.delivered && !client_is_there()) co_return Next::close;
  const bool last = reply.last;
  Next next = co_await respond_whole(std::move(reply.response));
  if (last && !write_failed_) next = Next::linger;
  if (reply.delivered && !write_failed_) reply.delivered();
  co_return next;
}

bool HttpConnection::client_is_there() {
  std::array<char, 1> byte;
  error_code error;
  socket_.receive(asio::buffer(byte), tcp::socket::message_peek, error);
  return !error || error == asio::error::would_block;
}

Task<HttpConnection::Next> HttpConnection::respond_whole(HttpResponse response) {
  const std::string head = response_head(response, BodyFraming::content_length, keep_alive_, http_1_0_);
  std::vector<asio::const_buffer> buffers(1, asio::buffer(head));
  if (!head_only_ && !is_bodiless(response.status)) buffers.push_back(asio::buffer(response.body));
  const auto sent = co_await send(std::move(buffers));
  co_return sent&& keep_alive_ ? Next::keep_alive : Next::close;
}

Task<HttpConnection::Next> HttpConnection::respond_stream(HttpReply reply) {
  chunked_ = !http_1_0_;
  if (!chunked_ && !head_only_) keep_alive_ = false;
  const auto framing = chunked_ ? BodyFraming::chunked : BodyFraming::until_close;
  const std::string head = response_head(reply.response, framing, keep_alive_, http_1_0_);
  const std::vector<asio::const_buffer> head_buffer(1, asio::buffer(head));
  const auto sent = co_await send(head_buffer);
  if (!sent) co_return Next::close;
  if (head_only_) co_return keep_alive_ ? Next::keep_alive : Next::close;
  phase_ = Phase::stream;
  const auto outcome = co_await (base::as_root(guarded_stream(std::move(reply.stream))) ||
                                 base::as_root(watch_for_disconnect()));
  phase_ = Phase::exchange;
  const bool client_gone = outcome.index() == 1 && !stopping_;
  if (client_gone || write_failed_) co_return Next::close;
  if (chunked_) {
    static constexpr std::string_view kLastChunk = "0\r\n\r\n";
    const std::vector<asio::const_buffer> end(1, asio::buffer(kLastChunk));
    const auto ended = co_await send(end);
    if (!ended) co_return Next::close;
  }
  // What the head said about the connection was true then; a stop since is allowed to close it (RFC
  // 9112 9.5).
  co_return keep_alive_ && !stopping_ ? Next::keep_alive : Next::close;
}

Task<HttpConnection::Next> HttpConnection::respond_upgrade(std::function<Task<>(WebSocketUpgrade&)> upgrade) {
  phase_ = Phase::stream;
  co_await (base::as_root(guarded_upgrade(std::move(upgrade))) || base::as_root(until_stopped()));
  co_return Next::close;
}

Task<> HttpConnection::guarded_upgrade(std::function<Task<>(WebSocketUpgrade&)> upgrade) {
  try {
    co_await upgrade(*this);
  } catch (const std::exception& failure) {
    spdlog::error("a WebSocket threw peer={} error='{}'", peer_, failure.what());
  }
}

Task<> HttpConnection::until_stopped() {
  bool given_up = co_await cancelled();
  while (!stopping_ && !given_up) {
    co_await pause_.async_wait(kAwait);
    given_up = co_await cancelled();
  }
}

Task<> HttpConnection::relay(std::shared_ptr<RelayUpstream> upstream, RelayReport& report) {
  co_await net::relay(std::move(socket_), std::move(handshake_), std::move(upgrade_headers_), std::move(upstream), report);
}

Task<HttpConnection::Next> HttpConnection::refuse(Refusal refusal) {
  keep_alive_ = false;
  phase_ = Phase::exchange;
  co_await respond_whole(handler_.refuse(refusal.status, refusal.message));
  co_return Next::linger;
}

Task<Result<void>> HttpConnection::write(std::span<const std::string_view> pieces) {
  if (write_failed_) co_return fail(Errc::closed, "the client is gone");
  std::size_t total = 0;
  for (const auto piece : pieces) total += piece.size();
  if (total == 0) co_return Result<void>();  // an empty chunk would end the body
  std::array<char, 18> size_line;            // 16 hexadecimal digits and CRLF
  auto* end = std::to_chars(size_line.data(), size_line.data() + 16, total, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  std::vector<asio::const_buffer> buffers;
  buffers.reserve(pieces.size() + 2);
  if (chunked_)
    buffers.push_back(asio::buffer(size_line.data(), static_cast<std::size_t>(end - size_line.data())));
  for (const auto piece : pieces) buffers.push_back(asio::buffer(piece));
  if (chunked_) buffers.push_back(asio::buffer(std::string_view("\r\n")));
  co_return co_await send(std::move(buffers));
}

Task<Result<void>> HttpConnection::send(std::vector<asio::const_buffer> buffers) {
  const bool given_up = co_await cancelled();
  if (given_up) co_return fail(Errc::stopped, "the server stops");
  deadline_.expires_after(limits_.write_timeout);
  const auto [error, size] = co_await asio::async_write(socket_, buffers, kAwait);
  const bool late = deadline_.expired();
  deadline_.clear();
  if (!error) co_return Result<void>();
  write_failed_ = true;
  error_code ignored;  // it may be gone already; otherwise this is what ends watch_for_disconnect()
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  if (error != asio::error::operation_aborted)
    co_return fail(Errc::closed, "the client is gone: " + error.message());
  if (late) co_return fail(Errc::timeout, "the client does not take its response");
  co_return fail(Errc::stopped, "the response was cancelled");
}

Task<> HttpConnection::close(Next how) {
  error_code ignored;  // the socket may be gone already
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  if (how == Next::linger) {
    deadline_.expires_after(limits_.linger);
    error_code error;
    while (!error) {
      input_.clear();
      error = co_await fill();
    }
  }
  socket_.close(ignored);
}

}  // namespace telltale::net

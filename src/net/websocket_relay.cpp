#include "net/websocket_relay.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <deque>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "net/message_buffer.hpp"
#include "net/websocket_stream.hpp"

namespace telltale::net {

namespace asio = base::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using base::Result;
using base::Task;
using boost::system::error_code;
using End = RelayReport::End;

class RelayUpstream {
 public:
  RelayUpstream(WebSocketStream connected, RelayLimits bounds)
      : stream(std::move(connected)), limits(bounds) {}

  WebSocketStream stream;
  RelayLimits limits;
};

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
/// What is read from the upstream at a time, and so the largest frame that the client gets.
constexpr std::size_t kPieceBytes = 64u << 10;

beast::http::request<beast::http::empty_body> to_beast(const HttpRequest& handshake) {
  beast::http::request<beast::http::empty_body> request(beast::http::verb::get, handshake.target(), 11);
  for (const auto& [name, value] : handshake.headers.fields) request.insert(name, value);
  return request;
}

class Relay {
 public:
  Relay(asio::ip::tcp::socket client, std::shared_ptr<RelayUpstream> upstream, RelayReport& report)
      : upstream_(std::move(upstream)),
        limits_(upstream_->limits),
        client_(std::move(client)),
        report_(report),
        queued_(client_.get_executor(), asio::steady_timer::time_point::max()),
        taken_(client_.get_executor()),
        over_(client_.get_executor(), asio::steady_timer::time_point::max()),
        children_(client_.get_executor()) {
    WebSocketLimits limits = limits_.upstream;
    limits.idle_timeout = limits_.client_idle_timeout;
    configure(client_, limits);
  }

  Task<> run(HttpRequest handshake, HttpHeaders answer);

 private:
  // A part of a message on its way to the client.
  struct Piece {
    std::string bytes;
    bool last = false;
    bool text = true;
  };

  Task<> carry_up();
  Task<> read_upstream();
  Task<bool> wait_for_room();
  Task<> write_client();
  Task<> close_client();
  /// `goodbye`: none for a client that has left.
  void end(End how, std::string reason, websocket::close_code goodbye = websocket::close_code::none);

  std::shared_ptr<RelayUpstream> upstream_;
  const RelayLimits& limits_;
  WebSocketStream client_;
  RelayReport& report_;
  std::deque<Piece> queue_;
  std::size_t queue_bytes_ = 0;
  asio::steady_timer queued_;  ///< never expires; cancelled when the client's writer has something to do
  asio::steady_timer taken_;   ///< cancelled when the client has taken a piece
  asio::steady_timer over_;    ///< never expires; cancelled when the relay has ended
  base::TaskScope children_;
  websocket::close_code goodbye_ = websocket::close_code::none;
  bool ended_ = false;
};

void Relay::end(End how, std::string reason, websocket::close_code goodbye) {
  if (std::exchange(ended_, true)) return;
  report_.end = how;
  report_.reason = std::move(reason);
  goodbye_ = goodbye;
  over_.cancel();
}

Task<> Relay::run(HttpRequest handshake, HttpHeaders answer) {
  using namespace asio::experimental::awaitable_operators;
  client_.set_option(websocket::stream_base::decorator([answer = std::move(answer)](websocket::response_type& response) {
    for (const auto& [name, value] : answer.fields) response.set(name, value);
  }));
  const auto request = to_beast(handshake);
  const auto [refused] = co_await client_.async_accept(request, kAwait);
  if (refused) {
    end(End::client, "the WebSocket handshake failed: " + refused.message());
  } else {
    children_.spawn(carry_up());
    children_.spawn(read_upstream());
    children_.spawn(write_client());
    // As in WebSocketClient::run: here cancellation arrives for certain.
    const auto state = co_await asio::this_coro::cancellation_state;
    if (!ended_ && state.cancelled() == asio::cancellation_type::none) co_await over_.async_wait(kAwait);
    end(End::cancelled, "the session or the server has ended", websocket::close_code::going_away);
    if (goodbye_ != websocket::close_code::none) {
      co_await (base::as_root(close_client()) ||
                base::as_root(base::sleep_for(limits_.upstream.close_timeout)));
    }
  }
  error_code ignored;  // either may be closed already
  client_.next_layer().next_layer().close(ignored);
  upstream_->stream.next_layer().next_layer().close(ignored);
  children_.stop();
  co_await children_.join();
}

Task<> Relay::close_client() {
  const websocket::close_reason reason(goodbye_,
                                       report_.reason.substr(0, 120));  // RFC 6455: at most 123 bytes
  co_await client_.async_close(reason, kAwait);
}

/// One message at a time, so the client waits as long as the upstream takes.
Task<> Relay::carry_up() {
  MessageBuffer message(limits_.upstream.message_bytes);
  while (!ended_) {
    const auto space = message.prepare();
    const asio::mutable_buffer buffer(space.data(), space.size());
    const auto [error, size] = co_await client_.async_read_some(buffer, kAwait);
    if (error) co_return end(End::client, read_failure(client_, error).message);
    message.commit(size);
    if (message.oversized()) {
      co_return end(End::client, "a message of the client is too large", websocket::close_code::too_big);
    }
    if (!client_.is_message_done()) continue;
    if (report_.on_client_message) report_.on_client_message(message.text());
    upstream_->stream.text(client_.got_text());
    const asio::const_buffer whole(message.text().data(), message.text().size());
    const auto [failure, written] = co_await upstream_->stream.async_write(whole, kAwait);
    if (failure) co_return;  // its reader learns the reason
    ++report_.messages;
    message.clear();
  }
}

Task<> Relay::read_upstream() {
  std::vector<char> buffer(kPieceBytes);
  while (!ended_) {
    const bool room = co_await wait_for_room();
    if (!room) co_return;
    const auto [error, size] = co_await upstream_->stream.async_read_some(asio::buffer(buffer), kAwait);
    if (error) {
      co_return end(End::upstream, read_failure(upstream_->stream, error).message,
                    websocket::close_code::going_away);
    }
    Piece piece;
    piece.bytes.assign(buffer.data(), size);
    piece.last = upstream_->stream.is_message_done();
    piece.text = upstream_->stream.got_text();
    report_.messages += piece.last ? 1 : 0;
    queue_bytes_ += size;
    queue_.push_back(std::move(piece));
    queued_.cancel();
  }
}

/// False when the relay has ended, also because the client takes nothing any more.
Task<bool> Relay::wait_for_room() {
  while (!ended_ && queue_bytes_ >= limits_.queue_bytes) {
    taken_.expires_after(limits_.stall_timeout);
    const auto [error] = co_await taken_.async_wait(kAwait);
    if (error) continue;
    end(End::slow_client,
        "the client does not keep up: " + std::to_string(queue_bytes_) + " bytes wait for it",
        websocket::close_code::policy_error);
  }
  co_return !ended_;
}

Task<> Relay::write_client() {
  while (!ended_) {
    if (queue_.empty()) {
      co_await queued_.async_wait(kAwait);
      continue;
    }
    // The front stays put: push_back does not move the elements of a deque.
    const Piece& piece = queue_.front();
    client_.text(piece.text);
    const auto [error, size] =
        co_await client_.async_write_some(piece.last, asio::buffer(piece.bytes), kAwait);
    if (error) co_return;  // its reader learns the reason
    queue_bytes_ -= piece.bytes.size();
    queue_.pop_front();
    taken_.cancel();
  }
}

}  // namespace

bool asks_for_websocket(const HttpRequest& request) {
  const auto upgrade = request.headers.find("Upgrade");
  return request.method == "GET" && upgrade && base::same_name(*upgrade, "websocket") &&
         request.headers.find("Sec-WebSocket-Key") && request.headers.find("Sec-WebSocket-Version") == "13";
}

Task<Result<std::shared_ptr<RelayUpstream>>> connect_relay(std::string url, std::string via, RelayLimits limits) {
  auto stream = co_await connect_stream(std::move(url), limits.upstream, std::move(via));
  if (!stream) co_return std::unexpected(std::move(stream.error()));
  auto upstream = std::make_shared<RelayUpstream>(std::move(*stream), limits);
  co_return std::move(upstream);
}

Task<> relay(asio::ip::tcp::socket client, HttpRequest handshake, HttpHeaders answer,
             std::shared_ptr<RelayUpstream> upstream, RelayReport& report) {
  const bool throwing = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  Relay connection(std::move(client), std::move(upstream), report);
  co_await connection.run(std::move(handshake), std::move(answer));
  co_await asio::this_coro::throw_if_cancelled(throwing);
}

}  // namespace telltale::net

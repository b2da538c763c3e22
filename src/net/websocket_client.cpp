#include "net/websocket_client.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <optional>
#include <utility>

#include "net/websocket_frames.hpp"

namespace telltale::net {

namespace asio = base::asio;
using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
/// Messages are put together for one write up to this many bytes; a larger one goes alone.
constexpr std::size_t kWriteBytes = 64u << 10;
/// Above this the memory of a write is given back.
constexpr std::size_t kKeptCapacity = 1u << 20;

std::string closed_by_peer(const FrameReader::Item& close) {
  const bool has_code = close.code != static_cast<std::uint16_t>(CloseCode::none);
  std::string text = "the peer closed the WebSocket ";
  text += has_code ? "with code " + std::to_string(close.code) : "without a code";
  if (!close.bytes.empty()) text += " (" + std::string(close.bytes) + ")";
  return text;
}

// The loop over large reads is our own: Beast's stream is awaited for each message, and each wait stands behind
// every consumer's completion on the loop, although the message is in the buffer (docs/adr/0009).
class WebSocketClient final : public MessageTransport {
 public:
  WebSocketClient(asio::ip::tcp::socket socket, std::string_view early, WebSocketLimits limits);

  Task<base::Error> run(WebSocketHandler& handler) override;
  Result<void> send(std::string message) override;
  void close() noexcept override;

 private:
  Task<> read_all(WebSocketHandler& handler);
  bool read_until(steady_clock::time_point time, WebSocketHandler& handler);
  void hand_on(const FrameReader::Item& item, WebSocketHandler& handler);
  Task<> write_all();
  bool fill(std::string& out, std::size_t& message_bytes);
  Task<> watch_silence();
  Task<> cut_after_close_timeout();
  void finish_sending() noexcept;
  // Ends run() at once. Why it ends is what was said first; after close() it is always `stopped`.
  void end(base::Error reason);
  // Ends run() with `reason` once the peer has closed the connection behind our close frame, or has had its time.
  void end_with_close(CloseCode code, base::Error reason);

  WebSocketLimits limits_;
  asio::ip::tcp::socket socket_;
  FrameReader reader_;
  FrameWriter writer_;
  std::deque<std::string> queue_;
  std::size_t queue_bytes_ = 0;
  std::optional<std::string> pong_;  ///< to be sent; the answer to the last ping will do (RFC 6455 5.5.3)
  bool ping_due_ = false;
  std::optional<CloseCode> close_due_;
  asio::steady_timer queued_;  ///< never expires; cancelled when the writer has something to do
  asio::steady_timer over_;    ///< never expires; cancelled when run() is to end
  steady_clock::time_point heard_;
  std::optional<base::Error> reason_;
  base::TaskScope children_;
  bool running_ = false;
  bool closing_ = false;     ///< close() was called
  bool close_sent_ = false;  ///< the writer has ended
  bool deaf_ = false;        ///< the peer has said its last, or broke the protocol: nothing more is handed on
  bool ended_ = false;
};

WebSocketClient::WebSocketClient(asio::ip::tcp::socket socket, std::string_view early, WebSocketLimits limits)
    : limits_(limits),
      socket_(std::move(socket)),
      reader_(limits.message_bytes),
      queued_(socket_.get_executor(), asio::steady_timer::time_point::max()),
      over_(socket_.get_executor(), asio::steady_timer::time_point::max()),
      heard_(steady_clock::now()),
      children_(socket_.get_executor()) {
  error_code ignored;  // a socket that is gone shows at the first read
  socket_.non_blocking(true, ignored);
  std::ranges::copy(early, reader_.prepare().begin());
  reader_.commit(early.size());
}

Task<base::Error> WebSocketClient::run(WebSocketHandler& handler) {
  const bool throwing = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  running_ = true;
  heard_ = steady_clock::now();
  children_.spawn(write_all());
  children_.spawn(read_all(handler));
  children_.spawn(watch_silence());
  if (closing_) children_.spawn(cut_after_close_timeout());
  // Cancellation is waited for in this one place, where it arrives for certain: a signal between two operations of
  // the reader would cancel neither. The closed socket ends the children in any case.
  const auto state = co_await asio::this_coro::cancellation_state;
  if (!ended_ && state.cancelled() == asio::cancellation_type::none) co_await over_.async_wait(kAwait);
  base::Error stopped{Errc::stopped, "the WebSocket was closed"};
  end(std::move(stopped));
  error_code ignored;  // the peer may have closed it already
  socket_.close(ignored);
  children_.stop();
  co_await children_.join();
  co_await asio::this_coro::throw_if_cancelled(throwing);
  co_return std::move(*reason_);
}

void WebSocketClient::end(base::Error reason) {
  if (std::exchange(ended_, true)) return;
  if (!reason_) reason_ = std::move(reason);
  if (closing_) reason_ = {Errc::stopped, "the WebSocket was closed"};
  over_.cancel();
}

void WebSocketClient::end_with_close(CloseCode code, base::Error reason) {
  deaf_ = true;
  reason_ = std::move(reason);
  close_due_ = code;
  queued_.cancel();
  if (!closing_) children_.spawn(cut_after_close_timeout());
  finish_sending();
}

/// Reads in turns. A crowd of consumers makes the loop come back late; then the next turn is longer, for the browser
/// must be read in any case: it drops events when its buffers are full.
Task<> WebSocketClient::read_all(WebSocketHandler& handler) {
  steady_clock::duration turn = limits::kReadTurn;
  for (;;) {
    const bool more = read_until(steady_clock::now() + turn, handler);
    if (ended_) co_return;
    turn = limits::kReadTurn;
    if (more) {
      const auto paused = steady_clock::now();
      co_await asio::post(socket_.get_executor(), asio::use_awaitable);
      turn = std::clamp<steady_clock::duration>((steady_clock::now() - paused) / 4, limits::kReadTurn,
                                                limits::kLongestReadTurn);
    } else {
      co_await socket_.async_wait(asio::ip::tcp::socket::wait_read, kAwait);  // an error shows at the read
    }
  }
}

/// Hands on what has arrived until nothing is left or the time has come; then it returns true.
bool WebSocketClient::read_until(steady_clock::time_point time, WebSocketHandler& handler) {
  while (!ended_) {
    const auto item = deaf_ ? FrameReader::Item() : reader_.next();
    if (item.kind != FrameReader::Kind::none) {
      hand_on(item, handler);
    } else {
      const auto space = reader_.prepare();
      error_code error;
      const std::size_t size = socket_.read_some(asio::buffer(space.data(), space.size()), error);
      if (error == asio::error::would_block) return false;
      if (error) {
        // It may be closed by us: by run(), which knows why, or because the closing handshake took too long.
        end({Errc::closed, "the connection broke: " + error.message()});
        return false;
      }
      heard_ = steady_clock::now();
      if (!deaf_) reader_.commit(size);
    }
    if (steady_clock::now() >= time) return true;
  }
  return false;
}

void WebSocketClient::hand_on(const FrameReader::Item& item, WebSocketHandler& handler) {
  using Kind = FrameReader::Kind;
  switch (item.kind) {
    case Kind::message:
      return handler.on_message(item.bytes);
    case Kind::oversized:
      return handler.on_oversized_message(item.bytes, item.size);
    case Kind::ping:
      pong_ = item.bytes;
      queued_.cancel();
      return;
    case Kind::close:
      return end_with_close(CloseCode{item.code}, {Errc::closed, closed_by_peer(item)});
    case Kind::violation:
      return end_with_close(
          CloseCode::protocol_error,
          {Errc::protocol, "the peer broke the WebSocket protocol: " + std::string(item.bytes)});
    case Kind::pong:
    case Kind::none:
      return;
  }
}

Result<void> WebSocketClient::send(std::string message) {
  if (ended_ || closing_ || deaf_) return fail(Errc::closed, "the WebSocket is closed");
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
  if (running_ && !deaf_) children_.spawn(cut_after_close_timeout());
}

/// Writes what is due, and the close frame as the last. Ends with stop() of the scope.
Task<> WebSocketClient::write_all() {
  std::string out;
  while (!children_.stopping()) {
    out.clear();
    std::size_t message_bytes = 0;
    const bool last = fill(out, message_bytes);
    if (out.empty()) {
      co_await queued_.async_wait(kAwait);
      continue;
    }
    const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(out), kAwait);
    if (error) co_return;  // the reader learns the reason
    queue_bytes_ -= message_bytes;
    if (out.capacity() > kKeptCapacity) std::string().swap(out);
    if (!last) continue;
    close_sent_ = true;
    co_return finish_sending();
  }
}

/// When both sides have sent their close frame, the peer is to close the connection first (RFC 6455 7.1.1).
void WebSocketClient::finish_sending() noexcept {
  if (!close_sent_ || !deaf_) return;
  error_code ignored;  // the connection may be gone already
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

/// The frames of one write, control frames first; `message_bytes` of them are messages. True when a close frame is
/// the last.
bool WebSocketClient::fill(std::string& out, std::size_t& message_bytes) {
  using Opcode = FrameWriter::Opcode;
  if (pong_) writer_.append(out, Opcode::pong, *std::exchange(pong_, std::nullopt));
  if (std::exchange(ping_due_, false)) writer_.append(out, Opcode::ping, {});
  while (!close_due_ && !queue_.empty() && (out.empty() || out.size() + queue_.front().size() <= kWriteBytes)) {
    writer_.append(out, Opcode::text, queue_.front());
    message_bytes += queue_.front().size();
    queue_.pop_front();
  }
  if (closing_ && queue_.empty() && !close_due_) close_due_ = CloseCode::normal;
  if (!close_due_) return false;
  writer_.append_close(out, *close_due_);
  return true;
}

/// Pings a peer that is silent for half of the idle timeout, and gives it up at the end. Ends with stop().
Task<> WebSocketClient::watch_silence() {
  const auto half = limits_.idle_timeout / 2;
  auto asked = steady_clock::time_point::min();
  while (!children_.stopping()) {
    const auto due = heard_ + (asked > heard_ ? limits_.idle_timeout : half);
    co_await base::sleep_for(due - steady_clock::now());
    // What waits unread was said in time: it was this loop that did not get round to it.
    error_code ignored;  // then nothing waits
    if (socket_.available(ignored) > 0) heard_ = steady_clock::now();
    const auto silence = steady_clock::now() - heard_;
    if (silence < half) continue;
    if (asked <= heard_) {
      asked = steady_clock::now();
      ping_due_ = true;
      queued_.cancel();
    } else if (silence >= limits_.idle_timeout) {
      co_return end({Errc::timeout, "the peer stopped answering pings"});
    }
  }
}

Task<> WebSocketClient::cut_after_close_timeout() {
  const bool overdue = co_await base::sleep_for(limits_.close_timeout);
  if (!overdue) co_return;
  error_code ignored;  // the reader ends either way
  socket_.close(ignored);
}

}  // namespace

std::unique_ptr<MessageTransport> make_websocket_client(asio::ip::tcp::socket socket, std::string_view early,
                                                        WebSocketLimits limits) {
  return std::make_unique<WebSocketClient>(std::move(socket), early, limits);
}

}  // namespace telltale::net

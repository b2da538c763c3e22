#include "support/websocket_server.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

namespace telltale::testing {
namespace {

namespace asio = base::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using base::Task;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

net::HttpRequest plain(const http::request<http::string_body>& received) {
  net::HttpRequest request;
  request.method = std::string(received.method_string());
  const std::string target(received.target());
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = net::parse_query(target.substr(question + 1));
  for (const auto& field : received) {
    request.headers.fields.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  request.body = received.body();
  return request;
}

/// A TCP socket that can turn a deaf ear: it still writes, but what arrives is never handed on.
class DeafenableSocket {
 public:
  using next_layer_type = tcp::socket;
  using executor_type = tcp::socket::executor_type;

  explicit DeafenableSocket(tcp::socket socket)
      : socket_(std::move(socket)), never_(socket_.get_executor(), asio::steady_timer::time_point::max()) {}

  [[nodiscard]] executor_type get_executor() noexcept { return socket_.get_executor(); }
  [[nodiscard]] tcp::socket& next_layer() noexcept { return socket_; }
  [[nodiscard]] const tcp::socket& next_layer() const noexcept { return socket_; }
  void deafen() noexcept { deaf_ = true; }
  void close() {
    error_code ignored;  // it may be closed already
    socket_.close(ignored);
    never_.cancel();
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_compose<Token, void(error_code, std::size_t)>(Read<Buffers>{*this, buffers}, token,
                                                                     socket_);
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return socket_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  template <class Buffers>
  struct Read {
    DeafenableSocket& stream;
    Buffers buffers;

    template <class Self>
    void operator()(Self& self) {
      stream.socket_.async_read_some(buffers, std::move(self));
    }
    template <class Self>
    void operator()(Self& self, error_code error, std::size_t size) {
      if (error || !stream.deaf_) return self.complete(error, size);
      stream.never_.async_wait(std::move(self));
    }
    template <class Self>
    void operator()(Self& self, error_code) {
      self.complete(asio::error::operation_aborted, 0);
    }
  };

  tcp::socket socket_;
  asio::steady_timer never_;
  bool deaf_ = false;
};

// Found by Beast through argument-dependent lookup.
template <class TeardownHandler>
void async_teardown(beast::role_type role, DeafenableSocket& stream, TeardownHandler&& handler) {
  using websocket::async_teardown;
  async_teardown(role, stream.next_layer(), std::forward<TeardownHandler>(handler));
}

class Peer final : public WebSocketPeer {
 public:
  Peer(tcp::socket socket, net::HttpRequest request, const WebSocketScript& script)
      : request_(std::move(request)),
        script_(script),
        stream_(std::move(socket)),
        queued_(stream_.get_executor(), asio::steady_timer::time_point::max()),
        over_(stream_.get_executor(), asio::steady_timer::time_point::max()),
        children_(stream_.get_executor()) {
    stream_.auto_fragment(false);
    stream_.text(true);
    stream_.read_message_max(0);
  }

  Task<> run(http::request<http::string_body> upgrade) {
    const auto [error] = co_await stream_.async_accept(upgrade, kAwait);
    if (error) co_return;
    children_.spawn(read_all());
    children_.spawn(write_queue());
    if (script_.on_open) script_.on_open(*this);
    if (!ended_) co_await over_.async_wait(kAwait);
    drop();
    children_.stop();
    co_await children_.join();
    if (script_.on_end) script_.on_end(*this);
  }

  const net::HttpRequest& request() const noexcept override { return request_; }
  void send(std::string text) override {
    const std::size_t whole = text.size();
    send_fragmented(std::move(text), whole);
  }
  void send_fragmented(std::string text, std::size_t fragment_bytes) override {
    queue_.push_back({std::move(text), std::max<std::size_t>(fragment_bytes, 1)});
    queued_.cancel();
  }
  void close() override {
    closing_ = true;
    queued_.cancel();
  }
  void drop() override {
    stream_.next_layer().close();
    end();
  }
  void go_silent() override { stream_.next_layer().deafen(); }

 private:
  struct Queued {
    std::string text;
    std::size_t fragment_bytes;
  };

  void end() {
    ended_ = true;
    over_.cancel();
  }

  Task<> read_all() {
    beast::flat_buffer buffer;
    while (!ended_) {
      const auto [error, size] = co_await stream_.async_read(buffer, kAwait);
      if (error) break;
      if (script_.on_message) {
        script_.on_message(*this, {static_cast<const char*>(buffer.data().data()), buffer.size()});
      }
      buffer.clear();
    }
    end();
  }

  Task<> write_queue() {
    while (!children_.stopping()) {
      if (!queue_.empty()) {
        const Queued message = std::move(queue_.front());
        queue_.pop_front();
        const auto failed = co_await write(message);
        if (failed) co_return;
      } else if (closing_) {
        co_await stream_.async_close(websocket::close_code::going_away, kAwait);
        co_return;
      } else {
        co_await queued_.async_wait(kAwait);
      }
    }
  }

  Task<error_code> write(const Queued& message) {
    std::string_view rest = message.text;
    for (;;) {
      const auto piece = rest.substr(0, message.fragment_bytes);
      rest.remove_prefix(piece.size());
      const auto [error, size] = co_await stream_.async_write_some(rest.empty(), asio::buffer(piece), kAwait);
      if (error || rest.empty()) co_return error;
    }
  }

  net::HttpRequest request_;
  const WebSocketScript& script_;
  websocket::stream<DeafenableSocket, false> stream_;
  asio::steady_timer queued_;  ///< cancelled when the writer has something to do
  asio::steady_timer over_;    ///< cancelled when the connection has ended
  std::deque<Queued> queue_;
  base::TaskScope children_;
  bool closing_ = false;
  bool ended_ = false;
};

}  // namespace

class WebSocketServer::Impl {
 public:
  Impl(base::Loop& loop, WebSocketScript script)
      : script_(std::move(script)),
        acceptor_(loop.executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        port_(acceptor_.local_endpoint().port()),
        connections_(loop.executor()) {}

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  Task<> run() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(kAwait);
      if (error) break;
      connections_.spawn(serve(std::move(socket)));
    }
    connections_.stop();
    co_await connections_.join();
  }

  void stop() noexcept {
    error_code ignored;  // it may be closed already
    acceptor_.close(ignored);
  }

 private:
  Task<> serve(tcp::socket socket) {
    beast::flat_buffer buffer;
    http::request<http::string_body> received;
    const auto [error, size] = co_await http::async_read(socket, buffer, received, kAwait);
    if (error) co_return;
    if (!websocket::is_upgrade(received)) {
      net::HttpResponse response;
      response.status = 404;
      if (script_.on_request) response = script_.on_request(plain(received));
      co_await answer(socket, std::move(response));
    } else if (script_.ignore_handshake) {
      char byte = 0;  // ends with the client, or with stop()
      co_await socket.async_read_some(asio::buffer(&byte, 1), kAwait);
    } else if (script_.refuse_handshake != 0) {
      net::HttpResponse refusal;
      refusal.status = script_.refuse_handshake;
      co_await answer(socket, std::move(refusal));
    } else {
      Peer peer(std::move(socket), plain(received), script_);
      co_await peer.run(std::move(received));
    }
  }

  static Task<> answer(tcp::socket& socket, net::HttpResponse response) {
    http::response<http::string_body> out;
    out.result(response.status);
    for (const auto& [name, value] : response.headers.fields) out.set(name, value);
    out.body() = response.body;
    out.keep_alive(false);
    out.prepare_payload();
    co_await http::async_write(socket, out, kAwait);
  }

  WebSocketScript script_;
  tcp::acceptor acceptor_;
  std::uint16_t port_;
  base::TaskScope connections_;
};

WebSocketServer::WebSocketServer(base::Loop& loop, WebSocketScript script)
    : impl_(std::make_unique<Impl>(loop, std::move(script))) {}
WebSocketServer::~WebSocketServer() = default;

std::uint16_t WebSocketServer::port() const noexcept { return impl_->port(); }
std::string WebSocketServer::url(std::string_view path) const {
  return "ws://127.0.0.1:" + std::to_string(port()) + std::string(path);
}
Task<> WebSocketServer::run() { return impl_->run(); }
void WebSocketServer::stop() noexcept { impl_->stop(); }

}  // namespace telltale::testing

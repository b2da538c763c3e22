#include "net/http_client.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

#include "net/limits.hpp"
#include "net/socket_deadline.hpp"
#include "net/tcp_connect.hpp"
#include "net/url.hpp"

namespace telltale::net {
namespace {

namespace asio = base::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using boost::beast::string_view;
using boost::system::error_code;
using TimePoint = std::chrono::steady_clock::time_point;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = 64u << 10;

constexpr bool is_success(unsigned status) noexcept { return status / 100 == 2; }

/// Where a response goes. Without on_data every body is collected.
struct Sink {
  std::function<void(const HttpResponse&)> on_head;
  std::function<void(std::string_view)> on_data;
};

/// Beast's parser, writing straight into an HttpResponse and the sink.
class ResponseParser final : public http::basic_parser<false> {
 public:
  explicit ResponseParser(Sink& sink) : sink_(sink) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(limits::kHttpHeaderBytes));
    body_limit(boost::none);  // counted below: only collected bodies have a bound
  }
  [[nodiscard]] HttpResponse take() { return std::move(response_); }
  [[nodiscard]] unsigned status() const noexcept { return response_.status; }

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int code, string_view, int, error_code&) override {
    response_.status = static_cast<unsigned>(code);
  }
  void on_field_impl(http::field, string_view name, string_view value, error_code&) override {
    response_.headers.fields.emplace_back(std::string(name), std::string(value));
  }
  void on_header_impl(error_code&) override {
    if (response_.status / 100 != 1 && sink_.on_head) sink_.on_head(response_);
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code& error) override {
    if (sink_.on_data && is_success(response_.status)) {
      sink_.on_data(std::string_view(body.data(), body.size()));
    } else if (response_.body.size() + body.size() > limits::kHttpClientBodyBytes) {
      error = http::error::body_limit;
    } else {
      response_.body.append(body.data(), body.size());
    }
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(error_code&) override {}

  Sink& sink_;
  HttpResponse response_;
};

std::string request_head(const HttpRequest& request, std::string_view authority) {
  std::string head = request.method + " " + request.target() + " HTTP/1.1\r\n";
  // Chromium builds the URLs in /json/version from it, so it always names the port.
  if (!request.headers.find("Host")) append_header(head, "Host", authority);
  for (const auto& [name, value] : request.headers.fields) append_header(head, name, value);
  const bool has_body = !request.body.empty() || request.method == "POST" || request.method == "PUT";
  if (has_body) append_header(head, "Content-Length", std::to_string(request.body.size()));
  append_header(head, "Connection", "close");
  return head + "\r\n";
}

/// One request and its response on a fresh connection.
class Exchange {
 public:
  Exchange(tcp::socket socket, HttpRequest request, Sink sink, std::optional<std::chrono::nanoseconds> idle,
           TimePoint due)
      : socket_(std::move(socket)),
        deadline_(socket_),
        request_(std::move(request)),
        sink_(std::move(sink)),
        idle_(idle) {
    deadline_.expires_at(due);
  }

  Task<Result<HttpResponse>> run(std::string authority) {
    using namespace asio::experimental::awaitable_operators;
    auto outcome =
        co_await (base::as_root(perform(std::move(authority))) || base::as_root(deadline_.watch()));
    if (auto* response = std::get_if<0>(&outcome)) co_return std::move(*response);
    co_return fail(Errc::stopped, "cancelled");
  }

 private:
  Task<Result<HttpResponse>> perform(std::string authority) {
    const std::string head = request_head(request_, authority);
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(head), asio::buffer(request_.body)};
    const auto [write_error, written] = co_await asio::async_write(socket_, pieces, kAwait);
    // A server may answer and close before it took the whole request (413): the answer says more than the
    // write error.
    if (write_error == asio::error::operation_aborted) co_return std::unexpected(to_error(write_error));
    for (;;) {
      ResponseParser parser(sink_);
      parser.skip(request_.method == "HEAD");
      const auto error = co_await read_into(parser);
      if (error) {
        co_return std::unexpected(to_error(write_error && !parser.got_some() ? write_error : error));
      }
      if (parser.status() / 100 != 1) co_return parser.take();
    }
  }

  Task<error_code> read_into(ResponseParser& parser) {
    const auto state = co_await asio::this_coro::cancellation_state;
    for (;;) {
      error_code error;
      const std::size_t used = buffer_.size() == 0 ? 0 : parser.put(buffer_.data(), error);
      buffer_.consume(used);
      if (error && error != http::error::need_more) co_return error;
      if (parser.is_done()) co_return error_code();
      if (used > 0 && buffer_.size() > 0 && !error) continue;
      // A signal between two reads cancels neither, so the state is asked, too.
      const bool cancelled = state.cancelled() != asio::cancellation_type::none;
      if (deadline_.expired() || cancelled) co_return asio::error::operation_aborted;
      if (idle_) deadline_.expires_after(*idle_);
      const auto space = buffer_.prepare(kReadBytes);
      const auto [read_error, size] = co_await socket_.async_read_some(space, kAwait);
      buffer_.commit(size);
      if (read_error != asio::error::eof) {
        if (read_error) co_return read_error;
        continue;
      }
      if (!parser.got_some()) co_return http::error::end_of_stream;
      parser.put_eof(error);
      co_return error;
    }
  }

  base::Error to_error(error_code error) const {
    if (error == asio::error::operation_aborted) {
      return deadline_.expired() ? base::Error{Errc::timeout, "no complete answer in time"}
                                 : base::Error{Errc::stopped, "cancelled"};
    }
    if (error == http::error::body_limit || error == http::error::header_limit) {
      return {Errc::limit, "the answer is too large (" + error.message() + ")"};
    }
    if (error == http::error::end_of_stream || error == http::error::partial_message) {
      return {Errc::closed, "the server closed the connection before the answer was complete"};
    }
    if (error.category() == http::make_error_code(http::error::bad_method).category()) {
      return {Errc::protocol, "not a valid HTTP answer (" + error.message() + ")"};
    }
    return {Errc::closed, error.message()};
  }

  tcp::socket socket_;
  SocketDeadline deadline_;
  HttpRequest request_;
  Sink sink_;
  std::optional<std::chrono::nanoseconds> idle_;
  boost::beast::flat_buffer buffer_;
};

Task<Result<HttpResponse>> exchange(std::string host, std::uint16_t port, HttpRequest request, Sink sink,
                                    std::optional<std::chrono::nanoseconds> idle, TimePoint due) {
  const std::string authority = Url{"", host, port, ""}.authority();
  const std::string where = request.method + " http://" + authority + request.path;
  auto socket = co_await connect_tcp(std::move(host), port, due);
  if (!socket) co_return std::unexpected(std::move(socket.error()));
  Exchange one(std::move(*socket), std::move(request), std::move(sink), idle, due);
  auto response = co_await one.run(authority);
  if (!response) co_return std::unexpected(response.error().in(where));
  co_return std::move(response);
}

TimePoint from_now(std::chrono::nanoseconds duration) { return std::chrono::steady_clock::now() + duration; }

// Results must reach a cancelled caller as Errc::stopped, whether or not it lets Asio throw.
Task<Result<HttpResponse>> without_throwing(Task<Result<HttpResponse>> task) {
  const bool throwing = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  auto result = co_await std::move(task);
  co_await asio::this_coro::throw_if_cancelled(throwing);
  co_return std::move(result);
}

}  // namespace

Task<Result<HttpResponse>> http_fetch(std::string host, std::uint16_t port, HttpRequest request,
                                      std::chrono::nanoseconds deadline) {
  Sink collect_all;
  co_return co_await without_throwing(exchange(std::move(host), port, std::move(request),
                                               std::move(collect_all), std::nullopt, from_now(deadline)));
}

Task<Result<HttpResponse>> http_stream(std::string host, std::uint16_t port, HttpRequest request,
                                       std::function<void(const HttpResponse&)> on_head,
                                       std::function<void(std::string_view)> on_data,
                                       std::chrono::nanoseconds idle) {
  Sink sink;
  sink.on_head = std::move(on_head);
  sink.on_data = std::move(on_data);
  co_return co_await without_throwing(
      exchange(std::move(host), port, std::move(request), std::move(sink), idle, from_now(idle)));
}

}  // namespace telltale::net

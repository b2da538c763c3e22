#pragma once

// One accepted connection of the HTTP server: reads requests, calls the handler, writes replies.

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "net/http_codec.hpp"
#include "net/http_server.hpp"
#include "net/socket_deadline.hpp"

namespace telltale::net {

/// Lives on one loop, in the frame of the coroutine that awaits run(). Cancelling run() closes the connection
/// at once.
class HttpConnection final : private BodyWriter, private BodyReader, private WebSocketUpgrade {
 public:
  HttpConnection(base::asio::ip::tcp::socket socket, HttpHandler& handler, const HttpServerLimits& limits);
  ~HttpConnection() override;

  /// Serves until the client, an error, a deadline or stop() ends the connection; then the socket is closed.
  base::Task<> run();
  /// Instead of run(): answers one refusal, whatever the client asks, and closes.
  base::Task<> turn_away(Refusal refusal);
  /// Ends a waiting connection and a stream now, any other request after its response.
  void stop() noexcept;

 private:
  enum class Phase { idle, exchange, stream };
  enum class Next { keep_alive, close, linger };

  base::Task<> serve();
  base::Task<> serve_refusal(Refusal refusal);
  base::Task<Next> serve_one();
  base::Task<> close(Next how);

  base::Task<bool> wait_for_request();
  base::Task<boost::system::error_code> read_request(RequestParser& parser);
  base::Task<boost::system::error_code> read_more(RequestParser& parser);
  [[nodiscard]] BodyPlan plan_for(const HttpRequest& head) const;
  base::Task<boost::system::error_code> fill();

  base::Task<HttpReply> guarded_handle(HttpRequest request, BodyReader* body);
  base::Task<> guarded_stream(std::function<base::Task<>(BodyWriter&)> stream);
  base::Task<> watch_for_disconnect();
  [[nodiscard]] bool client_is_there();

  base::Task<Next> serve_streamed(RequestParser& parser);
  base::Task<base::Result<std::string>> read() override;
  base::Task<Next> respond(HttpReply reply);
  base::Task<Next> respond_whole(HttpResponse response);
  base::Task<Next> respond_stream(HttpReply reply);
  base::Task<Next> respond_upgrade(std::function<base::Task<>(WebSocketUpgrade&)> upgrade);
  base::Task<> guarded_upgrade(std::function<base::Task<>(WebSocketUpgrade&)> upgrade);
  base::Task<> until_stopped();
  base::Task<Next> refuse(Refusal refusal);
  base::Task<base::Result<void>> write(std::span<const std::string_view> pieces) override;
  base::Task<> relay(std::shared_ptr<RelayUpstream> upstream, RelayReport& report) override;
  base::Task<base::Result<void>> send(std::vector<base::asio::const_buffer> buffers);

  base::asio::ip::tcp::socket socket_;
  HttpHandler& handler_;
  const HttpServerLimits& limits_;
  SocketDeadline deadline_;
  base::asio::steady_timer
      pause_;          ///< never expires; what watch_for_disconnect() waits on when it cannot watch
  std::string input_;  ///< received and not parsed yet
  std::string peer_;
  Phase phase_ = Phase::idle;
  // Of the request that is being served:
  HttpRequest handshake_;        ///< when it asks for a WebSocket
  HttpHeaders upgrade_headers_;  ///< of the answer to it
  RequestParser* streamed_ = nullptr;  ///< while its body is read by its handler
  std::chrono::steady_clock::time_point body_due_;
  std::optional<Refusal> body_refusal_;
  bool body_gone_ = false;  ///< the client went away within its body
  bool answered_expect_ = false;
  bool http_1_0_ = false;
  bool head_only_ = false;
  bool keep_alive_ = true;
  bool chunked_ = false;       ///< the stream's framing
  bool write_failed_ = false;  ///< what the client got is not a prefix of a valid response any more
  bool first_request_ = true;
  bool stopping_ = false;
};

}  // namespace telltale::net

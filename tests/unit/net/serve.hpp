#pragma once

// Runs a test's coroutine beside an HttpServer on real sockets.

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "base/loop.hpp"
#include "net/http_server.hpp"
#include "raw_connection.hpp"

namespace telltale::net {

/// Answers with a function; refusals have the status and its reason as the body.
class FunctionHandler : public HttpHandler {
 public:
  explicit FunctionHandler(std::function<base::Task<HttpReply>(HttpRequest)> answer)
      : answer_(std::move(answer)) {}
  base::Task<HttpReply> handle(HttpRequest request) override { return answer_(std::move(request)); }
  HttpResponse refuse(unsigned status, std::string_view message) override {
    HttpResponse response;
    response.status = status;
    response.body = message;
    return response;
  }

 private:
  std::function<base::Task<HttpReply>(HttpRequest)> answer_;
};

inline HttpReply text_reply(std::string body) {
  HttpReply reply;
  reply.response.headers.set("Content-Type", "text/plain");
  reply.response.body = std::move(body);
  return reply;
}

/// "METHOD path body".
inline base::Task<HttpReply> echo(HttpRequest request) {
  co_return text_reply(request.method + " " + request.path + " " + request.body);
}

/// What a test's coroutine gets. It runs on loop 0.
struct Served {
  base::LoopPool& loops;
  HttpServer& server;
  std::uint16_t port;
};

inline base::Task<> serve_while(base::LoopPool& loops, HttpServer& server,
                                std::function<base::Task<>(Served)> test) {
  const auto port = server.listen("127.0.0.1", 0);
  EXPECT_TRUE(port) << port.error().message;
  if (!port) co_return;
  base::TaskScope scope(loops.at(0).executor());
  scope.spawn(server.run());
  co_await test(Served{loops, server, *port});
  server.stop();
  co_await scope.join();
}

/// Ends when `test` and then the server have ended.
inline void with_server(HttpHandler& handler, std::function<base::Task<>(Served)> test,
                        HttpServerLimits limits = {}, std::size_t loop_count = 1) {
  base::LoopPool loops(loop_count);
  HttpServer server(loops, handler, limits);
  loops.run(serve_while(loops, server, std::move(test)));
}

/// Waits until `condition` holds; false after kPatience.
inline base::Task<bool> eventually(std::function<bool()> condition) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) co_return false;
    co_await base::sleep_for(std::chrono::milliseconds(2));
  }
  co_return true;
}

/// Sends `bytes` on a fresh connection and returns all that comes back until the server closes it.
inline base::Task<std::string> exchange_raw(Served served, std::string bytes) {
  RawConnection connection(served.loops.at(0).executor());
  co_await connection.connect(served.port);
  co_await connection.send(std::move(bytes));
  std::string answer = co_await connection.read_until_closed();
  EXPECT_TRUE(connection.closed_by_peer());
  co_return answer;
}

}  // namespace telltale::net

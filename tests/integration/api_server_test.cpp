// The server's checks in front of the handlers, over real sockets; no session is ever created.

#include "api/server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <functional>

#include "net/http_client.hpp"

namespace telltale::api {
namespace {

using namespace std::chrono_literals;
using namespace boost::asio::experimental::awaitable_operators;

class ServerTest : public ::testing::Test {
 protected:
  // Sends one request to a server with the token "s3cret" and returns its answer.
  net::HttpResponse answer(net::HttpRequest request) {
    base::LoopPool loops(1);
    const base::SystemClock clock;
    const session::Environment environment{.loops = loops, .clock = clock, .chromium = {}, .profiles = {}};
    session::Registry registry(environment, 1);
    ServerOptions options;
    options.port = 0;
    options.token = "s3cret";
    options.allowed_origins = {"https://dash.example"};
    options.version = "1.2.3";
    Server server(loops, registry, clock, std::move(options));
    const auto port = server.listen();
    EXPECT_TRUE(port);
    net::HttpResponse response;
    if (port) loops.run(drive(server, *port, std::move(request), response));
    return response;
  }

 private:
  static base::Task<> drive(Server& server, std::uint16_t port, net::HttpRequest request,
                            net::HttpResponse& response) {
    co_await (base::as_root(ask(server, port, std::move(request), response)) && base::as_root(server.run()));
  }
  static base::Task<> ask(Server& server, std::uint16_t port, net::HttpRequest request,
                          net::HttpResponse& response) {
    auto result = co_await net::http_fetch("127.0.0.1", port, std::move(request), 10s);
    EXPECT_TRUE(result);
    if (result) response = std::move(*result);
    server.stop();
  }
};

net::HttpRequest request_of(std::string method, std::string path) {
  net::HttpRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  return request;
}

net::HttpRequest authorised(std::string method, std::string path) {
  auto request = request_of(std::move(method), std::move(path));
  request.headers.set("Authorization", "Bearer s3cret");
  return request;
}

TEST_F(ServerTest, TellsItsHealthWithoutAToken) {
  const auto response = answer(request_of("GET", "/healthz"));
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.body, R"({"status":"ok","version":"1.2.3"})");
}

TEST_F(ServerTest, ShowsTheDemoPageWithoutAToken) {
  for (const auto* path : {"/demo", "/demo/demo.js", "/demo/pixel.png"}) {
    EXPECT_EQ(answer(request_of("GET", path)).status, 200u) << path;
  }
}

TEST_F(ServerTest, DescribesItselfWithoutAToken) {
  const auto response = answer(request_of("GET", "/openapi.json"));
  EXPECT_EQ(response.status, 200u);
  EXPECT_TRUE(response.body.contains("\"openapi\""));
}

TEST_F(ServerTest, WantsATokenForTheRest) {
  EXPECT_EQ(answer(request_of("GET", "/browsers")).status, 401u);
  const auto response = answer(authorised("GET", "/browsers"));
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.body, "[]");
  EXPECT_EQ(response.headers.find("X-Has-More"), "false");
}

TEST_F(ServerTest, TakesATokenFromTheQueryOfStreamsOnly) {
  auto stream = request_of("GET", "/browsers/x/telemetry/stream");
  stream.query = {{"token", "s3cret"}};
  EXPECT_EQ(answer(stream).status, 404u);  // let in: there is no such session
  auto list = request_of("GET", "/browsers");
  list.query = stream.query;
  EXPECT_EQ(answer(list).status, 401u);
}

TEST_F(ServerTest, TellsUnknownPathsFromWrongMethods) {
  EXPECT_EQ(answer(authorised("GET", "/nothing")).status, 404u);
  const auto response = answer(authorised("DELETE", "/browsers"));
  EXPECT_EQ(response.status, 405u);
  EXPECT_EQ(response.headers.find("Allow"), "POST, GET, HEAD");
}

TEST_F(ServerTest, RefusesHostsOfRebindingAttacksEvenWithTheToken) {
  auto request = authorised("GET", "/browsers");
  request.headers.set("Host", "evil.example");
  EXPECT_EQ(answer(request).status, 421u);
}

TEST_F(ServerTest, LetsPagesOfAnAllowedOriginReadErrorsToo) {
  auto request = request_of("GET", "/browsers");
  request.headers.set("Origin", "https://dash.example");
  const auto response = answer(request);
  EXPECT_EQ(response.status, 401u);
  EXPECT_EQ(response.headers.find("Access-Control-Allow-Origin"), "https://dash.example");
}

TEST(Server, RefusesToListenInTheNetworkWithoutAToken) {
  base::LoopPool loops(1);
  const base::SystemClock clock;
  const session::Environment environment{.loops = loops, .clock = clock, .chromium = {}, .profiles = {}};
  session::Registry registry(environment, 1);
  ServerOptions options;
  options.host = "0.0.0.0";
  options.port = 0;
  Server server(loops, registry, clock, std::move(options));
  const auto port = server.listen();
  ASSERT_FALSE(port);
  EXPECT_EQ(port.error().code, base::Errc::invalid_argument);
}

}  // namespace
}  // namespace telltale::api

// What every route does with requests that it is not meant for, over real sockets.

#include <gtest/gtest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <cctype>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "api/server.hpp"
#include "net/http_client.hpp"
#include "net/via.hpp"
#include "session/registry.hpp"
#include "unit/net/raw_connection.hpp"

namespace telltale::api {
namespace {

using base::Task;
using nlohmann::json;
using namespace std::chrono_literals;
using namespace boost::asio::experimental::awaitable_operators;

struct Asker {
  base::LoopPool& loops;
  std::uint16_t port;

  Task<net::HttpResponse> ask(std::string method, std::string target, net::HttpHeaders headers = {}) const {
    net::HttpRequest request;
    request.method = std::move(method);
    request.path = target.substr(0, target.find('?'));
    if (target.contains('?')) request.query = net::parse_query(target.substr(target.find('?') + 1));
    request.headers = std::move(headers);
    auto answer = co_await net::http_fetch("127.0.0.1", port, std::move(request), 20s);
    EXPECT_TRUE(answer) << answer.error().message;
    co_return answer ? std::move(*answer) : net::HttpResponse{};
  }
  Task<std::string> raw(std::string bytes) const {
    net::RawConnection connection(loops.at(0).executor());
    co_await connection.connect(port);
    co_await connection.send(std::move(bytes));
    auto answer = co_await connection.read_until_closed();
    EXPECT_TRUE(connection.closed_by_peer());
    co_return answer;
  }
};

using Body = std::function<Task<>(Asker)>;

Task<> ask_and_stop(base::LoopPool& loops, Server& server, std::uint16_t port, const Body& body) {
  const Asker asker{loops, port};
  co_await body(asker);
  server.stop();
}

Task<> drive(base::LoopPool& loops, Server& server, const Body& body) {
  const auto port = server.listen();
  EXPECT_TRUE(port);
  if (!port) co_return;
  co_await (base::as_root(ask_and_stop(loops, server, *port, body)) && base::as_root(server.run()));
}

// Without a token, so that every request gets as far as it can.
void with_server(const Body& body) {
  base::LoopPool loops(1);
  const base::SystemClock clock;
  const session::Environment environment{.loops = loops, .clock = clock, .chromium = {}, .profiles = {}};
  session::Registry registry(environment, 1);
  ServerOptions options;
  options.port = 0;
  options.allowed_origins = {"https://dash.example"};
  Server server(loops, registry, clock, std::move(options));
  loops.run(drive(loops, server, body));
}

struct Operation {
  std::string method;
  std::string path;  // with a name for each parameter
  json parameters;
};

Task<std::vector<Operation>> operations_of(Asker server) {
  const auto described = co_await server.ask("GET", "/openapi.json");
  const auto document = json::parse(described.body);
  std::vector<Operation> operations;
  for (const auto& [pattern, methods] : document.at("paths").items()) {
    std::string path = pattern;
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{')) {
      path.replace(at, path.find('}') - at + 1, "x");
    }
    for (const auto& [method, operation] : methods.items()) {
      std::string name = method;
      for (char& c : name) c = static_cast<char>(std::toupper(c));
      operations.push_back({std::move(name), path, operation.value("parameters", json::array())});
    }
  }
  EXPECT_GT(operations.size(), 50u);
  co_return operations;
}

net::HttpHeaders with(std::string name, std::string value) {
  net::HttpHeaders headers;
  headers.set(name, std::move(value));
  return headers;
}

TEST(Boundary, EveryRouteRefusesParametersThatItDoesNotKnowNamingThem) {
  with_server([](Asker server) -> Task<> {
    const auto operations = co_await operations_of(server);
    for (const auto& operation : operations) {
      SCOPED_TRACE(operation.method + " " + operation.path);
      for (const char* query : {"replya=all", "x=1&x=2", "Limit=1", "%0a=1", "tags=1", "tags%5B", "token%20=a"}) {
        const auto answer = co_await server.ask(operation.method, operation.path + "?" + query);
        EXPECT_EQ(answer.status, 400u) << query << answer.body;
        const auto name = net::parse_query(query).front().first;
        EXPECT_TRUE(answer.body.contains(name == "\n" ? "\\n" : name)) << query << answer.body;
      }
      const auto two = co_await server.ask(operation.method, operation.path + "?one=1&two=2");
      EXPECT_TRUE(two.body.contains("'one'") && two.body.contains("'two'")) << two.body;
    }
  });
}

TEST(Boundary, EveryRouteKnowsTheParametersThatItDescribes) {
  with_server([](Asker server) -> Task<> {
    const auto operations = co_await operations_of(server);
    std::size_t known = 0;
    for (const auto& operation : operations) {
      for (const auto& parameter : operation.parameters) {
        if (parameter.at("in") != "query") continue;
        ++known;
        std::string name = parameter.at("name");
        if (parameter.value("style", "") == "deepObject") name += "%5Bkey%5D";
        const auto answer = co_await server.ask(operation.method, operation.path + "?" + name + "=1");
        EXPECT_FALSE(answer.body.contains("unknown query parameter")) << operation.path << answer.body;
      }
    }
    EXPECT_GT(known, 10u);
  });
}

TEST(Boundary, ValuesThatAParameterDoesNotHaveAreRefused) {
  with_server([](Asker server) -> Task<> {
    for (const char* target : {"/browsers/x/telemetry/stream?replay=x", "/browsers/x/telemetry/stream?replay=",
                               "/browsers/x/telemetry?replay=ALL", "/browsers?include_deleted=maybe",
                               "/browsers/x?include_deleted=2", "/browsers?status=x", "/browsers?limit=0"}) {
      const auto answer = co_await server.ask("GET", target);
      EXPECT_EQ(answer.status, 400u) << target << answer.body;
      const std::string query = target;
      const auto begin = query.find('?') + 1;
      EXPECT_TRUE(answer.body.contains(query.substr(begin, query.find('=') - begin))) << answer.body;
    }
    const auto notte = co_await server.ask("GET", "/sessions?only_current_token=maybe");
    EXPECT_EQ(notte.status, 422u) << notte.body;
  });
}

TEST(Boundary, NoAnswerMayBeShownByForeignPages) {
  with_server([](Asker server) -> Task<> {
    const auto policy = [](const net::HttpResponse& answer) {
      return std::string(answer.headers.find("Cross-Origin-Resource-Policy").value_or("none"));
    };
    for (const char* target : {"/healthz", "/openapi.json", "/browsers", "/nothing", "/demo", "/demo/pixel.png",
                               "/demo/redirect", "/browsers/x/telemetry/stream", "/sessions/x/page/screenshot",
                               "/browsers/x/cdp", "/browsers?x=1", "/events"}) {
      for (const char* method : {"GET", "POST", "DELETE", "OPTIONS", "HEAD"}) {
        const std::string_view what = target;
        if (what == "/events" && method == std::string_view("GET")) continue;      // it does not end
        if (what == "/browsers" && method == std::string_view("POST")) continue;  // it starts a browser
        const auto mine = co_await server.ask(method, target);
        EXPECT_EQ(policy(mine), "same-origin") << method << target;
        auto headers = with("Origin", "https://evil.example");
        const auto foreign = co_await server.ask(method, target, headers);
        EXPECT_EQ(policy(foreign), "same-origin") << method << target;
        headers = with("Origin", "https://dash.example");
        const auto allowed = co_await server.ask(method, target, headers);
        EXPECT_EQ(policy(allowed), "cross-origin") << method << target;
      }
    }
    for (const char* bytes : {"GARBAGE\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
                              "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n"}) {
      const auto answer = co_await server.raw(bytes);
      EXPECT_TRUE(answer.contains("Cross-Origin-Resource-Policy: same-origin\r\n")) << answer;
    }
  });
}

TEST(Boundary, WithoutATokenForeignPagesLoadNothingButTheDemo) {
  with_server([](Asker server) -> Task<> {
    const auto operations = co_await operations_of(server);
    for (const auto& operation : operations) {
      if (operation.path == "/events" && operation.method == "GET") continue;  // it does not end for those let in
      for (const char* site : {"cross-site", "same-site"}) {
        auto headers = with("Sec-Fetch-Site", site);
        const auto foreign = co_await server.ask(operation.method, operation.path, headers);
        EXPECT_EQ(foreign.status, 403u) << operation.method << operation.path << site;
      }
      if (operation.method != "GET") continue;  // what they do is not the matter here
      for (const char* site : {"same-origin", "none"}) {
        auto headers = with("Sec-Fetch-Site", site);
        const auto own = co_await server.ask(operation.method, operation.path, headers);
        EXPECT_NE(own.status, 403u) << operation.method << operation.path << site;
      }
    }
    auto headers = with("Sec-Fetch-Site", "cross-site");
    const auto demo = co_await server.ask("GET", "/demo", headers);
    EXPECT_EQ(demo.status, 200u);
    const auto nothing = co_await server.ask("GET", "/nothing", headers);
    EXPECT_EQ(nothing.status, 403u);
    headers.set("Origin", "https://dash.example");
    const auto allowed = co_await server.ask("GET", "/browsers", headers);
    EXPECT_EQ(allowed.status, 200u);
  });
}

TEST(Boundary, RefusedRequestsEndTheirConnection) {
  with_server([](Asker server) -> Task<> {
    const std::string second = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const std::string port = std::to_string(server.port);
    const std::pair<const char*, std::string> cases[] = {
        {"501", "POST /browsers HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n"},
        {"400", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"},
        {"421", "GET http://other.example/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"},
        {"421", "GET http://other.example/healthz HTTP/1.1\r\nHost: other.example\r\n\r\n"},
        {"421", "GET /healthz HTTP/1.1\r\nHost: other.example\r\n\r\n"},
    };
    for (const auto& [status, bytes] : cases) {
      const auto answer = co_await server.raw(bytes + second);
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::string(status))) << bytes << answer;
      EXPECT_TRUE(answer.contains("Connection: close\r\n")) << answer;
      EXPECT_FALSE(answer.contains("\"ok\"")) << "the second request was answered";
      EXPECT_TRUE(json::accept(answer.substr(answer.find("\r\n\r\n") + 4))) << answer;
    }
    const auto own = co_await server.raw("GET http://127.0.0.1:" + port + "/healthz HTTP/1.1\r\nHost: 127.0.0.1:" +
                                         port + "\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(own.starts_with("HTTP/1.1 200")) << own;
  });
}

TEST(Boundary, ItsOwnRequestsAreLoops) {
  with_server([](Asker server) -> Task<> {
    for (const auto& value : {net::via(), net::via("1.0 fred, 1.1 squid"), net::via() + ", 1.1 nginx"}) {
      auto headers = with("Via", value);
      const auto answer = co_await server.ask("GET", "/healthz", headers);
      EXPECT_EQ(answer.status, net::kLoopDetected) << value;
    }
    for (const char* value : {"1.1 nginx", "1.1 telltale-0123456789abcdef0123456789abcdef", ""}) {
      auto headers = with("Via", value);
      const auto answer = co_await server.ask("GET", "/healthz", headers);
      EXPECT_EQ(answer.status, 200u) << value;
    }
  });
}

}  // namespace
}  // namespace telltale::api

#include "api/cors.hpp"

#include <gtest/gtest.h>

namespace telltale::api {
namespace {

constexpr const char* kOrigin = "https://dash.example";

net::HttpRequest request_of(std::string method, const char* origin) {
  net::HttpRequest request;
  request.method = std::move(method);
  request.headers.set("Host", "127.0.0.1:8090");
  request.headers.set("Origin", origin);
  return request;
}

const Cors kCors({kOrigin});
const Cors kOff({});

TEST(Cors, AnswersAPreflightOfAnAllowedOrigin) {
  auto request = request_of("OPTIONS", kOrigin);
  request.headers.set("Access-Control-Request-Method", "POST");
  const auto response = kCors.preflight(request);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 204u);
  EXPECT_EQ(response->headers.find("Access-Control-Allow-Origin"), kOrigin);
  EXPECT_EQ(response->headers.find("Access-Control-Allow-Headers"),
            "Authorization, X-API-Key, Last-Event-ID, Content-Type");
  EXPECT_EQ(response->headers.find("Vary"), "Origin");
}

TEST(Cors, LeavesOtherPreflightsToTheRoutes) {
  auto request = request_of("OPTIONS", "https://dash.example.evil");
  request.headers.set("Access-Control-Request-Method", "POST");
  EXPECT_FALSE(kCors.preflight(request));
  request.headers.set("Origin", kOrigin);
  EXPECT_FALSE(kOff.preflight(request));
}

TEST(Cors, MarksResponsesForAllowedOriginsOnly) {
  net::HttpResponse allowed;
  kCors.mark(allowed, kOrigin);
  EXPECT_EQ(allowed.headers.find("Access-Control-Allow-Origin"), kOrigin);
  EXPECT_EQ(allowed.headers.find("Access-Control-Expose-Headers"),
            "X-Has-More, X-Next-Offset, X-Request-Id, X-SSE-Content-Type");
  net::HttpResponse foreign;
  kCors.mark(foreign, "https://evil.example");
  EXPECT_FALSE(foreign.headers.find("Access-Control-Allow-Origin"));
  EXPECT_EQ(foreign.headers.find("Vary"), "Origin");
  net::HttpResponse off;
  kOff.mark(off, kOrigin);
  EXPECT_FALSE(off.headers.find("Access-Control-Allow-Origin"));
  EXPECT_FALSE(off.headers.find("Vary"));
}

TEST(Cors, LetsOtherPagesThanAllowedOnesShowNothing) {
  const auto policy = [](const Cors& cors, std::optional<std::string_view> origin) {
    net::HttpResponse response;
    cors.mark(response, origin);
    return std::string(response.headers.find("Cross-Origin-Resource-Policy").value_or("none"));
  };
  EXPECT_EQ(policy(kCors, kOrigin), "cross-origin");
  EXPECT_EQ(policy(kOff, kOrigin), "same-origin");
  for (const char* origin : {"https://evil.example", "null", "http://dash.example", "https://dash.example:444"}) {
    EXPECT_EQ(policy(kCors, origin), "same-origin") << origin;
  }
  EXPECT_EQ(policy(kCors, std::nullopt), "same-origin");
}

TEST(Cors, RefusesChangesByForeignPages) {
  EXPECT_TRUE(kOff.refuse(request_of("POST", "https://evil.example")));
  EXPECT_TRUE(kOff.refuse(request_of("DELETE", "null")));
  EXPECT_TRUE(kOff.refuse(request_of("POST", "http://127.0.0.1:9999")));
}

TEST(Cors, AdmitsChangesByItsOwnPagesAllowedOnesAndPrograms) {
  EXPECT_FALSE(kOff.refuse(request_of("POST", "http://127.0.0.1:8090")));
  EXPECT_FALSE(kCors.refuse(request_of("POST", kOrigin)));
  EXPECT_FALSE(kOff.refuse(request_of("GET", "https://evil.example")));
  net::HttpRequest program;
  program.method = "POST";
  EXPECT_FALSE(kOff.refuse(program));
}

net::HttpRequest handshake_of(const char* origin) {
  auto request = request_of("GET", origin);
  request.headers.set("Upgrade", "websocket");
  return request;
}

TEST(Cors, RefusesWebSocketsOfForeignPages) {
  for (const char* origin :
       {"https://evil.example", "null", "", "http://127.0.0.1:9999", "http://127.0.0.1", "https://127.0.0.1:8090",
        "http://localhost:8090", "http://[::1]:8090", "http://127.0.0.1:8090.evil.example", "http://127.0.0.1:80900",
        "http://evil.example/127.0.0.1:8090", "ws://127.0.0.1:8090", "file://", "devtools://devtools",
        "chrome-extension://abcdefghijklmnop", "http://127.0.0.1:8090, http://evil.example",
        "https://dash.example.evil.example", "https://dash.example@evil.example"}) {
    EXPECT_TRUE(kCors.refuse(handshake_of(origin))) << origin;
    EXPECT_TRUE(kOff.refuse(handshake_of(origin))) << origin;
  }
  auto half = request_of("GET", "https://evil.example");
  half.headers.set("Sec-WebSocket-Key", "x");
  EXPECT_TRUE(kOff.refuse(half));
}

TEST(Cors, AdmitsWebSocketsOfItsOwnPagesAllowedOnesAndPrograms) {
  EXPECT_FALSE(kOff.refuse(handshake_of("http://127.0.0.1:8090")));
  EXPECT_FALSE(kCors.refuse(handshake_of(kOrigin)));
  auto program = handshake_of("");
  std::erase_if(program.headers.fields, [](const auto& field) { return field.first == "Origin"; });
  EXPECT_FALSE(kOff.refuse(program));
  const Cors front_ends({"devtools://devtools", "chrome-extension://abc"});
  EXPECT_FALSE(front_ends.refuse(handshake_of("devtools://devtools")));
  EXPECT_FALSE(front_ends.refuse(handshake_of("chrome-extension://abc")));
}

TEST(Cors, KnowsItsOwnOriginBehindAProxyThatSaysItsScheme) {
  auto request = handshake_of("https://telltale.example");
  request.headers.set("Host", "telltale.example");
  EXPECT_TRUE(kOff.refuse(request)) << "nobody said that it came over TLS";
  request.headers.set("X-Forwarded-Proto", "https");
  EXPECT_FALSE(kOff.refuse(request));
  request.headers.set("Host", "telltale.example:443");
  EXPECT_FALSE(kOff.refuse(request));
  request.headers.set("Origin", "http://telltale.example");
  EXPECT_TRUE(kOff.refuse(request)) << "not the same scheme";
  request.headers.set("Origin", "https://telltale.example:8443");
  EXPECT_TRUE(kOff.refuse(request));
  auto plain = handshake_of("http://LOCALHOST");
  plain.headers.set("Host", "localhost:80");
  EXPECT_FALSE(kOff.refuse(plain));
}

net::HttpRequest loaded_from(const char* site) {
  net::HttpRequest request;
  request.headers.set("Host", "127.0.0.1:8090");
  request.headers.set("Sec-Fetch-Site", site);
  return request;
}

TEST(Cors, RefusesWhatForeignPagesLoadWithoutAToken) {
  const Cors open({kOrigin}, true);
  for (const char* site : {"cross-site", "same-site", "anything", ""}) {
    EXPECT_TRUE(open.refuse_read(loaded_from(site))) << site;
    EXPECT_FALSE(kCors.refuse_read(loaded_from(site))) << "the token decides there";
    auto allowed = loaded_from(site);
    allowed.headers.set("Origin", kOrigin);
    EXPECT_FALSE(open.refuse_read(allowed)) << site;
    allowed.headers.set("Origin", "http://127.0.0.1:9999");
    EXPECT_TRUE(open.refuse_read(allowed)) << site;
  }
  EXPECT_TRUE(open.refuse_read(request_of("GET", "null"))) << "an old browser says no more than this";
  EXPECT_FALSE(open.refuse_read(loaded_from("same-origin")));
  EXPECT_FALSE(open.refuse_read(loaded_from("none"))) << "an address that somebody typed";
  EXPECT_FALSE(open.refuse_read(net::HttpRequest{}));
}

TEST(CheckOrigin, TakesWhatBrowsersSendAndNothingElse) {
  for (const char* origin : {"https://dash.example", "http://localhost:3000", "http://[::1]:3000",
                             "devtools://devtools", "chrome-extension://abcdefghijklmnop"}) {
    EXPECT_TRUE(check_origin(origin)) << origin;
  }
  for (const char* text : {"*", "null", "", "dash.example", "https://", "https://dash.example/", "https://*.example",
                           "https://dash.example/path", "https://user@dash.example", "://dash.example", "file://"}) {
    EXPECT_FALSE(check_origin(text)) << text;
  }
}

}  // namespace
}  // namespace telltale::api

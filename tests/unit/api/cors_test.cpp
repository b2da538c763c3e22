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
  EXPECT_TRUE(off.headers.fields.empty());
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

}  // namespace
}  // namespace telltale::api

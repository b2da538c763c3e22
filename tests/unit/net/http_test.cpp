#include "net/http.hpp"

#include <gtest/gtest.h>

#include "net/http_codec.hpp"

namespace telltale::net {
namespace {

TEST(HttpHeaders, CompareNamesWithoutCase) {
  HttpHeaders headers;
  headers.fields = {{"Content-Type", "text/plain"}, {"X-A", "1"}, {"x-a", "2"}};
  EXPECT_EQ(headers.find("content-type"), "text/plain");
  EXPECT_EQ(headers.find("X-A"), "1");
  EXPECT_EQ(headers.find("X-B"), std::nullopt);
}

TEST(HttpHeaders, SetReplacesEveryFieldOfTheName) {
  HttpHeaders headers;
  headers.fields = {{"X-A", "1"}, {"x-a", "2"}};
  headers.set("X-a", "3");
  ASSERT_EQ(headers.fields.size(), 1u);
  EXPECT_EQ(headers.find("x-a"), "3");
}

TEST(PercentEncoding, RoundTripsEveryByte) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_encode("a b/~"), "a%20b%2F~");
}

TEST(PercentEncoding, RefusesBrokenSequences) {
  for (const auto* text : {"%", "%4", "%zz", "abc%2"}) EXPECT_EQ(percent_decode(text), std::nullopt) << text;
}

TEST(Query, DecodesAndKeepsOrderAndRepeats) {
  HttpRequest request;
  request.path = "/p";
  request.query = parse_query("a=1&b=x+y%26z&a=2&flag&&broken=%zz");
  ASSERT_EQ(request.query.size(), 5u);
  EXPECT_EQ(request.query_value("a"), "1");
  EXPECT_EQ(request.query_value("b"), "x y&z");
  EXPECT_EQ(request.query_value("flag"), "");
  EXPECT_EQ(request.query_value("broken"), "%zz");
  EXPECT_EQ(request.query_value("c"), std::nullopt);
  EXPECT_EQ(request.target(), "/p?a=1&b=x%20y%26z&a=2&flag=&broken=%25zz");
}

TEST(ResponseHead, CannotBeSplitByLineBreaksInValues) {
  HttpResponse response;
  response.headers.set("X-A", "1\r\nEvil: 2");
  const auto head = response_head(response, BodyFraming::content_length, true, false);
  EXPECT_EQ(head, "HTTP/1.1 200 OK\r\nX-A: 1  Evil: 2\r\nContent-Length: 0\r\n\r\n");
}

TEST(ResponseHead, HasNoLengthWithoutABody) {
  HttpResponse response;
  response.status = 204;
  EXPECT_EQ(response_head(response, BodyFraming::content_length, true, false),
            "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(RequestParser, TakesARequestByteByByte) {
  RequestParser parser(1024, 1024);
  const std::string text =
      "POST /a%20b?q=1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
  std::string pending;
  for (const char byte : text) {
    pending += byte;
    while (!parser.complete()) {
      const auto used = parser.put(pending);
      ASSERT_FALSE(parser.failed()) << parser.failed()->message;
      pending.erase(0, used);
      if (used == 0 || pending.empty()) break;
    }
  }
  ASSERT_TRUE(parser.complete());
  const auto request = parser.take();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/a%20b");
  EXPECT_EQ(request.query_value("q"), "1");
  EXPECT_EQ(request.body, "abcde");
}

TEST(RequestParser, LeavesThePipelinedNextRequestAlone) {
  RequestParser parser(1024, 1024);
  const std::string first = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_EQ(parser.put(first + "GET /2 HTTP/1.1\r\n"), first.size());
  EXPECT_TRUE(parser.complete());
}

TEST(RequestParser, AcceptsAbsoluteTargets) {
  RequestParser parser(1024, 1024);
  parser.put("GET http://other:80/x?y=z HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(parser.complete());
  const auto request = parser.take();
  EXPECT_EQ(request.path, "/x");
  EXPECT_EQ(request.query_value("y"), "z");
}

unsigned refusal_of(std::string_view text, std::size_t header_bytes = 256, std::size_t body_bytes = 16) {
  RequestParser parser(header_bytes, body_bytes);
  std::string pending(text);
  while (!parser.complete() && !parser.failed()) {
    const auto used = parser.put(pending);
    pending.erase(0, used);
    if (used == 0 || pending.empty()) break;
  }
  return parser.failed() ? parser.failed()->status : 0;
}

TEST(RequestParser, RefusesWithTheStatusThatFits) {
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 0u);
  EXPECT_EQ(refusal_of("hello\r\n\r\n"), 400u);
  EXPECT_EQ(refusal_of("GET x HTTP/1.1\r\nHost: h\r\n\r\n"), 400u);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n\r\n"), 400u);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(300, 'x')), 431u);
  EXPECT_EQ(refusal_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 17\r\n\r\n"), 413u);
  EXPECT_EQ(
      refusal_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n0123456789abcdefg"),
      413u);
  EXPECT_EQ(refusal_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                       std::string(300, 'x')),
            431u);
  EXPECT_EQ(
      refusal_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
      400u);
}

}  // namespace
}  // namespace telltale::net

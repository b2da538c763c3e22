// Requests in whose bytes somebody in front of the server could read another request than the server does. Each is
// refused and ends its connection: what follows it is never answered.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "serve.hpp"

namespace telltale::net {
namespace {

using base::Task;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

constexpr const char* kSecond = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

struct Case {
  const char* what;
  std::string bytes;
};

std::string post(const std::string& fields, const std::string& body = "") {
  return "POST /first HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body + kSecond;
}

// `status`: what each of the cases is refused with.
void expect_refused(const std::string& status, const std::vector<Case>& cases) {
  FunctionHandler handler(echo);
  HttpServerLimits limits;
  limits.linger = 10ms;
  limits.request_timeout = 2s;
  const auto test = [&](Served served) -> Task<> {
    for (const auto& one : cases) {
      const auto answer = co_await exchange_raw(served, one.bytes);
      EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + status + " ")) << one.what;
      EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << one.what;
      EXPECT_THAT(answer, Not(HasSubstr("smuggled"))) << one.what;
    }
  };
  with_server(handler, test, limits);
}

TEST(RequestSmuggling, EveryTransferEncodingButChunkedIsNotImplemented) {
  std::vector<Case> cases;
  for (const char* coding :
       {"gzip", "identity", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked, identity", "xchunked",
        "chunked;q=1", "\"chunked\"", "chunke", "", ",chunked", "chunked,", "deflate", "CHUNKED, gzip"}) {
    cases.push_back({coding, post("Transfer-Encoding: " + std::string(coding) + "\r\n", "0\r\n\r\n")});
  }
  cases.push_back({"twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")});
  cases.push_back({"gzip first", post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")});
  cases.push_back({"gzip second", post("Transfer-Encoding: chunked\r\ntransfer-encoding: gzip\r\n", "0\r\n\r\n")});
  cases.push_back({"gzip, length", post("Transfer-Encoding: gzip\r\nContent-Length: 0\r\n")});
  cases.push_back({"length, gzip", post("Content-Length: 0\r\nTransfer-Encoding: gzip\r\n")});
  expect_refused("501", cases);
}

TEST(RequestSmuggling, ALengthHasOneMeaning) {
  std::vector<Case> cases = {
      {"chunked, length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
      {"length, chunked", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"two different", post("Content-Length: 0\r\nContent-Length: 5\r\n")},
      {"two equal", post("Content-Length: 0\r\nContent-Length: 0\r\n")},
      {"HTTP/1.0", "POST /first HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
                       std::string(kSecond)},
  };
  for (const char* length : {"0, 0", "0,5", "+0", "-0", "0x0", "0 0", "", "0;", "99999999999999999999", "1e1", ","}) {
    cases.push_back({length, post("Content-Length: " + std::string(length) + "\r\n")});
  }
  expect_refused("400", cases);
}

TEST(RequestSmuggling, TheHostIsNamedOnce) {
  const auto with = [](const std::string& fields) {
    return "GET /first HTTP/1.1\r\n" + fields + "\r\n" + kSecond;
  };
  expect_refused("400", {{"none", with("")},
                         {"two", with("Host: h\r\nHost: other\r\n")},
                         {"two equal", with("Host: h\r\nhost: h\r\n")},
                         {"a list", with("Host: h, other\r\n")},
                         {"a path", with("Host: h/other\r\n")},
                         {"a user", with("Host: h@other\r\n")},
                         {"a blank", with("Host: h other\r\n")},
                         {"no port", with("Host: h:x\r\n")},
                         {"no address", with("Host: [h]\r\n")},
                         {"behind an address", with("Host: [::1]h\r\n")},
                         {"two origins", with("Host: h\r\nOrigin: http://h\r\nOrigin: http://other\r\n")},
                         {"two tokens", with("Host: h\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n")}});
}

TEST(RequestSmuggling, LinesEndInOneWay) {
  expect_refused("400", {{"folded", post("X: a\r\n b\r\n")},
                         {"folded by a tab", post("X: a\r\n\tb\r\n")},
                         {"a folded coding", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
                         {"a field that starts with a blank", "GET / HTTP/1.1\r\n Host: h\r\n\r\n" + std::string(kSecond)},
                         {"bare LF", post("X: a\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
                         {"bare CR", post("X: a\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
                         {"NUL", post("X: a" + std::string(1, '\0') + "b\r\n")},
                         {"a blank before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")},
                         {"a tab before the colon", post("Content-Length\t: 0\r\n")},
                         {"a vertical tab", post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n")},
                         {"no name", post(": chunked\r\n")},
                         {"no colon", post("Transfer-Encoding\r\n")},
                         {"a request line of LF", "GET / HTTP/1.1\nHost: h\r\n\r\n" + std::string(kSecond)},
                         {"two versions", "GET / HTTP/1.1 HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(kSecond)},
                         {"no target of ours", "CONNECT other:443 HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(kSecond)},
                         {"another version", "GET / HTTP/1.2\r\nHost: h\r\n\r\n" + std::string(kSecond)}});
}

TEST(RequestSmuggling, ChunksAreWhatTheySay) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  std::vector<Case> cases;
  for (const char* body : {"0x0\r\n\r\n", "-1\r\n\r\n", " 0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n",
                           "0\n\r\n\r\n", "11111111111111111\r\n", "\r\n0\r\n\r\n", "0;a\nb\r\n\r\n",
                           "5\r\nhello0\r\n\r\n", "0\r\nX: a\nY\r\n\r\n"}) {
    cases.push_back({body, post(chunked, body)});
  }
  expect_refused("400", cases);
}

TEST(RequestSmuggling, AUrlOfAnotherHostIsMisdirected) {
  const auto get = [](const std::string& url, const std::string& host = "h:8090") {
    return "GET " + url + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n" + kSecond;
  };
  expect_refused("421", {{"another host", get("http://other/first")},
                         {"without a path", get("http://other")},
                         {"a query", get("http://other?a=b")},
                         {"the port of another", get("http://h:9/first")},
                         {"a user", get("http://h:8090@other/first")},
                         {"a user of ours", get("http://u@h:8090/first")},
                         {"an ending of ours", get("http://other.h:8090/first")},
                         {"https", get("https://other/first")},
                         {"another scheme", get("ftp://h:8090/first")},
                         {"no host", get("http:///first")},
                         {"only the default port", get("http://h/first")}});
}

TEST(RequestSmuggling, TheAbsoluteFormOfTheSameHostIsServed) {
  FunctionHandler handler(echo);
  with_server(handler, [](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send("GET http://H:8090/one?x=1 HTTP/1.1\r\nHost: h:8090\r\n\r\n");
    EXPECT_THAT(co_await connection.read_until("GET /one "), StartsWith("HTTP/1.1 200 "));
    co_await connection.send("GET HTTP://h HTTP/1.1\r\nHost: h:80\r\n\r\n");
    EXPECT_THAT(co_await connection.read_until("GET / "), HasSubstr("HTTP/1.1 200 "));
    co_await connection.send("POST http://[::1]:1/three HTTP/1.1\r\nHost: [::1]:1\r\nContent-Length: 2\r\n\r\nok");
    EXPECT_THAT(co_await connection.read_until("POST /three ok"), HasSubstr("HTTP/1.1 200 "));
  });
}

TEST(RequestSmuggling, FieldsBehindABodyAreNotThoseOfItsHead) {
  HttpRequest seen;
  FunctionHandler handler([&](HttpRequest request) -> Task<HttpReply> {
    seen = request;
    co_return text_reply("done");
  });
  with_server(handler, [](Served served) -> Task<> {
    RawConnection connection(served.loops.at(0).executor());
    co_await connection.connect(served.port);
    co_await connection.send(
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
        "5;name=\"value\"\r\nhello\r\n0\r\nAuthorization: Bearer x\r\nHost: other\r\nX-Late: 1\r\n\r\n");
    EXPECT_THAT(co_await connection.read_until("done"), StartsWith("HTTP/1.1 200 "));
  });
  EXPECT_EQ(seen.body, "hello");
  EXPECT_EQ(seen.headers.find("Host"), "h");
  EXPECT_FALSE(seen.headers.find("Authorization"));
  EXPECT_FALSE(seen.headers.find("X-Late"));
}

}  // namespace
}  // namespace telltale::net

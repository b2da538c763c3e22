#include "net/url.hpp"

#include <gtest/gtest.h>

namespace telltale::net {
namespace {

using base::Errc;

TEST(Url, SplitsSchemeHostPortAndTarget) {
  const auto url = parse_url("WS://127.0.0.1:9222/devtools/browser/a-b?x=1&y=%20#fragment");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->scheme, "ws");
  EXPECT_EQ(url->host, "127.0.0.1");
  EXPECT_EQ(url->port, 9222);
  EXPECT_EQ(url->target, "/devtools/browser/a-b?x=1&y=%20");
  EXPECT_EQ(url->authority(), "127.0.0.1:9222");
}

TEST(Url, TakesThePortFromTheScheme) {
  EXPECT_EQ(parse_url("http://example.com")->port, 80);
  EXPECT_EQ(parse_url("wss://example.com")->port, 443);
  EXPECT_EQ(parse_url("http://example.com:/x")->port, 80);
}

TEST(Url, HasASlashAsItsSmallestTarget) {
  EXPECT_EQ(parse_url("http://example.com")->target, "/");
  EXPECT_EQ(parse_url("http://example.com?q=1")->target, "/?q=1");
}

TEST(Url, KeepsIpv6HostsWithoutBrackets) {
  const auto url = parse_url("http://[::1]:8090/x");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->authority(), "[::1]:8090");
}

TEST(Url, RefusesWhatItCannotUseAndNamesTheUrl) {
  for (const auto* text : {"", "127.0.0.1:9222", "/path", "ftp://host/", "http://", "http://h:0/",
                           "http://h:65536/", "http://user:secret@host/", "http://ho st/"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, Errc::invalid_argument);
    EXPECT_NE(url.error().message.find("'" + std::string(text) + "'"), std::string::npos)
        << url.error().message;
  }
}

TEST(HostPort, SplitsAddressAndPort) {
  EXPECT_EQ(parse_host_port("127.0.0.1:8090")->host, "127.0.0.1");
  EXPECT_EQ(parse_host_port("127.0.0.1:8090")->port, 8090);
  EXPECT_EQ(parse_host_port("[::1]:0")->host, "::1");
  EXPECT_EQ(parse_host_port("[::1]:0")->port, 0);
}

TEST(HostPort, RefusesAMissingAddressAndBadPorts) {
  for (const auto* text : {":8090", "8090", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                           "::1:80", "[]:80", "127.0.0.1:-1"}) {
    EXPECT_FALSE(parse_host_port(text)) << text;
  }
}

TEST(IsLoopback, KnowsTheLoopbackAddressesAndLocalhost) {
  for (const auto* host : {"127.0.0.1", "127.8.9.1", "::1", "localhost", "LocalHost"})
    EXPECT_TRUE(is_loopback(host));
  for (const auto* host : {"0.0.0.0", "::", "192.168.0.1", "example.com", ""})
    EXPECT_FALSE(is_loopback(host));
}

}  // namespace
}  // namespace telltale::net

#include "api/host_check.hpp"

#include <gtest/gtest.h>

namespace telltale::api {
namespace {

bool admits(const HostCheck& check, const char* host) {
  net::HttpRequest request;
  request.headers.set("Host", host);
  return !check.refuse(request);
}

TEST(HostCheck, AdmitsLoopbackNamesWithAnyPort) {
  const HostCheck check("127.0.0.1");
  for (const auto* host : {"localhost", "LOCALHOST:1", "127.0.0.1:8090", "[::1]", "[::1]:8090"}) {
    EXPECT_TRUE(admits(check, host)) << host;
  }
}

TEST(HostCheck, RefusesOtherNamesWithAnExplanation) {
  const HostCheck check("127.0.0.1");
  for (const auto* host :
       {"", "evil.example", "localhost.evil.example:8090", "127.0.0.1.evil.example", "[::2]", "[::1"}) {
    EXPECT_FALSE(admits(check, host)) << host;
  }
  const auto refused = check.refuse(net::HttpRequest{});
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 421u);
  EXPECT_TRUE(refused->body.contains("DNS rebinding"));
}

TEST(HostCheck, AdmitsTheLoopbackAddressThatItListensOn) {
  EXPECT_TRUE(admits(HostCheck("127.0.0.2"), "127.0.0.2:80"));
}

TEST(HostCheck, AdmitsEveryNameOnOtherAddresses) {
  EXPECT_TRUE(admits(HostCheck("0.0.0.0"), "browsers.example"));
}

}  // namespace
}  // namespace telltale::api

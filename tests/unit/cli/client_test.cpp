#include "cli/client.hpp"

#include <gtest/gtest.h>

#include "net/url.hpp"
#include "support/loop_thread.hpp"
#include "support/test_site.hpp"

namespace telltale::cli {
namespace {

TEST(Client, KeepsThePathOfTheServersAddressInFrontOfItsOwn) {
  testing::TestSite site;
  site.add("/behind/a/proxy/with/a/long/path/healthz", "application/json", R"({"version":"1.2.3"})");
  const Client client({net::parse_url(site.url("/behind/a/proxy/with/a/long/path/?ignored=1")).value(), {}});
  testing::LoopThread loop;
  EXPECT_EQ(loop.call(client.server_version()), "1.2.3");
}

}  // namespace
}  // namespace telltale::cli

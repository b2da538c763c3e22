#include "api/routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telltale::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

base::Task<net::HttpReply> answer(const Services&, Call) { co_return net::HttpReply{}; }

Route route(std::string_view method, std::string_view pattern) {
  return {.method = method, .pattern = pattern, .operation_id = {}, .summary = {}, .handler = answer};
}

const RouteTable kTable({route("GET", "/browsers"), route("POST", "/browsers"),
                         route("GET", "/browsers/{id}"), route("DELETE", "/browsers/{id}"),
                         route("GET", "/browsers/{id}/telemetry/stream")});

TEST(RouteTable, FindsARouteByMethodAndPath) {
  const auto match = kTable.match("POST", "/browsers");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->method, "POST");
  EXPECT_THAT(match.parameters, IsEmpty());
}

TEST(RouteTable, DecodesParametersOfThePath) {
  const auto match = kTable.match("GET", "/browsers/a%20b%2Fc/telemetry/stream");
  ASSERT_NE(match.route, nullptr);
  EXPECT_THAT(match.parameters, ElementsAre("a b/c"));
}

TEST(RouteTable, IgnoresOneSlashAtTheEnd) {
  EXPECT_NE(kTable.match("GET", "/browsers/").route, nullptr);
  EXPECT_EQ(kTable.match("GET", "/browsers//").route, nullptr);
}

TEST(RouteTable, AnswersHeadWhereverGetIs) {
  const auto match = kTable.match("HEAD", "/browsers/x");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->method, "GET");
}

TEST(RouteTable, ListsTheMethodsOfAPathThatHasNotThisOne) {
  const auto match = kTable.match("PUT", "/browsers/x");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, HEAD, DELETE");
}

TEST(RouteTable, HasNoMethodsForAnUnknownPath) {
  for (const auto* path : {"/", "", "/browser", "/browsers/x/y", "/browsers/%zz", "//browsers"}) {
    const auto match = kTable.match("GET", path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_EQ(match.allow, "") << path;
  }
}

TEST(RouteTable, NamesTheParametersOfAPattern) {
  EXPECT_THAT(path_parameters("/a/{first}/b/{second}"), ElementsAre("first", "second"));
}

}  // namespace
}  // namespace telltale::api

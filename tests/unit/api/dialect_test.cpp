#include "api/dialect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/error_response.hpp"

namespace telltale::api {
namespace {

using base::Errc;
using base::Violation;
using base::ViolationKind;
using nlohmann::json;

json body_of(const net::HttpResponse& response) { return json::parse(response.body); }

TEST(DialectOf, IsDecidedByTheFirstFolders) {
  EXPECT_EQ(dialect_of("/browsers/x"), Dialect::kernel);
  EXPECT_EQ(dialect_of("/sessions"), Dialect::notte);
  EXPECT_EQ(dialect_of("/sessions/x/page/observe"), Dialect::notte);
  EXPECT_EQ(dialect_of("/sessionsx"), Dialect::kernel);
  EXPECT_EQ(dialect_of("/v1/browser/sessions/"), Dialect::instavm);
  EXPECT_EQ(dialect_of("/v1/other"), Dialect::kernel);
  EXPECT_EQ(dialect_of("/events"), Dialect::seraph);
  EXPECT_EQ(dialect_of("/api/bots/x"), Dialect::seraph);
  EXPECT_EQ(dialect_of("/invoke"), Dialect::seraph);
}

TEST(ErrorResponse, HasTheShapeOfItsDialect) {
  const base::Error error{Errc::not_found, "no session 'x'"};
  EXPECT_EQ(body_of(error_response(error)), (json{{"code", "not_found"}, {"message", "no session 'x'"}}));
  EXPECT_EQ(body_of(error_response(error, Dialect::notte)),
            (json{{"message", "no session 'x'"}, {"detail", "no session 'x'"}}));
  EXPECT_EQ(body_of(error_response(error, Dialect::instavm)), (json{{"detail", "no session 'x'"}}));
  EXPECT_EQ(body_of(error_response(error, Dialect::seraph)), (json{{"error", "no session 'x'"}}));
}

TEST(ErrorResponse, ListsViolationsAsFastApiDoes) {
  const std::vector<Violation> violations{{"clip.size[2]", "must be an integer, not a string", ViolationKind::integer},
                                          {"url", "is required", ViolationKind::missing}};
  const auto response = error_response(violations, Dialect::instavm);
  EXPECT_EQ(response.status, 422u);
  EXPECT_EQ(body_of(response)["detail"],
            (json{{{"loc", {"body", "clip", "size", 2}},
                   {"msg", "must be an integer, not a string"},
                   {"type", "int_type"}},
                  {{"loc", {"body", "url"}}, {"msg", "is required"}, {"type", "missing"}}}));
  const auto notte = error_response(violations, Dialect::notte);
  EXPECT_EQ(notte.status, 422u);
  EXPECT_TRUE(body_of(notte).contains("message"));
  EXPECT_EQ(body_of(notte)["detail"].size(), 2u);
  EXPECT_EQ(error_response(violations, Dialect::seraph).status, 400u);
}

TEST(ErrorResponse, HasTheStatusOfItsDialect) {
  EXPECT_EQ(status_of(Errc::timeout, Dialect::instavm), 408u);
  EXPECT_EQ(status_of(Errc::timeout, Dialect::kernel), 504u);
  EXPECT_EQ(status_of(Errc::invalid_argument, Dialect::notte), 422u);
  EXPECT_EQ(status_of(Errc::unavailable, Dialect::instavm), 503u);
}

}  // namespace
}  // namespace telltale::api

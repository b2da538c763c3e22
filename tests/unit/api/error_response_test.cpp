#include "api/error_response.hpp"

#include <gtest/gtest.h>

namespace telltale::api {
namespace {

TEST(ErrorResponse, GivesTheKindOfAnErrorItsStatus) {
  const auto response = error_response(base::Error{base::Errc::conflict, "the name is in use"});
  EXPECT_EQ(response.status, 409u);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/json");
  EXPECT_EQ(response.body, R"({"code":"conflict","message":"the name is in use"})");
}

TEST(ErrorResponse, HasOneDetailPerViolation) {
  const auto response = error_response({{"name", "is required"}, {"", "must be an object"}});
  EXPECT_EQ(response.status, 400u);
  EXPECT_EQ(response.body,
            R"({"code":"invalid_argument","message":"name: is required; must be an object","details":[)"
            R"({"code":"invalid_argument","message":"name: is required"},)"
            R"({"code":"invalid_argument","message":"must be an object"}]})");
}

}  // namespace
}  // namespace telltale::api

#include "api/auth.hpp"

#include <gtest/gtest.h>

namespace telltale::api {
namespace {

net::HttpRequest with_header(std::string_view name, std::string value) {
  net::HttpRequest request;
  request.headers.set(name, std::move(value));
  return request;
}

net::HttpRequest with_query(std::string token) {
  net::HttpRequest request;
  request.query = {{"replay", "all"}, {"token", std::move(token)}};
  return request;
}

const Authenticator kGuard{std::string("s3cret")};

TEST(Authenticator, AdmitsABearerTokenWhateverTheCaseOfItsScheme) {
  for (const auto* value : {"Bearer s3cret", "bearer s3cret", "BEARER  s3cret"}) {
    auto request = with_header("Authorization", value);
    EXPECT_TRUE(kGuard.admits(request, Access::token)) << value;
  }
}

TEST(Authenticator, AdmitsAnApiKey) {
  auto request = with_header("X-API-Key", "s3cret");
  EXPECT_TRUE(kGuard.admits(request, Access::token));
}

TEST(Authenticator, RefusesAnythingElse) {
  for (const auto* value :
       {"", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3cret1", "Basic s3cret", "s3cret"}) {
    auto request = with_header("Authorization", value);
    EXPECT_FALSE(kGuard.admits(request, Access::token)) << value;
  }
  net::HttpRequest bare;
  EXPECT_FALSE(kGuard.admits(bare, Access::token_or_query));
}

TEST(Authenticator, TakesATokenFromTheQueryOnlyWhereThatIsAllowed) {
  auto stream = with_query("s3cret");
  EXPECT_TRUE(kGuard.admits(stream, Access::token_or_query));
  auto other = with_query("s3cret");
  EXPECT_FALSE(kGuard.admits(other, Access::token));
}

TEST(Authenticator, RemovesTheTokenFromTheQueryWhereItCounts) {
  for (const char* token : {"s3cret", "wrong"}) {
    auto request = with_query(token);
    static_cast<void>(kGuard.admits(request, Access::token_or_query));
    EXPECT_FALSE(request.query_value("token"));
    EXPECT_EQ(request.query_value("replay"), "all");
  }
}

TEST(Authenticator, LeavesATokenWhereItDoesNotCountToBeRefused) {
  for (const auto access : {Access::open, Access::token}) {
    auto request = with_query("s3cret");
    static_cast<void>(kGuard.admits(request, access));
    EXPECT_TRUE(request.query_value("token"));
  }
}

TEST(Authenticator, LeavesTheTokenOfASessionToItsHandler) {
  auto session = with_query("of-the-session");
  EXPECT_FALSE(kGuard.admits(session, Access::session_token));
  EXPECT_EQ(take_query_token(session), "of-the-session");
  EXPECT_FALSE(session.query_value("token"));
  auto server = with_query("s3cret");
  EXPECT_TRUE(kGuard.admits(server, Access::session_token));
}

TEST(Authenticator, AdmitsEverybodyWithoutAToken) {
  const Authenticator open(std::nullopt);
  net::HttpRequest request;
  EXPECT_TRUE(open.admits(request, Access::token));
}

TEST(SameSecret, NeverMatchesAnEmptySecret) { EXPECT_FALSE(same_secret("", "")); }

TEST(Unauthorized, SaysHowToAuthenticate) {
  const auto response = unauthorized(Access::token);
  EXPECT_EQ(response.status, 401u);
  EXPECT_EQ(response.headers.find("WWW-Authenticate"), "Bearer realm=\"telltale\"");
  EXPECT_TRUE(response.body.contains("X-API-Key"));
  EXPECT_FALSE(response.body.contains("?token="));
  EXPECT_TRUE(unauthorized(Access::token_or_query).body.contains("?token="));
}

}  // namespace
}  // namespace telltale::api

#include "api/auth.hpp"

#include <utility>
#include <vector>

#include "api/error_response.hpp"
#include "base/ascii.hpp"

namespace telltale::api {
namespace {

// The token of an Authorization field; the scheme's name compares without case (RFC 9110 11.1).
std::optional<std::string_view> bearer_token(const net::HttpHeaders& headers) {
  const auto value = headers.find("Authorization");
  constexpr std::string_view kScheme = "Bearer";
  if (!value || value->size() <= kScheme.size() || (*value)[kScheme.size()] != ' ') return std::nullopt;
  if (!base::same_name(value->substr(0, kScheme.size()), kScheme)) return std::nullopt;
  auto token = value->substr(kScheme.size());
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
  return token;
}

}  // namespace

std::optional<std::string> take_query_token(net::HttpRequest& request) {
  std::optional<std::string> token;
  std::erase_if(request.query, [&](auto& parameter) {
    if (parameter.first != kTokenParameter) return false;
    if (!token) token = std::move(parameter.second);
    return true;
  });
  return token;
}

bool same_secret(std::string_view presented, std::string_view secret) noexcept {
  if (secret.empty()) return false;
  unsigned difference = presented.size() == secret.size() ? 0 : 1;
  for (std::size_t i = 0; i < presented.size(); ++i) {
    difference |=
        static_cast<unsigned char>(presented[i]) ^ static_cast<unsigned char>(secret[i % secret.size()]);
  }
  return difference == 0;
}

bool Authenticator::admits(net::HttpRequest& request, Access access) const {
  std::optional<std::string> from_query;
  if (access == Access::session_token) {
    from_query = request.query_value(kTokenParameter);
  } else if (access == Access::token_or_query) {
    from_query = take_query_token(request);
  }
  if (!token_ || access == Access::open) return true;
  const auto bearer = bearer_token(request.headers);
  const auto key = request.headers.find("X-API-Key");
  if (bearer && same_secret(*bearer, *token_)) return true;
  if (key && same_secret(*key, *token_)) return true;
  return from_query && same_secret(*from_query, *token_);
}

net::HttpResponse unauthorized(Access access, Dialect dialect) {
  std::string message =
      "this needs the server's token: send it as `Authorization: Bearer TOKEN` or as `X-API-Key: TOKEN`";
  if (access == Access::session_token) message += ", or connect to the session's `cdp_ws_url` as it is";
  if (access == Access::token_or_query) message += ", or append `?token=TOKEN` to this URL";
  auto response = error_response(401, "unauthorized", std::move(message), dialect);
  response.headers.set("WWW-Authenticate", "Bearer realm=\"telltale\"");
  return response;
}

}  // namespace telltale::api

#pragma once

// Who may call: one bearer token for the whole server.

#include <optional>
#include <string>
#include <string_view>

#include "api/dialect.hpp"
#include "net/http.hpp"

namespace telltale::api {

/// Which proof of identity a route wants.
enum class Access {
  open,            ///< None.
  token,           ///< `Authorization: Bearer TOKEN` or `X-API-Key: TOKEN`.
  token_or_query,  ///< Also `?token=TOKEN`: an EventSource of a web page cannot send headers.
  session_token,   ///< The same, or the token of the session that the path names, which the handler compares.
};

/// The query parameter that carries a token, where one may.
inline constexpr std::string_view kTokenParameter = "token";

/// Compares in a time that depends on the length of `presented` only, so that the answer's delay tells
/// nothing.
bool same_secret(std::string_view presented, std::string_view secret) noexcept;

class Authenticator {
 public:
  /// Without a token every request is let through.
  explicit Authenticator(std::optional<std::string> token) : token_(std::move(token)) {}

  [[nodiscard]] bool required() const noexcept { return token_.has_value(); }
  /// Decides, and takes the token out of the query where it counts: what comes after (handlers, logs) must not see it.
  /// Of a route with session_token, the handler takes it.
  [[nodiscard]] bool admits(net::HttpRequest& request, Access access) const;

 private:
  std::optional<std::string> token_;
};

/// The value of `?token=`, which is then no longer in the query.
std::optional<std::string> take_query_token(net::HttpRequest& request);

/// 401 with the ways to authenticate on that route.
net::HttpResponse unauthorized(Access access, Dialect dialect = Dialect::kernel);

}  // namespace telltale::api

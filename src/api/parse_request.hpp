#pragma once

// The body of a request as a described struct, or the answer that says what is wrong with it.

#include <expected>
#include <utility>

#include "api/error_response.hpp"
#include "api/routes.hpp"
#include "api/session_fields.hpp"
#include "base/json_decode.hpp"

namespace telltale::api {

/// An empty body is an empty object. The error has the shape of the dialect.
template <class Request>
std::expected<Request, net::HttpReply> parse_request(const Call& call, Dialect dialect) {
  const auto body = parse_body(call.request.body);
  if (!body) return std::unexpected(whole(error_response(body.error(), dialect)));
  auto request = base::decode_checked<Request>(**body);
  if (!request) return std::unexpected(whole(error_response(request.error(), dialect)));
  return std::move(*request);
}

}  // namespace telltale::api

#include "api/cors.hpp"

#include <algorithm>

#include "api/error_response.hpp"
#include "base/ascii.hpp"

namespace telltale::api {
namespace {

bool same_origin(std::string_view origin, const net::HttpRequest& request) {
  const auto scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos) return false;  // "null": a sandboxed or local page
  // The scheme is not compared: behind a proxy that ends TLS, ours is http and the page's https.
  const auto host = request.headers.find("Host");
  return host && base::same_name(origin.substr(scheme_end + 3), *host);
}

bool is_safe(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

}  // namespace

bool Cors::allows(std::string_view origin) const {
  return std::ranges::find(allowed_, origin) != allowed_.end();
}

std::optional<net::HttpResponse> Cors::preflight(const net::HttpRequest& request) const {
  const auto origin = request.headers.find("Origin");
  if (request.method != "OPTIONS" || !origin || !allows(*origin)) return std::nullopt;
  if (!request.headers.find("Access-Control-Request-Method")) return std::nullopt;
  net::HttpResponse response;
  response.status = 204;
  response.headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PATCH, DELETE");
  response.headers.set("Access-Control-Allow-Headers",
                       "Authorization, X-API-Key, Last-Event-ID, Content-Type");
  response.headers.set("Access-Control-Max-Age", "600");
  mark(response, origin);
  return response;
}

std::optional<net::HttpResponse> Cors::refuse(const net::HttpRequest& request) const {
  const auto origin = request.headers.find("Origin");
  if (!origin || is_safe(request.method) || allows(*origin) || same_origin(*origin, request))
    return std::nullopt;
  return error_response(
      403, "origin_not_allowed",
      "web pages of this origin may not change anything here: allow the origin at the start of the "
      "server, or call from outside of a browser");
}

void Cors::mark(net::HttpResponse& response, std::optional<std::string_view> origin) const {
  if (allowed_.empty()) return;
  response.headers.set("Vary", "Origin");  // also on the others: a cache must not mix them up
  if (!origin || !allows(*origin)) return;
  response.headers.set("Access-Control-Allow-Origin", std::string(*origin));
  response.headers.set("Access-Control-Expose-Headers",
                       "X-Has-More, X-Next-Offset, X-Request-Id, X-SSE-Content-Type");
}

}  // namespace telltale::api

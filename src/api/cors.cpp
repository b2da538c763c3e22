#include "api/cors.hpp"

#include <algorithm>

#include "api/cdp_proxy.hpp"
#include "api/error_response.hpp"
#include "base/ascii.hpp"
#include "net/url.hpp"

namespace telltale::api {
namespace {

// The port that a scheme has by itself is left out of an Origin (RFC 6454 6.1), and may stand in a Host.
std::string without_default_port(std::string_view origin) {
  const auto scheme = origin.substr(0, origin.find("://"));
  return base::ascii_lower(net::without_default_port(scheme, origin));
}

// Behind a proxy that ends TLS our own scheme is the one that it names; no page can make a browser send its header
// without being asked first (a preflight).
bool is_own(std::string_view origin, const net::HttpRequest& request) {
  return request.headers.find("Host") &&
         without_default_port(origin) == without_default_port(server_of(request));
}

bool is_safe(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

// Half a handshake counts, too: what it lacks must not decide whose it is.
bool opens_websocket(const net::HttpRequest& request) {
  return request.headers.find("Upgrade") || request.headers.find("Sec-WebSocket-Key");
}

net::HttpResponse foreign_page() {
  return error_response(403, "origin_not_allowed",
                        "this comes from a web page of another origin: start the server with --allow-origin ORIGIN to "
                        "let its pages in, or call from outside of a browser");
}

}  // namespace

bool Cors::allows(std::string_view origin) const {
  return std::ranges::find(allowed_, without_default_port(origin), without_default_port) != allowed_.end();
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

bool Cors::admits(std::string_view origin, const net::HttpRequest& request) const {
  return allows(origin) || is_own(origin, request);
}

std::optional<net::HttpResponse> Cors::refuse(const net::HttpRequest& request) const {
  const auto origin = request.headers.find("Origin");
  if (!origin || admits(*origin, request)) return std::nullopt;
  if (is_safe(request.method) && !opens_websocket(request)) return std::nullopt;
  return foreign_page();
}

std::optional<net::HttpResponse> Cors::refuse_read(const net::HttpRequest& request) const {
  if (!open_) return std::nullopt;
  if (const auto origin = request.headers.find("Origin")) {
    if (admits(*origin, request)) return std::nullopt;
    return foreign_page();
  }
  const auto site = request.headers.find("Sec-Fetch-Site");
  if (!site || *site == "same-origin" || *site == "none") return std::nullopt;
  return foreign_page();
}

void Cors::mark(net::HttpResponse& response, std::optional<std::string_view> origin) const {
  constexpr std::string_view kPolicy = "Cross-Origin-Resource-Policy";
  response.headers.set(kPolicy, "same-origin");
  if (allowed_.empty()) return;
  response.headers.set("Vary", "Origin");  // also on the others: a cache must not mix them up
  if (!origin || !allows(*origin)) return;
  response.headers.set(kPolicy, "cross-origin");
  response.headers.set("Access-Control-Allow-Origin", std::string(*origin));
  response.headers.set("Access-Control-Expose-Headers",
                       "X-Has-More, X-Next-Offset, X-Request-Id, X-SSE-Content-Type");
}

base::Result<void> check_origin(std::string_view text) {
  constexpr std::string_view kEnd = "://";
  const auto scheme = text.find(kEnd);
  const auto host = scheme == std::string_view::npos ? std::string_view{} : text.substr(scheme + kEnd.size());
  if (scheme != 0 && !host.empty() && host.find_first_of("/?#*@ ") == std::string_view::npos) return {};
  return base::fail(base::Errc::invalid_argument,
                    "'" + std::string(text) + "' is no origin: name it as SCHEME://HOST[:PORT], for example "
                    "https://dash.example.com or http://localhost:3000");
}

}  // namespace telltale::api

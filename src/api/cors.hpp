#pragma once

// Which web pages may call the API (Fetch standard, CORS protocol). Off unless origins were allowed.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"

namespace telltale::api {

class Cors {
 public:
  /// Exact origins, e.g. "https://dash.example.com"; empty: CORS is off.
  explicit Cors(std::vector<std::string> allowed_origins) : allowed_(std::move(allowed_origins)) {}

  /// The answer to a preflight of an allowed origin; nothing for any other request.
  [[nodiscard]] std::optional<net::HttpResponse> preflight(const net::HttpRequest& request) const;
  /// The 403 for a request that changes something and comes from a web page of a foreign origin. Without it
  /// any page could create browsers on a server that runs without a token: a plain form post needs no
  /// preflight.
  [[nodiscard]] std::optional<net::HttpResponse> refuse(const net::HttpRequest& request) const;
  /// Adds what lets the page of an allowed origin read the response. `origin`: of the request.
  void mark(net::HttpResponse& response, std::optional<std::string_view> origin) const;

 private:
  [[nodiscard]] bool allows(std::string_view origin) const;

  std::vector<std::string> allowed_;
};

}  // namespace telltale::api

#pragma once

// Which web pages may call the API, and what they may read (Fetch standard: CORS, Cross-Origin-Resource-Policy, and
// the Fetch Metadata request headers). A page of another port is a foreign one.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "net/http.hpp"

namespace telltale::api {

class Cors {
 public:
  /// Exact origins, e.g. "https://dash.example.com"; empty: no foreign page is let in. `open`: the server asks for no
  /// token, so that what a page sends of itself is all that tells it from its owner.
  explicit Cors(std::vector<std::string> allowed_origins, bool open = false)
      : allowed_(std::move(allowed_origins)), open_(open) {}

  /// The answer to a preflight of an allowed origin; nothing for any other request.
  [[nodiscard]] std::optional<net::HttpResponse> preflight(const net::HttpRequest& request) const;
  /// The 403 for a request of a foreign page that changes something or opens a WebSocket, with a token as without. No
  /// browser asks before it sends either: a plain form post needs no preflight, and a WebSocket may be read, too.
  [[nodiscard]] std::optional<net::HttpResponse> refuse(const net::HttpRequest& request) const;
  /// On an open server also the 403 for what a foreign page only loads (an image, a frame, a stream): it sends no
  /// Origin with most of them, but browsers say `Sec-Fetch-Site`. Addresses that people type, and programs, pass.
  [[nodiscard]] std::optional<net::HttpResponse> refuse_read(const net::HttpRequest& request) const;
  /// Adds what lets the page of an allowed origin read the response, and no other page even show it. `origin`: of the
  /// request.
  void mark(net::HttpResponse& response, std::optional<std::string_view> origin) const;

 private:
  [[nodiscard]] bool allows(std::string_view origin) const;
  [[nodiscard]] bool admits(std::string_view origin, const net::HttpRequest& request) const;

  std::vector<std::string> allowed_;
  bool open_;
};

/// Errors: invalid_argument for a text that no browser sends as an Origin ("*", "null", one with a path).
base::Result<void> check_origin(std::string_view text);

}  // namespace telltale::api

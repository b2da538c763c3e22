#pragma once

// HTTP messages as plain values, shared by server and client. No Beast type leaves src/net.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telltale::net {

/// Header fields in order; names compare without case.
struct HttpHeaders {
  std::vector<std::pair<std::string, std::string>> fields;

  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  void set(std::string_view name, std::string value);  ///< Replaces every field of that name.
};

/// A request that a server received, or that a client will send.
struct HttpRequest {
  std::string method = "GET";
  /// Path as received, still percent-encoded, without the query: "/browsers/abc".
  std::string path;
  /// Query parameters, percent-decoded, in order, repeats kept.
  std::vector<std::pair<std::string, std::string>> query;
  HttpHeaders headers;
  std::string body;
  /// Address of the client ("127.0.0.1:53210"); empty on the client side.
  std::string peer;

  /// The first value of a query parameter.
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const noexcept;
  /// Path and encoded query as they stand on the request line.
  [[nodiscard]] std::string target() const;
};

struct HttpResponse {
  unsigned status = 200;
  HttpHeaders headers;
  std::string body;
};

/// Percent-decodes one path segment or value; nullopt when the encoding is broken.
std::optional<std::string> percent_decode(std::string_view text);
/// Percent-encodes everything but unreserved characters (RFC 3986 2.3).
std::string percent_encode(std::string_view text);
/// Splits "a=1&b=x%20y": decoded, in order; "+" is a space. Broken percent-encoding is kept as it came.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text);
/// Appends "name: value\r\n"; line breaks inside the value become spaces.
void append_header(std::string& out, std::string_view name, std::string_view value);

}  // namespace telltale::net

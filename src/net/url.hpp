#pragma once

// URLs of DevTools endpoints and of telltale servers, parsed by Boost.URL.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace telltale::net {

struct Url {
  std::string scheme;  ///< lower case: "http", "ws"
  std::string host;    ///< without brackets for IPv6
  std::uint16_t port;  ///< explicit, or 80 / 443 by scheme
  std::string target;  ///< path and query as sent on the request line; "/" when empty
  [[nodiscard]] std::string authority() const;  ///< host:port, IPv6 in brackets
};

/// Errors: invalid_argument, naming the URL and what is wrong with it.
base::Result<Url> parse_url(std::string_view text);

/// Splits "HOST:PORT" ("127.0.0.1:8090", "[::1]:0", ":8090" = all interfaces is refused: name the address).
struct HostPort {
  std::string host;
  std::uint16_t port;
};
base::Result<HostPort> parse_host_port(std::string_view text);

/// Whether the text is a loopback address or "localhost".
bool is_loopback(std::string_view host);

/// `authority` ("HOST" or "HOST:PORT") without the port that `scheme`, in lower case, has by itself: two forms of one
/// origin compare equal then.
std::string_view without_default_port(std::string_view scheme, std::string_view authority);

}  // namespace telltale::net

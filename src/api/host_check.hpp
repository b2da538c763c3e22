#pragma once

// Protection of a loopback server against DNS rebinding: a web page whose name was re-pointed to 127.0.0.1
// reaches the server as its own origin, with only the Host header giving it away.

#include <optional>
#include <string>

#include "net/http.hpp"

namespace telltale::api {

class HostCheck {
 public:
  /// `listen_host`: the address that the server listens on. Other than loopback ones any Host is let through:
  /// such a server has a name that it cannot know, and a token.
  explicit HostCheck(std::string listen_host);

  /// The 421 for a request whose Host is none of localhost, 127.0.0.1, [::1] and the listening address; any
  /// port.
  [[nodiscard]] std::optional<net::HttpResponse> refuse(const net::HttpRequest& request) const;

 private:
  std::string listen_host_;
  bool loopback_;
};

}  // namespace telltale::api

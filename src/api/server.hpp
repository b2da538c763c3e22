#pragma once

// telltale's HTTP surface: routes, authentication, the SSE stream, over one port.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/loop.hpp"
#include "base/task.hpp"
#include "session/registry.hpp"

namespace telltale::api {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8090;                 ///< 0 picks a free one
  std::optional<std::string> token;          ///< absent: no authentication (--no-auth, loopback only)
  std::vector<std::string> allowed_origins;  ///< exact origins that CORS lets in; empty: CORS is off
  std::string version;
};

/// Owner: the wiring. Lives on loop 0.
class Server {
 public:
  Server(base::LoopPool& loops, session::Registry& registry, const base::Clock& clock, ServerOptions options);
  ~Server();

  /// Binds. Returns the bound port. Errors: invalid_argument (a non-loopback address without a token, a bad
  /// address), conflict, io.
  base::Result<std::uint16_t> listen();
  /// Serves until stop().
  base::Task<> run();
  /// Loop 0. Streams end, other requests get kGracefulStopTimeout.
  void stop() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telltale::api

#pragma once

// The four public APIs that share one port. A path belongs to one of them; it decides the shape of errors.

#include <string_view>

namespace telltale::api {

enum class Dialect {
  kernel,   ///< `/browsers`, and everything that belongs to no other
  notte,    ///< `/sessions`
  instavm,  ///< `/v1/browser`
  seraph,   ///< `/events`, `/api`, `/invoke`
};

/// `path` is percent-encoded, or a route's pattern.
Dialect dialect_of(std::string_view path) noexcept;

}  // namespace telltale::api

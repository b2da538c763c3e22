#pragma once

#include <optional>
#include <string>

#include "cdp/protocol/network.hpp"

namespace telltale::collector {

/// The header by which a proxy says that the response is its own.
inline constexpr std::string_view kProxyErrorHeader = "X-Kernel-Proxy-Error";

/// What that header says; absent when the response is not a proxy's. `code` is one of the documented codes,
/// or "unknown" with `raw` set.
struct ProxyErrorCode {
  std::string code;
  std::optional<std::string> raw;
};
std::optional<ProxyErrorCode> proxy_error_code(const cdp::network::Response& response);

}  // namespace telltale::collector

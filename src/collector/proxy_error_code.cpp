#include "collector/proxy_error_code.hpp"

#include <algorithm>
#include <array>

#include "collector/tracked_request.hpp"

namespace telltale::collector {
namespace {

constexpr std::array<std::string_view, 9> kCodes = {
    "destination_blocked",  "provider_blacklisted", "provider_unreachable",    "proxy_unavailable",
    "upstream_timeout",     "upstream_dns_failure", "upstream_connect_failed", "restricted_route_unavailable",
    "network_policy_denied"};

}  // namespace

std::optional<ProxyErrorCode> proxy_error_code(const cdp::network::Response& response) {
  if (response.status != 502 && response.status != 403) return std::nullopt;
  auto said = header(response.headers, kProxyErrorHeader);
  if (!said || said->empty()) return std::nullopt;
  if (std::ranges::find(kCodes, *said) != kCodes.end()) return ProxyErrorCode{std::move(*said), std::nullopt};
  return ProxyErrorCode{"unknown", std::move(said)};
}

}  // namespace telltale::collector

#include "collector/blocked_reason.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"
#include "collector/tracked_request.hpp"

namespace telltale::collector {
namespace {

using Text = std::pair<std::string_view, std::string_view>;

// Network.BlockedReason.
constexpr std::array kReasons = std::to_array<Text>({
    {"mixed-content", "mixed content: a page from https: may not load this from http:"},
    {"inspector", "a DevTools client has blocked it"},
    {"integrity", "Integrity-Policy of the page: the element has no integrity attribute"},
    {"sri-message-signature-mismatch", "subresource integrity: the response's signature does not match"},
    {"subresource-filter", "the browser's filter of intrusive advertisements"},
    {"content-type", "the response's Content-Type does not fit what it was requested for"},
    {"coep-frame-resource-needs-coep-header",
     "Cross-Origin-Embedder-Policy of the page: the frame's document has no such policy of its own"},
    {"coop-sandboxed-iframe-cannot-navigate-to-coop-page",
     "Cross-Origin-Opener-Policy of the response: a page opened by a sandboxed frame may not have one"},
    {"corp-not-same-origin", "Cross-Origin-Resource-Policy of the response: same-origin"},
    {"corp-not-same-site", "Cross-Origin-Resource-Policy of the response: same-site"},
    {"corp-not-same-origin-after-defaulted-to-same-origin-by-coep",
     "Cross-Origin-Embedder-Policy of the page: the response has no Cross-Origin-Resource-Policy that allows it"},
    {"corp-not-same-origin-after-defaulted-to-same-origin-by-dip",
     "Document-Isolation-Policy of the page: the response has no Cross-Origin-Resource-Policy that allows it"},
    {"corp-not-same-origin-after-defaulted-to-same-origin-by-coep-and-dip",
     "Cross-Origin-Embedder-Policy and Document-Isolation-Policy of the page: the response has no "
     "Cross-Origin-Resource-Policy that allows it"},
});

// Network.CorsError; of a preflight without the prefix `Preflight`.
constexpr std::array kCorsErrors = std::to_array<Text>({
    {"DisallowedByMode", "the request's mode does not allow another origin"},
    {"InvalidResponse", "the response may not be read by another origin"},
    {"WildcardOriginNotAllowed",
     "Access-Control-Allow-Origin may not be * for a request with credentials"},
    {"MissingAllowOriginHeader", "the response has no Access-Control-Allow-Origin"},
    {"MultipleAllowOriginValues", "Access-Control-Allow-Origin has more than one value"},
    {"InvalidAllowOriginValue", "Access-Control-Allow-Origin is not an origin"},
    {"AllowOriginMismatch", "Access-Control-Allow-Origin is another origin"},
    {"InvalidAllowCredentials",
     "Access-Control-Allow-Credentials is not true, but the request has credentials"},
    {"CorsDisabledScheme", "the scheme of the URL does not support CORS"},
    {"InvalidStatus", "the response is not a success"},
    {"DisallowedRedirect", "it was redirected"},
    {"InvalidAllowMethodsPreflightResponse", "Access-Control-Allow-Methods of the preflight cannot be read"},
    {"InvalidAllowHeadersPreflightResponse", "Access-Control-Allow-Headers of the preflight cannot be read"},
    {"MethodDisallowedByPreflightResponse", "Access-Control-Allow-Methods of the preflight lacks the method"},
    {"HeaderDisallowedByPreflightResponse", "Access-Control-Allow-Headers of the preflight lacks a header"},
    {"RedirectContainsCredentials", "a redirect to another origin names a user or password"},
    {"NoCorsRedirectModeNotFollow", "a request of the mode no-cors must follow redirects"},
    {"InsecureLocalNetwork", "a page that is not secure may not reach the local network"},
    {"InsecurePrivateNetwork", "a page that is not secure may not reach the private network"},
    {"LocalNetworkAccessPermissionDenied", "the page has no permission to reach the local network"},
});

// net::Error, where Chromium gives no reason besides.
constexpr std::array kErrors = std::to_array<Text>({
    {"ERR_BLOCKED_BY_ORB",
     "Opaque Response Blocking: a response of another origin that is not of the kind that was requested"},
    {"ERR_BLOCKED_BY_CLIENT", "a client or an extension of the browser has blocked it"},
    {"ERR_BLOCKED_BY_ADMINISTRATOR", "policy of the browser's administrator"},
    {"ERR_BLOCKED_BY_RESPONSE", "a policy of the response"},
    {"ERR_BLOCKED_BY_FINGERPRINTING_PROTECTION", "the browser's protection against fingerprinting"},
    {"ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS", "the page has no permission to reach the local network"},
    {"ERR_BLOCKED_BY_PRIVATE_NETWORK_ACCESS_CHECKS", "the page may not reach the private network"},
    {"ERR_UNSAFE_PORT", "the port belongs to another protocol"},
    {"ERR_UNSAFE_REDIRECT", "a redirect to a URL that the page may not load"},
    {"ERR_DISALLOWED_URL_SCHEME", "the page may not load URLs of this scheme"},
    {"ERR_ACCESS_DENIED", "access denied"},
    {"ERR_NETWORK_ACCESS_REVOKED", "the frame's access to the network has been revoked"},
});

template <std::size_t size>
std::optional<std::string_view> find(const std::array<Text, size>& texts, std::string_view name) {
  const auto found = std::ranges::find(texts, name, &Text::first);
  return found == texts.end() ? std::nullopt : std::optional(found->second);
}

/// `SomeNewReason` or `some-new-reason` as words: what a later Chromium calls it is better than nothing.
std::string words(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital && !text.empty()) text += ' ';
    text += c == '-' ? ' ' : capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

std::string cors_text(const cdp::network::CorsErrorStatus& status) {
  std::string_view name = status.cors_error;
  std::string text = "CORS: ";
  auto known = find(kCorsErrors, name);
  constexpr std::string_view kPreflight = "Preflight";
  if (!known && name.starts_with(kPreflight)) {
    known = find(kCorsErrors, name.substr(kPreflight.size()));
    if (known) text += "preflight: ";
  }
  text += known ? std::string(*known) : words(name);
  if (!status.failed_parameter.empty()) text += " (" + status.failed_parameter + ")";
  return text;
}

/// `net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin` as ERR_BLOCKED_BY_RESPONSE.
std::string_view net_error(std::string_view error_text) {
  constexpr std::string_view kPrefix = "net::";
  if (error_text.starts_with(kPrefix)) error_text.remove_prefix(kPrefix.size());
  return error_text.substr(0, error_text.find('.'));
}

bool names_a_user(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == std::string_view::npos) return false;
  const auto authority = url.substr(begin + 3);
  return authority.substr(0, authority.find_first_of("/?#")).find('@') != std::string_view::npos;
}

/// The directive of that name in a Content-Security-Policy header; empty: there is none.
std::string_view directive(std::string_view policy, std::string_view name) {
  while (!policy.empty()) {
    auto part = policy.substr(0, policy.find_first_of(";,\n"));
    policy.remove_prefix(std::min(policy.size(), part.size() + 1));
    part.remove_prefix(std::min(part.size(), part.find_first_not_of(" \t")));
    const bool here = part.size() >= name.size() && base::same_name(part.substr(0, name.size()), name) &&
                      (part.size() == name.size() || part[name.size()] == ' ');
    if (here) return part;
  }
  return {};
}

/// Of what Chromium calls `other`: a frame whose document does not want to be in one, or a URL like file:.
std::optional<std::string> other_text(const FailedRequest& request) {
  if (request.response != nullptr) {
    const auto policy = header(request.response->headers, "content-security-policy");
    if (policy) {
      const auto ancestors = directive(*policy, "frame-ancestors");
      if (!ancestors.empty()) return "Content Security Policy of the response: " + std::string(ancestors);
    }
    if (const auto options = header(request.response->headers, "x-frame-options")) {
      return "X-Frame-Options of the response: " + *options;
    }
  }
  const auto scheme = request.url.substr(0, request.url.find(':'));
  if (scheme != "http" && scheme != "https") {
    return "the page may not load URLs of the scheme " + std::string(scheme);
  }
  return std::nullopt;
}

std::string policy_text(const FailedRequest& request) {
  const std::string text = "Content Security Policy of the page";
  return request.policy.empty() ? text : text + ": " + std::string(request.policy);
}

}  // namespace

std::optional<std::string> blocked_reason(const cdp::network::LoadingFailed& failed,
                                          const FailedRequest& request) {
  const auto error = net_error(failed.error_text);
  const std::string_view reason = failed.blocked_reason ? std::string_view(*failed.blocked_reason) : "";
  if (reason == "csp" || error == "ERR_BLOCKED_BY_CSP") return policy_text(request);
  if (failed.cors_error_status) return cors_text(*failed.cors_error_status);
  const bool never_sent = !request.announced && error == "ERR_ABORTED";
  const bool by_origin = reason == "origin" || never_sent;
  if (by_origin && names_a_user(request.url)) return "the URL of a subresource names a user or password";
  if (reason == "origin") return "the page's origin may not load this URL";
  if (reason == "other") {
    if (auto text = other_text(request)) return text;
  } else if (!reason.empty()) {
    const auto known = find(kReasons, reason);
    return known ? std::string(*known) : words(reason);
  }
  if (const auto known = find(kErrors, error)) return std::string(*known);
  if (reason == "other") return "the browser does not say why";
  if (never_sent && !request.policy.empty()) return policy_text(request);
  return std::nullopt;
}

std::string error_text(const cdp::network::LoadingFailed& failed) {
  if (!failed.error_text.empty()) return failed.error_text;
  return "blocked:" + failed.blocked_reason.value_or("unknown");
}

std::optional<PolicyViolation> policy_violation(std::string_view log_text) {
  constexpr std::string_view kMark = "violates the following Content Security Policy directive: \"";
  if (log_text.find("report-only") != std::string_view::npos) return std::nullopt;
  const auto mark = log_text.find(kMark);
  if (mark == std::string_view::npos) return std::nullopt;
  const auto head = log_text.substr(0, mark);
  const auto rest = log_text.substr(mark + kMark.size());
  const auto begin = head.find('\'');
  const auto end = head.rfind('\'');
  const auto quote = rest.find('"');
  if (begin == end || begin == std::string_view::npos || quote == std::string_view::npos) return std::nullopt;
  return PolicyViolation{std::string(head.substr(begin + 1, end - begin - 1)), std::string(rest.substr(0, quote))};
}

}  // namespace telltale::collector

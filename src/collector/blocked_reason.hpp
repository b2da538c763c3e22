#pragma once

// Why the browser has blocked a request, in words. docs/attaching.md lists them.

#include <optional>
#include <string>
#include <string_view>

#include "cdp/protocol/network.hpp"

namespace telltale::collector {

/// What is known of a request that has failed.
struct FailedRequest {
  std::string_view url;
  const cdp::network::Response* response = nullptr;  ///< nullptr: none has come
  bool announced = true;  ///< false: Chromium fails a request that it has not told of
  std::string_view policy;  ///< what the page's Content Security Policy says, e.g. `img-src 'none'`; may be empty
};

/// The reason as a sentence; absent when the request was not blocked but failed otherwise.
std::optional<std::string> blocked_reason(const cdp::network::LoadingFailed& failed,
                                          const FailedRequest& request);

/// Chromium's error, and where it gives none, `blocked:` and its own word for the reason, as DevTools shows it.
std::string error_text(const cdp::network::LoadingFailed& failed);

/// A Log entry's `Loading the image 'URL' violates ... directive: "img-src 'none'"`.
struct PolicyViolation {
  std::string url;        ///< of a frame and of a form only the origin, after a redirect that of the new place
  std::string directive;  ///< e.g. `img-src 'none'`
};

/// Absent when the text tells of something else, or of a policy that only reports.
std::optional<PolicyViolation> policy_violation(std::string_view log_text);

}  // namespace telltale::collector

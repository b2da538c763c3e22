#pragma once

// Masking secret values inside text: URLs, form bodies, JSON.

#include <string>
#include <string_view>
#include <vector>

namespace telltale::telemetry {

/// What stands in place of a value that must not be seen.
inline constexpr std::string_view kMask = "[redacted]";

/// Finds values by the names that they go under and masks them. Names are compared without case; of
/// `user[password]` the last part counts. The functions return whether they changed anything, and leave
/// everything else byte for byte.
class SecretText {
 public:
  /// `names` are secret besides password, token, secret, api_key and access_token.
  explicit SecretText(const std::vector<std::string>& names = {});

  [[nodiscard]] bool is_secret(std::string_view name) const;
  /// `a=1&token=x`, percent-encoded or not.
  bool mask_pairs(std::string& text) const;
  /// The query and the fragment of a URL, absolute or not, and the password in front of its host.
  bool mask_url(std::string& url) const;
  /// Members of JSON text at any depth, also of text that was cut off somewhere. A secret member's value is
  /// masked whatever its type.
  bool mask_json(std::string& text) const;
  /// A request's or response's body: JSON, a urlencoded form or a multipart form, told by how it begins.
  bool mask_body(std::string& body) const;

 private:
  bool mask_multipart(std::string& body) const;

  std::vector<std::string> names_;
};

}  // namespace telltale::telemetry

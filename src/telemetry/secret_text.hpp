#pragma once

// Masking credentials inside of text: URLs, bodies, headers, and what people and programs write.

#include <string>
#include <string_view>
#include <vector>

#include "telemetry/secret_names.hpp"
#include "telemetry/secret_scan.hpp"

namespace telltale::telemetry {

/// Finds credentials by the names that they go under (kSecretNames), and by how they look (Bearer and Basic
/// credentials, JSON web tokens), and puts kMask in their place. The functions return whether they changed
/// anything, and leave everything else byte for byte. docs/redaction.md shows what each does.
class SecretText {
 public:
  /// `names` are secret besides the built-in ones.
  explicit SecretText(const std::vector<std::string>& names = {}) : names_(names) {}

  [[nodiscard]] bool is_secret(std::string_view name) const { return names_.covers(name); }
  [[nodiscard]] bool is_secret_header(std::string_view name) const { return names_.covers_header(name); }

  /// A URL, absolute or not: parameters of path, query and fragment, and the password in front of its host.
  bool mask_url(std::string& url) const;
  /// A request's or response's body, or a message of a WebSocket, of any textual type. A secret member of JSON
  /// is masked whatever the type of its value.
  bool mask_body(std::string& body) const;
  /// The value of a header whose name is not secret, as JSON text.
  bool mask_header_value(std::string& json) const;
  /// Any other text: only credentials that are told by how they look, and the URLs in it.
  bool mask_text(std::string& text) const;
  /// Any text, where everything that goes by a secret name is to be masked.
  bool mask_everything(std::string& text) const;

 private:
  template <class Look>
  bool mask(std::string& text, Look&& look) const;

  SecretNames names_;
};

}  // namespace telltale::telemetry

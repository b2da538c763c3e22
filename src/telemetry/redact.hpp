#pragma once

// What is taken out of events before they are encoded, so that log, disk and streams never hold it.

#include <array>
#include <string>
#include <vector>

#include "telemetry/envelope.hpp"
#include "telemetry/secret_text.hpp"

namespace telltale::telemetry {

enum class Redaction {
  none,      ///< Nothing: events carry what the browser saw, credentials included. What Kernel does.
  standard,  ///< Secret headers, and secret values in URLs, forms and JSON, are masked. Named `default` on
             ///< the wire.
  strict,    ///< The same, and bodies, post data and WebSocket payloads are left out.
};

constexpr std::array<base::EnumName<Redaction>, 3> describe_enum(Redaction) {
  return {{{Redaction::none, "none"}, {Redaction::standard, "default"}, {Redaction::strict, "strict"}}};
}

/// Applies one redaction to events. By the field tables: a string named `url` or `*_url` is a URL, an object
/// of raw JSON values holds headers, a Secret named `body`, `post_data` or `payload` is a body. So a new
/// field of such a name is covered without a line here.
class Redactor {
 public:
  /// `names` are secret header and member names besides the built-in ones (SecretText; authorization, cookie,
  /// set-cookie, proxy-authorization).
  explicit Redactor(Redaction level, const std::vector<std::string>& names = {});

  [[nodiscard]] Redaction level() const noexcept { return level_; }
  void apply(Event& event) const;
  void apply(base::Object<base::RawJson>& headers) const;
  void apply_to_url(std::string& url) const { text_.mask_url(url); }
  void apply_to_body(std::string& body) const { text_.mask_body(body); }

 private:
  void mask_url_header(base::RawJson& value) const;

  Redaction level_;
  SecretText text_;
  std::vector<std::string> headers_;  // secret ones
};

}  // namespace telltale::telemetry

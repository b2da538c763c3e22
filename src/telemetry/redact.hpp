#pragma once

// What is taken out of events before they are encoded, so that log, disk and streams never hold it.

#include <string>
#include <vector>

#include "telemetry/redaction.hpp"
#include "telemetry/secret_text.hpp"

namespace telltale::telemetry {

struct Event;

/// Applies one redaction to events. By the field tables: a string named `url` or `*_url` is a URL, an object
/// of raw JSON values holds headers, a Secret named `body`, `post_data` or `payload` is a body, every other
/// string but a picture is text. So a new field is covered without a line here.
class Redactor {
 public:
  /// `names` are secret header and member names besides the built-in ones (kSecretNames).
  explicit Redactor(Redaction level, const std::vector<std::string>& names = {}) : level_(level), text_(names) {}

  [[nodiscard]] Redaction level() const noexcept { return level_; }
  void apply(Event& event) const;
  void apply(base::Object<base::RawJson>& headers) const;
  // These return whether they changed anything.
  bool apply_to_url(std::string& url) const { return text_.mask_url(url); }
  bool apply_to_body(std::string& body) const { return text_.mask_body(body); }
  bool apply_to_text(std::string& text) const {
    return level_ == Redaction::strict ? text_.mask_everything(text) : text_.mask_text(text);
  }

 private:
  Redaction level_;
  SecretText text_;
};

}  // namespace telltale::telemetry

#pragma once

// What the head of a request must be beyond its grammar, so that nobody in front of this server can read another
// request out of the same bytes (RFC 9112 11.2, request smuggling).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_codec.hpp"

namespace telltale::net {

/// Of a target in absolute form, "http://HOST:PORT/path".
struct TargetOrigin {
  std::string scheme;     ///< as it came
  std::string authority;  ///< "HOST" or "HOST:PORT"
};

/// Told of the parts of one head in their order. Each call returns why the request is refused, if it is.
class HeadCheck {
 public:
  /// `origin`: absent unless the target has the absolute form.
  void start(bool http_1_0, std::optional<TargetOrigin> origin);
  std::optional<Refusal> field(std::string_view name, std::string_view value);
  [[nodiscard]] std::optional<Refusal> end() const;
  /// For a Transfer-Encoding that the parser itself has refused: a second one, or one beside a Content-Length.
  [[nodiscard]] Refusal transfer_encoding(std::string_view value) const;

 private:
  [[nodiscard]] bool seen(std::string_view name) const;

  bool http_1_0_ = false;
  std::optional<TargetOrigin> origin_;
  std::optional<std::string> host_;
  std::vector<std::string_view> once_;  ///< those that came, of the fields that must not be repeated
};

/// Whether one of the lines starts with a blank: the value of the line before, folded (RFC 9112 5.2).
bool has_folded_line(std::string_view lines);

}  // namespace telltale::net

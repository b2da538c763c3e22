#pragma once

// Where credentials stand in text. One scanner per notation; text inside of text (JSON in a form field, a URL in
// a parameter, JSON in a JSON string) is decoded, scanned, and what was found carried back to where it stood.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/secret_names.hpp"

namespace telltale::telemetry {

/// What stands in place of a value that must not be seen.
inline constexpr std::string_view kMask = "[redacted]";

/// A piece of a text that is to be replaced by `mask`.
struct SecretPiece {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string mask{kMask};
};

/// A text without one layer of encoding, and where each of its bytes stood.
struct DecodedLayer {
  std::string text;
  std::vector<std::uint32_t> origin;  ///< one per byte of text, and one for its end
};

/// Percent-encoding; a broken escape stays as it is, as browsers and servers accept it. `plus`: + is a space.
DecodedLayer percent_decoded(std::string_view text, bool plus);
/// What stands between the quotes of a JSON string. \u escapes outside of ASCII become `?`: no name has any.
DecodedLayer json_unescaped(std::string_view text);

/// Scans one text; pieces() may overlap and come in any order. `depth` is how many texts are around this one.
class SecretScan {
 public:
  SecretScan(const SecretNames& names, std::string_view text, int depth = 0)
      : names_(names), text_(text), depth_(depth) {}

  /// Bearer and Basic credentials, and JSON web tokens.
  void tokens();
  /// The text is a URL, absolute or not.
  void url();
  /// Absolute URLs anywhere in it.
  void urls();
  /// `a=1&token=x` from `begin` to `end`.
  void pairs(std::size_t begin, std::size_t end);
  /// Members of JSON anywhere in it, also of JSON that was cut off or stands behind something else.
  void json();
  /// A form with parts (multipart/form-data).
  void multipart();
  /// Elements and attributes of XML and HTML.
  void markup();
  enum class Assigned {
    quoted,    ///< `password: "x"`, and `password: x` as a line of its own
    anything,  ///< also `password=x` in the middle of a sentence
  };
  void assignments(Assigned which);

  /// A value whose notation is told by how it looks.
  void value();
  /// A request's or response's body, a WebSocket's message.
  void body();

  [[nodiscard]] const std::vector<SecretPiece>& pieces() const noexcept { return pieces_; }

 private:
  void found(std::size_t begin, std::size_t end, std::string_view mask = kMask);
  void web_token(std::size_t begin);
  void credential(std::size_t scheme, std::size_t length, bool basic);
  /// The text from `begin` to `end`, of some notation, inside of this one; percent-encoded or not.
  void inner_value(std::size_t begin, std::size_t end, bool percent);
  void inner_json_string(std::size_t begin, std::size_t end);
  std::size_t json_member(std::size_t name_begin, std::size_t name_end, std::size_t value);
  void json_pair_of_name_and_value(std::string_view name, std::size_t value, std::size_t end);
  void attributes(std::size_t begin, std::size_t end);
  [[nodiscard]] bool json_speaks_of_sign_in();

  const SecretNames& names_;
  std::string_view text_;
  int depth_;
  std::vector<SecretPiece> pieces_;
  std::optional<bool> signs_in_;  // see json_speaks_of_sign_in()

  /// `{"name": "token", "value": "x"}`: what the current object has said of itself.
  struct NamedValue {
    bool secret = false;
    std::size_t begin = 0;
    std::size_t end = 0;
  } named_;
};

/// Replaces the pieces; returns whether there were any.
bool mask_pieces(std::string& text, std::vector<SecretPiece> pieces);

}  // namespace telltale::telemetry

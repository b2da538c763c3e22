#pragma once

// Bodies and messages as the text that an event may carry.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace telltale::collector {

/// The bytes of a body that its event may carry: 8192 of JSON, XML, YAML, CSV and the like under any of their names,
/// 4096 of all other text; absent: none of it (other types, and what is loaded as a font, image, medium, style
/// sheet or script).
std::optional<std::size_t> body_cap(std::string_view resource_type, std::string_view mime_type);

/// `bytes` as valid UTF-8 of at most `cap` bytes: what is not UTF-8 becomes U+FFFD, and what is longer is cut
/// between two characters and ends with `...[truncated]`.
std::string capped_text(std::string_view bytes, std::size_t cap);

/// The bytes of a base64 text, as far as it is one.
std::string from_base64(std::string_view text);

/// `bytes` of that charset (a name as Content-Type has it) as UTF-8. What is UTF-8 already, and what cannot be read,
/// stays as it is.
std::string utf8_from(std::string bytes, std::string_view charset);

/// Bytes that a base64 text stands for.
std::size_t base64_size(std::string_view text) noexcept;

}  // namespace telltale::collector

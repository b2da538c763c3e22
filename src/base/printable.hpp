#pragma once

// Text of strangers (pages, browsers, other servers) where people read it: it must neither control a terminal nor break
// the line that it stands in.

#include <string>
#include <string_view>

namespace telltale::base {

/// The text on one line and without effects: control characters (C0, DEL, C1), line and paragraph separators,
/// and the bidirectional overrides that can disguise text become visible escapes (\n, \x1b, \u202e); invalid
/// UTF-8 becomes U+FFFD.
std::string printable(std::string_view text);

/// The same JSON document without the characters that JSON may carry raw although a terminal obeys them (DEL,
/// C1, bidi).
std::string printable_json(std::string_view json);

}  // namespace telltale::base

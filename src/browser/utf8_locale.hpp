#pragma once

#include <optional>
#include <string>

namespace telltale::browser {

/// What to add to the environment of a browser so that its texts for the system, such as the names of downloads, are
/// UTF-8. Absent: the locale that it inherits is a UTF-8 one, or the system has none.
std::optional<std::string> utf8_locale();

}  // namespace telltale::browser

#pragma once

// Text on a terminal: what a page says must neither control it nor break its lines.

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/printable.hpp"

namespace telltale::cli {

/// Whether `file` is a terminal that wants colours: NO_COLOR (no-color.org) and TERM=dumb say no.
bool wants_colours(std::FILE* file);

/// Columns of the terminal `file`: $COLUMNS, else what the terminal says, else 80. 0, which means "no end",
/// for a file or a pipe.
std::size_t columns_of(std::FILE* file);

using base::printable;
using base::printable_json;

/// The beginning of printable() text that takes at most `columns`, ended by an ellipsis when something was
/// cut off; wide (East Asian, emoji) characters take two. 0 columns: all of it.
std::string fit(std::string_view text, std::size_t columns);

}  // namespace telltale::cli

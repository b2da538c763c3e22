#pragma once

// What a parsed command line runs.

#include <functional>

#include "base/error.hpp"

namespace telltale::cli {

/// Returns the exit code. main() prints an error as one line on stderr and exits with 1.
using Command = std::function<base::Result<int>()>;

}  // namespace telltale::cli

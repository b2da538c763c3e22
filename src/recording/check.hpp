#pragma once

#include "base/error.hpp"
#include "recording/sqlite.hpp"

namespace telltale::recording {

/// Whether an SQLite file is a recording that this version understands. Errors: invalid_argument.
base::Result<void> check_format(const Database& database);

}  // namespace telltale::recording

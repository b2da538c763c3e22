#pragma once

// The secret that clients must show.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace telltale::cli {

/// The token in `file`, without the white space around it. Errors: not_found, io, and invalid_argument when
/// it cannot be sent in an HTTP header.
base::Result<std::string> read_token(const std::filesystem::path& file);

/// The same, after writing a new one (32 random bytes as hex, mode 0600) if there is no such file.
base::Result<std::string> read_or_create_token(const std::filesystem::path& file);

/// Errors: invalid_argument, when `token` is empty or has characters other than visible ASCII.
base::Result<void> check_token(std::string_view token);

}  // namespace telltale::cli

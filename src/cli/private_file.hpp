#pragma once

// Small files that only their owner may read, written so that no reader ever sees half of one.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace telltale::cli {

/// The content of a file of at most 64 KiB. Errors: not_found, io, limit.
base::Result<std::string> read_small_file(const std::filesystem::path& file);

/// Writes `content` with mode 0600 unless the file exists; false when it does. Of two processes that try at
/// the same time one wins, and the other then reads a complete file. Errors: io.
base::Result<bool> create_private_file(const std::filesystem::path& file, std::string_view content);

/// Writes `content` with mode 0600 in place of what was there. Errors: io.
base::Result<void> replace_private_file(const std::filesystem::path& file, std::string_view content);

/// Whether group or others may read or write it; false when it does not exist.
bool is_open_to_others(const std::filesystem::path& file);

}  // namespace telltale::cli

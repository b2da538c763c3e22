#pragma once

// What is done to files without SQLite, and errors with the system's words.

#include <filesystem>

#include "base/error.hpp"

namespace telltale::recording {

/// Makes an empty file, readable and writable by its owner only. Errors: conflict (there is one), limit (the
/// disk is full), io. Not for a file that SQLite has open: closing another descriptor of it drops SQLite's
/// locks.
base::Result<void> make_private_file(const std::filesystem::path& path);

/// fsync(2), of a folder too, but not of a file of which SQLite has a lock. A file that is not there is done.
/// Errors: limit, io.
base::Result<void> sync_file(const std::filesystem::path& path);

/// limit for a full disk or quota, conflict for EEXIST, io for anything else.
base::Errc errc_of_errno(int error) noexcept;

}  // namespace telltale::recording

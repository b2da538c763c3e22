#pragma once

// The command line of a launched Chromium.

#include <filesystem>
#include <string>
#include <vector>

#include "browser/browser_process.hpp"

namespace telltale::browser {

/// Whether `binary` is chromium-headless-shell (Debian) or chrome-headless-shell (Chrome for Testing): a
/// Chromium without any window code, always headless.
bool is_headless_shell(const std::filesystem::path& binary);

/// Arguments for `options`, with the profile in `profile`. `as_root` adds --no-sandbox, without which root is
/// refused.
std::vector<std::string> chromium_args(const LaunchOptions& options, const std::filesystem::path& profile,
                                       bool as_root);

}  // namespace telltale::browser

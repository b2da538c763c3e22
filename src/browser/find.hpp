#pragma once

// Which Chromium to launch, and where a running one listens.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"

namespace telltale::browser {

/// Looks for a browser binary: `flag` if given (must be an executable file or a name on PATH), else
/// $TELLTALE_CHROMIUM, else chromium-headless-shell, chromium, google-chrome, chrome in their Debian places
/// and on PATH. Wrapper scripts are replaced by the real binary under /usr/lib/chromium; a script that the
/// operator names and that wraps none of these is taken as it is. `headless` false skips
/// chromium-headless-shell, which cannot show a window. Errors: not_found, saying where it looked and what to
/// install.
base::Result<std::filesystem::path> find_browser(std::optional<std::string> flag, bool headless);

/// First line of `binary --version`, e.g. "Chromium 156.0.8078.79"; deadline 10 s.
base::Task<base::Result<std::string>> browser_version(std::filesystem::path binary);

/// The browser-level WebSocket URL of a running browser. `url` is ws://HOST:PORT/devtools/browser/ID
/// (returned as it is) or http://HOST:PORT, whose /json/version is asked. Errors: invalid_argument, refused
/// (the message says how to start Chromium with --remote-debugging-port), timeout, protocol (not a DevTools
/// endpoint).
base::Task<base::Result<std::string>> discover_websocket_url(std::string url);

}  // namespace telltale::browser

#pragma once

// Where a Chromium accepts DevTools connections: the DevToolsActivePort file and /json/version.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/task.hpp"

namespace telltale::browser {

/// The two lines of the file DevToolsActivePort in the profile folder.
struct DevToolsActivePort {
  std::uint16_t port;
  std::string path;  ///< "/devtools/browser/ID"
};

/// Empty while the text is incomplete: Chromium writes the file in place.
std::optional<DevToolsActivePort> parse_devtools_active_port(std::string_view text);
/// Empty while there is no complete file.
std::optional<DevToolsActivePort> read_devtools_active_port(const std::filesystem::path& profile);

/// webSocketDebuggerUrl of http://host:port/json/version. Errors: refused, timeout, closed, stopped when
/// cancelled, protocol when something else than DevTools answers.
base::Task<base::Result<std::string>> fetch_websocket_url(std::string host, std::uint16_t port,
                                                          std::chrono::nanoseconds deadline);

}  // namespace telltale::browser

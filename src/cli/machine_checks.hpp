#pragma once

// The checks of `telltale doctor` on this machine.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "cli/check.hpp"
#include "cli/state_dir.hpp"
#include "net/url.hpp"

namespace telltale::cli {

/// What the server would be started with.
struct CheckedSetup {
  std::optional<std::string> chromium;
  bool no_chromium_sandbox = false;
  net::HostPort listen;
};

/// The browser: found and its version, its sandbox, and a launch of it.
base::Task<std::vector<Check>> check_browser(CheckedSetup setup, base::Result<StateDir> state);
/// The address to listen on: free, or a telltale answers there.
base::Task<Check> check_address(net::HostPort listen);
/// Folder and token: there or possible, and closed to other users.
Check check_state(const base::Result<StateDir>& state);
Check check_memory();
/// What telltale was built with; always ok.
Check check_build();

}  // namespace telltale::cli

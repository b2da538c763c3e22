#pragma once

// `telltale sessions create|list|get|delete`

#include <CLI/App.hpp>

#include "cli/command.hpp"

namespace telltale::cli {

void declare_sessions(CLI::App& app, Command& chosen);

}  // namespace telltale::cli

#pragma once

// `telltale telemetry stream`: the events of a session.

#include <CLI/App.hpp>

#include "cli/command.hpp"

namespace telltale::cli {

void declare_telemetry(CLI::App& app, Command& chosen);

}  // namespace telltale::cli

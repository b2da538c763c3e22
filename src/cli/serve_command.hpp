#pragma once

// `telltale serve`: the server.

#include <CLI/App.hpp>

#include "cli/command.hpp"

namespace telltale::cli {

void declare_serve(CLI::App& app, Command& chosen);

}  // namespace telltale::cli

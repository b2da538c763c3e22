#pragma once

// All commands and their options.

// App.hpp alone leaves the vtables of what it makes, a formatter and a configuration, undefined.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/command.hpp"

namespace telltale::cli {

/// Declares every command in `app`. Parsing sets `chosen`, which lives as long as `app`; it stays empty when
/// no command is named. Wrong values throw CLI::ParseError while parsing.
void declare_commands(CLI::App& app, Command& chosen);

}  // namespace telltale::cli

#pragma once

// `telltale observe|act|scrape|screenshot`: the page of a session.

#include <CLI/App.hpp>

#include "cli/command.hpp"

namespace telltale::cli {

void declare_page_commands(CLI::App& app, Command& chosen);

}  // namespace telltale::cli

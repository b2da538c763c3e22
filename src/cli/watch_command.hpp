#pragma once

// `telltale watch [URL]`: open a page and print everything that happens in it.

#include <CLI/App.hpp>

#include "cli/command.hpp"

namespace telltale::cli {

void declare_watch(CLI::App& app, Command& chosen);

}  // namespace telltale::cli

#pragma once

// `telltale doctor`: can telltale work here, and if not, what is to be done.

#include <CLI/App.hpp>

#include "cli/command.hpp"

namespace telltale::cli {

void declare_doctor(CLI::App& app, Command& chosen);

}  // namespace telltale::cli

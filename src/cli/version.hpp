#pragma once

// What this telltale is and what it was built with.

#include <string>

namespace telltale::cli {

/// "0.1.0"
std::string version();

/// "Boost 1.81.0, simdjson 3.0.1, nlohmann-json 3.11.2, spdlog 1.10.0, CLI11 2.1.2, g++ 12.2.0"
std::string build_description();

/// "telltale 0.1.0 (Boost ...)"
std::string version_line();

}  // namespace telltale::cli

#pragma once

#include <string>
#include <string_view>

namespace telltale::testing {

/// A file of the checkout, e.g. "docs/contract.md".
std::string source_path(std::string_view relative = "");

/// The telltale executable of this build.
std::string telltale_binary();

}  // namespace telltale::testing

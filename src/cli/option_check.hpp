#pragma once

// A base::Result inside CLI11: what is wrong with an option's value is said while parsing.

#include <CLI/Error.hpp>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace telltale::cli {

/// The value, or a CLI::ValidationError that names the option.
template <class T>
T checked(const std::string& option, base::Result<T> result) {
  if (!result) throw CLI::ValidationError(option, result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace telltale::cli

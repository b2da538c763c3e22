#pragma once

#include "base/error.hpp"

namespace telltale::recording {

/// Calls each step until one fails; its error is the result. (g++ 12 has std::expected without and_then.)
template <class... Steps>
[[nodiscard]] base::Result<void> in_turn(const Steps&... steps) {
  base::Result<void> result;
  static_cast<void>(((result = steps(), result.has_value()) && ...));
  return result;
}

}  // namespace telltale::recording

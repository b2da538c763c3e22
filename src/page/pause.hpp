#pragma once

// How long to pause between two looks at what is waited for.

#include <algorithm>
#include <chrono>

#include "page/limits.hpp"

namespace telltale::page {

/// Doubles from kPageFirstPause to kPageLastPause.
class Pause {
 public:
  std::chrono::milliseconds next() noexcept {
    const auto pause = next_;
    next_ = std::min<std::chrono::milliseconds>(next_ * 2, limits::kPageLastPause);
    return pause;
  }

 private:
  std::chrono::milliseconds next_ = limits::kPageFirstPause;
};

}  // namespace telltale::page

#include "collector/vitals.hpp"

#include <algorithm>

namespace telltale::collector {
namespace {

// A window of shifts ends with a gap of this much, or at this length. The definition of CLS.
constexpr double kGapSeconds = 1;
constexpr double kWindowSeconds = 5;

}  // namespace

void Vitals::shifted(double seconds, double value) noexcept {
  const bool goes_on =
      last_shift_ && seconds - *last_shift_ < kGapSeconds && seconds - window_start_ < kWindowSeconds;
  if (!goes_on) {
    window_ = 0;
    window_start_ = seconds;
  }
  last_shift_ = seconds;
  window_ += value;
  largest_window_ = std::max(largest_window_, window_);
}

}  // namespace telltale::collector

#pragma once

// The web vitals of one top-level document, gathered until it is over.

#include <optional>

namespace telltale::collector {

/// Bounded by nature: layout shifts are folded into the running window and the largest one.
class Vitals {
 public:
  /// A shift without recent input. `seconds`: when, on any clock, in order.
  void shifted(double seconds, double value) noexcept;

  [[nodiscard]] double cls() const noexcept { return largest_window_; }

  /// The last candidate; the browser stops reporting them at the first input.
  std::optional<double> lcp_ms;
  // As the injected script last reported them.
  std::optional<double> inp_ms;
  std::optional<double> fcp_ms;
  std::optional<double> ttfb_ms;

 private:
  double largest_window_ = 0;
  double window_ = 0;
  double window_start_ = 0;
  std::optional<double> last_shift_;
};

}  // namespace telltale::collector

#pragma once

#include "base/clock.hpp"

namespace telltale::testing {

/// A clock that moves only when told to. Starts at a fixed moment so that expected values can be written
/// down.
class ManualClock final : public base::Clock {
 public:
  [[nodiscard]] base::Time now() const noexcept override { return now_; }
  void advance(base::Duration by) noexcept { now_ = now_.plus(by); }

 private:
  base::Time now_{std::chrono::steady_clock::time_point(std::chrono::hours(1)),
                  std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000))};
};

}  // namespace telltale::testing

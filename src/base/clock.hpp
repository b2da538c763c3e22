#pragma once

// Time as an argument: deciding code takes a Time, only the shells around it ask a Clock.

#include <chrono>
#include <cstdint>

namespace telltale::base {

using Duration = std::chrono::nanoseconds;

/// One moment on both clocks. `mono` is for intervals and deadlines, `wall` for what people and consumers read.
struct Time {
  std::chrono::steady_clock::time_point mono;
  std::chrono::system_clock::time_point wall;

  /// Unix time in microseconds: the unit of `ts` on the wire.
  [[nodiscard]] std::int64_t unix_us() const noexcept {
    return std::chrono::duration_cast<std::chrono::microseconds>(wall.time_since_epoch()).count();
  }
  /// The moment `d` later on both clocks.
  [[nodiscard]] Time plus(Duration d) const noexcept {
    return {mono + d, wall + std::chrono::duration_cast<std::chrono::system_clock::duration>(d)};
  }
};

/// Source of the current time. Tests use tests/support/manual_clock.hpp.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const noexcept = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() const noexcept override {
    return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
  }
};

}  // namespace telltale::base

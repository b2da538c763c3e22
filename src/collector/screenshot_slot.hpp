#pragma once

// Which screenshot is being taken, and whether another one may be.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/strong.hpp"
#include "collector/limits.hpp"

namespace telltale::collector {

/// One per browser: one screenshot at a time, limits::kScreenshotSpacing apart. Pure.
class ScreenshotSlot {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Shot {
    std::uint64_t number = 0;  ///< of this screenshot: answers of one given up are told from others
    base::CdpSessionId page;
    std::string trigger;  ///< CDP method; empty for periodic ones
    double scale = 1;
    TimePoint started;
  };

  /// Takes the slot; nullptr when it is taken or was taken too recently. Only a taken slot counts for the
  /// spacing.
  Shot* take(const base::CdpSessionId& page, std::string trigger, TimePoint now);
  /// The running one, when it has that number.
  [[nodiscard]] Shot* find(std::uint64_t number) noexcept;
  /// The next smaller size; false when there is none and the slot is free again.
  bool shrink() noexcept;
  void release() noexcept { shot_.reset(); }
  /// Frees the slot of one that was taken on a session that is gone.
  void forget(const base::CdpSessionId& page) noexcept;
  /// Frees the slot of one that takes too long; says whether it did.
  bool expire(TimePoint now) noexcept;
  /// When expire() may have something to do.
  [[nodiscard]] std::optional<TimePoint> next() const noexcept;

 private:
  std::optional<Shot> shot_;
  std::optional<TimePoint> last_;
  std::uint64_t count_ = 0;
};

}  // namespace telltale::collector

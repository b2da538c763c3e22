#include "collector/screenshot_slot.hpp"

#include <utility>

#include "collector/limits.hpp"

namespace telltale::collector {
namespace {

constexpr double kSmallestScale = 1.0 / 16;

}  // namespace

ScreenshotSlot::Shot* ScreenshotSlot::take(const base::CdpSessionId& page, std::string trigger,
                                           TimePoint now) {
  expire(now);
  if (shot_ || (last_ && now - *last_ < limits::kScreenshotSpacing)) return nullptr;
  last_ = now;
  return &shot_.emplace(Shot{++count_, page, std::move(trigger), 1, now});
}

ScreenshotSlot::Shot* ScreenshotSlot::find(std::uint64_t number) noexcept {
  return shot_ && shot_->number == number ? &*shot_ : nullptr;
}

bool ScreenshotSlot::shrink() noexcept {
  if (!shot_ || shot_->scale <= kSmallestScale) {
    release();
    return false;
  }
  shot_->scale /= 2;
  return true;
}

void ScreenshotSlot::forget(const base::CdpSessionId& page) noexcept {
  if (shot_ && shot_->page == page) release();
}

bool ScreenshotSlot::expire(TimePoint now) noexcept {
  if (!shot_ || now - shot_->started < limits::kScreenshotTimeout) return false;
  release();
  return true;
}

std::optional<ScreenshotSlot::TimePoint> ScreenshotSlot::next() const noexcept {
  if (!shot_) return std::nullopt;
  return shot_->started + limits::kScreenshotTimeout;
}

}  // namespace telltale::collector

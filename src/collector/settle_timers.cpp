#include "collector/settle_timers.hpp"

#include <algorithm>
#include <utility>

#include "collector/limits.hpp"

namespace telltale::collector {
namespace {

using namespace std::chrono_literals;

// The public contract.
constexpr auto kIdleAfter = 500ms;
constexpr auto kLayoutQuiet = 1s;

}  // namespace

void SettleTimers::navigated(TimePoint now, Watched watched) {
  *this = {};
  network_ = watched.network;
  layout_ = navigation_ = watched.layout;
  if (network_) idle_at_ = now + kIdleAfter;
}

void SettleTimers::request_began() noexcept {
  ++pending_;
  idle_at_.reset();
}

void SettleTimers::request_ended(TimePoint now) noexcept {
  if (pending_ > 0) --pending_;
  if (pending_ == 0 && network_) idle_at_ = now + kIdleAfter;
}

void SettleTimers::dom_content_loaded(TimePoint now) noexcept {
  dom_ready_ = true;
  if (navigation_ && layout_done_) navigation_at_ = now;
}

void SettleTimers::loaded(TimePoint now) noexcept {
  if (!layout_) return;
  // A document that is opened and written anew loads again.
  if (!loaded_at_) loaded_at_ = now;
  layout_at_ = std::min(now + kLayoutQuiet, *loaded_at_ + limits::kLayoutSettleBound);
}

void SettleTimers::shifted(TimePoint now) noexcept {
  if (loaded_at_) loaded(now);
}

void SettleTimers::forget_network() noexcept {
  network_ = false;
  idle_at_.reset();
}

void SettleTimers::forget_layout() noexcept {
  layout_ = navigation_ = false;
  layout_at_.reset();
  navigation_at_.reset();
}

std::vector<SettleTimers::Settled> SettleTimers::due(TimePoint now) {
  std::vector<std::pair<TimePoint, Settled>> settled;
  if (idle_at_ && *idle_at_ <= now) {
    settled.emplace_back(*idle_at_, Settled::network);
    forget_network();
  }
  if (layout_at_ && *layout_at_ <= now) {
    const auto at = *layout_at_;
    settled.emplace_back(at, Settled::layout);
    layout_at_.reset();
    layout_ = false;
    layout_done_ = true;
    if (dom_ready_) navigation_at_ = at;
  }
  if (navigation_at_ && *navigation_at_ <= now) {
    settled.emplace_back(*navigation_at_, Settled::navigation);
    forget_layout();
  }
  std::ranges::sort(settled);  // at the same time in the order of the enumerators
  std::vector<Settled> result;
  for (const auto& [at, what] : settled) result.push_back(what);
  return result;
}

std::optional<SettleTimers::TimePoint> SettleTimers::next() const noexcept {
  std::optional<TimePoint> first;
  for (const auto& at : {idle_at_, layout_at_, navigation_at_}) {
    if (at && (!first || *at < *first)) first = at;
  }
  return first;
}

}  // namespace telltale::collector

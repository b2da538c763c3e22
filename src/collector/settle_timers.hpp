#pragma once

// When a page has come to rest after a top-level navigation: network_idle, page_layout_settled and
// page_navigation_settled.

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace telltale::collector {

/// One per page session. Pure: moments come as arguments, what is due is asked for at next(). An epoch is the
/// time from one top-level navigation to the next; each event comes at most once in it. Before the first one
/// nothing is due.
class SettleTimers {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Settled { network, layout, navigation };

  /// What the epoch watches: what is not captured at its beginning is not watched later either.
  struct Watched {
    bool network = false;
    bool layout = false;
  };

  /// Opens an epoch. The idle timer starts at once, so that a page without requests becomes idle, too.
  void navigated(TimePoint now, Watched watched);
  /// A request of this epoch has begun (a redirect does not begin one) or has ended.
  void request_began() noexcept;
  void request_ended(TimePoint now) noexcept;
  void dom_content_loaded(TimePoint now) noexcept;
  void loaded(TimePoint now) noexcept;
  void shifted(TimePoint now) noexcept;
  /// Watches no longer, until the next epoch: the category went off, or the page has crashed.
  void forget_network() noexcept;
  void forget_layout() noexcept;

  /// What has come to rest by `now`, in the order in which it did; it is not returned again.
  [[nodiscard]] std::vector<Settled> due(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next() const noexcept;

 private:
  // Armed timers; absent: not armed.
  std::optional<TimePoint> idle_at_;
  std::optional<TimePoint> layout_at_;
  std::optional<TimePoint> navigation_at_;
  // What is still awaited in this epoch.
  bool network_ = false;
  bool layout_ = false;
  bool navigation_ = false;
  bool dom_ready_ = false;
  bool layout_done_ = false;
  std::optional<TimePoint> loaded_at_;
  std::size_t pending_ = 0;
};

}  // namespace telltale::collector

#pragma once

#include <chrono>
#include <vector>

#include "base/strong.hpp"
#include "cdp/notification.hpp"

namespace telltale::collector {

/// A page that comes back from the back/forward cache and has not been announced yet: what it and its iframes say waits
/// for its navigation. Bounded by limits::kRestoreTimeout and limits::kRestoreNotifications.
struct RestoredPage {
  base::CdpSessionId page;
  std::chrono::steady_clock::time_point until;
  std::vector<cdp::Notification> notifications{};
};

}  // namespace telltale::collector

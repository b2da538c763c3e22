// network_idle, page_layout_settled and page_navigation_settled: what feeds the settle timers of a page, and
// what comes of them. Requests and shifts of its out-of-process iframes and its workers count for the page.

#include "collector/collector.hpp"

namespace telltale::collector {

// A request belongs to the epoch in which it began: the document's own request begins before its navigation
// and counts for the page that is being left.
void Collector::on_request_begin(const TrackedRequest& request, base::Time) {
  Session* page = tree_.find(request.page);
  if (page != nullptr && request.context.nav_seq == page->page.nav_seq) page->settle.request_began();
}

void Collector::on_request_end(const TrackedRequest& request, base::Time now) {
  Session* page = tree_.find(request.page);
  if (page == nullptr || request.context.nav_seq != page->page.nav_seq) return;
  page->settle.request_ended(now.mono);
  wake_for(*page);
}

void Collector::wake_for(const Session& page) noexcept {
  if (const auto at = page.settle.next()) wake_at(*at);
}

void Collector::publish_settled(Session& page, base::Time now, Output& out) {
  for (const auto what : page.settle.due(now.mono)) {
    switch (what) {
      case SettleTimers::Settled::network:
        publish(telemetry::NetworkIdle{context_of(&page)}, &page, {}, now, out);
        break;
      case SettleTimers::Settled::layout:
        publish(telemetry::PageLayoutSettled{context_of(&page)}, &page, {}, now, out);
        break;
      case SettleTimers::Settled::navigation:
        publish(telemetry::PageNavigationSettled{context_of(&page)}, &page, {}, now, out);
        break;
    }
  }
  wake_for(page);
}

}  // namespace telltale::collector

// Pages that come back from the back/forward cache. Chromium (156, not headless-shell) clears the contexts of the
// page's session, announces the old ones again, repeats all messages that the document has stored, lets handlers of
// pageshow run, and only then says Page.frameNavigated: without DOMContentLoaded and load. Its iframes of other sites
// are attached anew, at times before all of that, and repeat their messages, too; its workers are not.

#include <algorithm>
#include <utility>

#include "collector/collector.hpp"

namespace telltale::collector {

namespace {

// What must not wait: it is about the session as such, or somebody has to answer it.
bool passes(const cdp::Event& event) {
  return std::holds_alternative<cdp::target::AttachedToTarget>(event) ||
         std::holds_alternative<cdp::target::DetachedFromTarget>(event) ||
         std::holds_alternative<cdp::page::TargetCrashed>(event) ||
         std::holds_alternative<cdp::runtime::ExecutionContextsCleared>(event) ||
         std::holds_alternative<cdp::page::JavascriptDialogOpening>(event) ||
         std::holds_alternative<cdp::page::JavascriptDialogClosed>(event);
}

}  // namespace

// Of other documents the navigation comes first, and then their contexts.
bool Collector::hold_back(const cdp::Notification& notification, base::Time now, Output& out) {
  const bool context = std::holds_alternative<cdp::runtime::ExecutionContextCreated>(notification.event);
  if (restored_.empty() && !context) return false;
  Session* session = tree_.find(notification.session);
  Session* page = session == nullptr ? nullptr : tree_.page_of(*session);
  if (page == nullptr) return false;
  auto waiting = std::ranges::find(restored_, page->id, &RestoredPage::page);
  if (waiting == restored_.end()) {
    if (!context || page != session || !page->contexts_cleared) return false;
    await_return(*page, now);
    waiting = restored_.end() - 1;
  }
  if (passes(notification.event)) return false;
  const auto* navigated = std::get_if<cdp::page::FrameNavigated>(&notification.event);
  if (navigated != nullptr && page == session && page->is_root(navigated->frame)) {
    dispatch(notification, now, out);
    release_page(page->id, now, out);
    return true;
  }
  waiting->notifications.push_back(notification);
  if (waiting->notifications.size() >= limits::kRestoreNotifications) release_page(page->id, now, out);
  return true;
}

void Collector::await_return(Session& page, base::Time now) {
  if (std::ranges::find(restored_, page.id, &RestoredPage::page) != restored_.end()) return;
  restored_.push_back({page.id, now.mono + limits::kRestoreTimeout});
  wake_at(restored_.back().until);
  page.repeats_until_ms = std::max(page.heard_ms, page.document_began_ms);
  page.repeats_since = now.mono;
}

void Collector::release_page(const base::CdpSessionId& page, base::Time now, Output& out) {
  const auto waiting = std::ranges::find(restored_, page, &RestoredPage::page);
  if (waiting == restored_.end()) return;
  const auto notifications = std::move(waiting->notifications);
  restored_.erase(waiting);
  if (Session* session = tree_.find(page)) session->contexts_cleared = false;
  for (const auto& notification : notifications) dispatch(notification, now, out);
}

void Collector::release_late_pages(base::Time now, Output& out) {
  std::vector<base::CdpSessionId> late;
  for (const auto& waiting : restored_) {
    if (waiting.until <= now.mono) {
      late.push_back(waiting.page);
    } else {
      wake_at(waiting.until);
    }
  }
  for (const auto& page : late) release_page(page, now, out);
}

void Collector::remember_target(Session& session) {
  Session* page = tree_.page_of(session);
  if (page == nullptr || page == &session || session.type != telemetry::TargetType::iframe) return;
  auto& former = page->former_targets;
  if (former.size() >= limits::kFormerTargets && !former.contains(session.target.target_id)) return;
  former.insert_or_assign(session.target.target_id, FormerTarget{session.heard_ms, session.attached_in});
}

void Collector::recall_target(Session& session, base::Time now) {
  Session* page = tree_.page_of(session);
  if (page == nullptr || page == &session) return;
  session.attached_in = page->page.loader_id;
  const auto found = page->former_targets.find(session.target.target_id);
  if (found == page->former_targets.end()) return;
  const FormerTarget& former = found->second;
  session.repeats_until_ms = std::max(former.heard_ms, page->document_began_ms);
  session.repeats_since = now.mono;
  session.heard_ms = former.heard_ms;
  // It was in another document than the present one, which therefore comes back as well.
  if (former.loader == page->page.loader_id) return;
  session.attached_in = former.loader;
  await_return(*page, now);
}

}  // namespace telltale::collector

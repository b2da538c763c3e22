// The tabs of the browser, and which of them is driven.

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "cdp/decode.hpp"
#include "cdp/protocol/page.hpp"
#include "cdp/protocol/target.hpp"
#include "page/driver.hpp"
#include "page/limits.hpp"

namespace telltale::page {

Answer<std::vector<Tab>> Driver::tabs() {
  const auto connection = link_.connection();
  if (!connection) co_return std::unexpected(connection.error());
  // Where nobody has driven it yet, which tab is the current one has to be chosen first.
  if (current_.empty()) {
    const auto page = co_await current(Stuck::allowed);
    if (!page) co_return std::unexpected(page.error());
  }
  auto command = cdp::command({}, cdp::target::GetTargets{});
  const auto reply = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  const auto targets = cdp::decode_result<cdp::target::GetTargetsResult>(*reply);
  if (!targets) co_return std::unexpected(targets.error());
  std::unordered_map<base::TargetId, const cdp::target::TargetInfo*> by_id;
  for (const auto& target : targets->target_infos) by_id.emplace(target.target_id, &target);
  std::vector<Tab> tabs;
  for (const auto& target : seen_pages()) {
    const auto info = by_id.find(target.id);
    if (info == by_id.end()) continue;  // closed meanwhile
    tabs.push_back({target.id, info->second->title, info->second->url, target.id == current_});
  }
  co_return tabs;
}

Answer<void> Driver::open_tab() {
  const auto created = co_await link_.create_page();
  if (!created) co_return std::unexpected(created.error());
  if (std::ranges::find(known_, *created) == known_.end()) known_.push_back(*created);
  current_ = *created;
  lost_ = base::TargetId();
  co_return base::Result<void>{};
}

Answer<void> Driver::switch_tab(std::int64_t place) {
  const auto connection = link_.connection();
  if (!connection) co_return std::unexpected(connection.error());
  const auto pages = seen_pages();
  const auto count = static_cast<std::int64_t>(pages.size());
  const auto wanted = place == -1 ? count - 1 : place;
  if (wanted < 0 || wanted >= count) {
    co_return base::fail(base::Errc::not_found, "there is no tab " + std::to_string(place) + ": there are " +
                                                    std::to_string(count) + ", counted from 0");
  }
  const auto& target = pages[static_cast<std::size_t>(wanted)];
  current_ = target.id;
  lost_ = base::TargetId();
  auto command = cdp::command(target.session, cdp::page::BringToFront{});
  const auto brought = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!brought) co_return std::unexpected(brought.error());
  co_return base::Result<void>{};
}

Answer<bool> Driver::close_tab() {
  const auto page = co_await current(Stuck::allowed);
  if (!page) co_return std::unexpected(page.error());
  const bool last = link_.pages().size() == 1;
  if (last) {
    // A browser that loses its last tab may end itself: the session would be over.
    const auto opened = co_await open_tab();
    if (!opened) co_return std::unexpected(opened.error());
  }
  auto command = cdp::command({}, cdp::target::CloseTarget{page->id});
  const auto closed = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!closed) co_return std::unexpected(closed.error());
  // The answer comes before the target is gone, which must not be taken for the current tab any more.
  const auto end = Clock::now() + limits::kPageCallTimeout;
  while (link_.has_page(page->id) && Clock::now() < end) {
    const bool slept = co_await base::sleep_for(limits::kPageFirstPause);
    if (!slept) co_return base::fail(base::Errc::stopped, "closing the tab was cancelled");
  }
  if (link_.has_page(page->id)) co_return base::fail(base::Errc::timeout, "the tab did not close in time");
  seen_pages();
  if (lost_ == page->id) lost_ = base::TargetId();  // as was asked for
  co_return last;
}

}  // namespace telltale::page

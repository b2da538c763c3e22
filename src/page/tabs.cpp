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
  const auto reply = co_await link_.call(std::move(command), limits::kPageCallTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  const auto targets = cdp::decode_result<cdp::target::GetTargetsResult>(*reply);
  if (!targets) co_return std::unexpected(targets.error());
  std::unordered_map<base::TargetId, const cdp::target::TargetInfo*> by_id;
  for (const auto& target : targets->target_infos) by_id.emplace(target.target_id, &target);
  std::vector<Tab> tabs;
  for (const auto& target : link_.pages()) {
    const auto info = by_id.find(target.id);
    if (info == by_id.end()) continue;  // closed meanwhile
    tabs.push_back({target.id, info->second->title, info->second->url, target.id == current_});
  }
  co_return tabs;
}

Answer<void> Driver::open_tab() {
  const auto created = co_await link_.create_page();
  if (!created) co_return std::unexpected(created.error());
  known_.push_back(*created);
  current_ = *created;
  co_return base::Result<void>{};
}

Answer<void> Driver::switch_tab(std::int64_t place) {
  const auto connection = link_.connection();
  if (!connection) co_return std::unexpected(connection.error());
  const auto pages = link_.pages();
  const auto count = static_cast<std::int64_t>(pages.size());
  const auto wanted = place == -1 ? count - 1 : place;
  if (wanted < 0 || wanted >= count) {
    co_return base::fail(base::Errc::not_found, "there is no tab " + std::to_string(place) + ": there are " +
                                                    std::to_string(count) + ", counted from 0");
  }
  const auto& target = pages[static_cast<std::size_t>(wanted)];
  current_ = target.id;
  auto command = cdp::command(target.session, cdp::page::BringToFront{});
  const auto brought = co_await link_.call(std::move(command), limits::kPageCallTimeout);
  if (!brought) co_return std::unexpected(brought.error());
  co_return base::Result<void>{};
}

Answer<void> Driver::close_tab() {
  const auto page = co_await current(Stuck::allowed);
  if (!page) co_return std::unexpected(page.error());
  if (link_.pages().size() == 1) {
    // A browser that loses its last tab may end itself: the session would be over.
    const auto opened = co_await open_tab();
    if (!opened) co_return std::unexpected(opened.error());
  }
  current_ = base::TargetId();  // as was asked for: nobody need be told
  auto command = cdp::command({}, cdp::target::CloseTarget{page->id});
  const auto closed = co_await link_.call(std::move(command), limits::kPageCallTimeout);
  if (!closed) co_return std::unexpected(closed.error());
  // The answer comes before the target is gone, which must not be taken for the current tab any more.
  const auto end = Clock::now() + limits::kPageCallTimeout;
  const auto is_there = [&] {
    const auto pages = link_.pages();
    return std::ranges::find(pages, page->id, &Target::id) != pages.end();
  };
  while (is_there() && Clock::now() < end) {
    const bool slept = co_await base::sleep_for(limits::kPageFirstPause);
    if (!slept) co_return base::fail(base::Errc::stopped, "closing the tab was cancelled");
  }
  co_return base::Result<void>{};
}

}  // namespace telltale::page

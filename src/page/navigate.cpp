// Going from document to document, and waiting for them.

#include <algorithm>
#include <utility>

#include "cdp/decode.hpp"
#include "cdp/protocol/page.hpp"
#include "page/driver.hpp"
#include "page/limits.hpp"
#include "page/net_error.hpp"
#include "page/pause.hpp"
#include "page/script_answer.hpp"

namespace telltale::page {

using base::Errc;
using namespace std::chrono_literals;

Answer<void> Driver::navigate(std::string url, Until until, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  // Where no tab is left, one is opened for it.
  if (seen_pages().empty() && !link_.is_opening()) lost_ = base::TargetId();
  const auto page = co_await current(Stuck::allowed);
  if (!page) co_return std::unexpected(page.error());
  link_.take_download(page->session);  // an earlier one
  const auto number = ++navigations_[page->id];
  auto command = cdp::command(page->session, cdp::page::Navigate{url});
  const auto reply = co_await ask(std::move(command), std::max<Timeout>(timeout, 1s));
  if (!reply && reply.error().code == Errc::timeout) {
    co_return base::fail(Errc::timeout, url + " did not answer in time");
  }
  if (!reply) co_return std::unexpected(reply.error());
  const auto navigated = cdp::decode_result<cdp::page::NavigateResult>(*reply);
  if (!navigated) co_return std::unexpected(navigated.error());
  if (navigated->error_text) {
    const bool superseded = navigations_[page->id] != number;
    auto why = co_await no_page(*page, std::move(url), *navigated, superseded);
    co_return std::unexpected(std::move(why));
  }
  co_return co_await settle(*page, until, deadline);
}

base::Task<base::Error> Driver::no_page(Target page, std::string url, cdp::page::NavigateResult result,
                                        bool superseded) {
  const bool download = result.is_download.value_or(false);
  const auto loader = result.loader_id.value_or(base::LoaderId());
  if (superseded && !download) {
    co_return base::Error{Errc::conflict, "another navigation has taken the place of the one to " + url};
  }
  // What the browser says unasked may come a moment later than its answer.
  std::optional<std::string> name;
  std::optional<std::int64_t> status;
  const auto end = Clock::now() + limits::kCloseGrace;
  for (Pause pause; Clock::now() < end;) {
    if (const auto now = still(page, Stuck::allowed); !now) co_return now.error();
    if (download) name = link_.take_download(page.session);
    status = link_.status_of(loader);
    if (download ? name.has_value() : status.has_value()) break;
    const bool slept = co_await base::sleep_for(pause.next());
    if (!slept) break;
  }
  if (download) co_return is_download(url, name);
  co_return is_no_page(url, *result.error_text, status);
}

Answer<void> Driver::go(int steps, Until until, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto page = co_await current(Stuck::allowed);
  if (!page) co_return std::unexpected(page.error());
  auto history_command = cdp::command(page->session, cdp::page::GetNavigationHistory{});
  const auto reply = co_await ask(std::move(history_command), limits::kPageCallTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  const auto history = cdp::decode_result<cdp::page::GetNavigationHistoryResult>(*reply);
  if (!history) co_return std::unexpected(history.error());
  const auto place = history->current_index + steps;
  if (place < 0 || place >= static_cast<std::int64_t>(history->entries.size())) {
    co_return base::fail(Errc::invalid_argument, steps < 0 ? "there is no page to go back to"
                                                           : "there is no page to go forward to");
  }
  cdp::page::NavigateToHistoryEntry entry;
  entry.entry_id = history->entries[static_cast<std::size_t>(place)].id;
  const auto before = co_await document_of(*page);
  auto command = cdp::command(page->session, entry);
  const auto sent = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!sent) co_return std::unexpected(sent.error());
  co_await await_change(*page, before, deadline);
  co_return co_await settle(*page, until, deadline);
}

Answer<void> Driver::reload(Until until, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto page = co_await current(Stuck::allowed);
  if (!page) co_return std::unexpected(page.error());
  const auto before = co_await document_of(*page);
  auto command = cdp::command(page->session, cdp::page::Reload{});
  const auto sent = co_await ask(std::move(command), timeout);
  if (!sent) co_return std::unexpected(sent.error());
  co_await await_change(*page, before, deadline);
  co_return co_await settle(*page, until, deadline);
}

base::Task<std::string> Driver::document_of(Target page) {
  auto command = cdp::command(page.session, cdp::page::GetFrameTree{});
  const auto reply = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!reply) co_return std::string();
  const auto tree = cdp::decode_result<cdp::page::GetFrameTreeResult>(*reply);
  if (!tree) co_return std::string();
  const auto& frame = tree->frame_tree.frame;
  // With the URL: a step within one document changes only that.
  co_return frame.loader_id.value + " " + frame.url + frame.url_fragment.value_or("");
}

// These commands are answered before their navigation has begun. One that changes nothing is not waited for in
// vain for long: the document stays as it is.
base::Task<> Driver::await_change(Target page, std::string before, Clock::time_point deadline) {
  const auto end = std::min(deadline, Clock::now() + limits::kPageCallTimeout);
  for (Pause pause; Clock::now() < end;) {
    const auto now = co_await document_of(page);
    if (now != before && !now.empty()) co_return;
    const bool slept = co_await base::sleep_for(pause.next());
    if (!slept) co_return;
  }
}

Answer<void> Driver::wait_until(Until until, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  co_return co_await settle(*page, until, deadline);
}

Answer<bool> Driver::reaches(Target page, std::string state, Clock::time_point deadline) {
  const auto all = co_await frames(page, deadline);
  if (!all) co_return std::unexpected(all.error());
  const auto main = co_await world(all->front());
  if (!main && is_gone(main.error())) co_return false;
  if (!main) co_return std::unexpected(main.error());
  std::vector<std::string> arguments{json_text(state)};
  const auto ready = co_await call_in(*main, "whenReady", std::move(arguments), deadline);
  if (ready) co_return true;
  if (is_gone(ready.error())) co_return false;
  if (ready.error().code == Errc::timeout) co_return base::fail(Errc::timeout, "the page has not loaded in time");
  co_return std::unexpected(ready.error());
}

Answer<void> Driver::settle(Target page, Until until, Clock::time_point deadline) {
  if (until == Until::commit) co_return base::Result<void>{};
  const std::string state = until == Until::interactive ? "interactive" : "complete";
  if (until == Until::network_idle) {
    auto command = cdp::command(page.session, cdp::page::SetLifecycleEventsEnabled{});
    const auto enabled = co_await ask(std::move(command), limits::kPageCallTimeout);
    if (!enabled) co_return std::unexpected(enabled.error());
  }
  for (Pause pause;;) {
    const auto now = still(page, Stuck::allowed);
    if (!now) co_return std::unexpected(now.error());
    // Another document may take the place of the one that is waited for, again and again.
    const auto reached = co_await reaches(page, state, deadline);
    if (!reached) co_return std::unexpected(reached.error());
    if (*reached && (until != Until::network_idle || is_idle(page))) co_return base::Result<void>{};
    if (Clock::now() >= deadline) {
      const bool loaded = *reached;
      co_return base::fail(Errc::timeout, loaded ? "the page's network was not idle in time"
                                                 : "the page has not loaded in time");
    }
    const bool slept = co_await base::sleep_for(pause.next());
    if (!slept) co_return base::fail(Errc::stopped, "waiting for the page was cancelled");
  }
}

bool Driver::is_idle(const Target& page) {
  const auto pages = link_.pages();
  const auto found = std::ranges::find(pages, page.id, &Target::id);
  return found == pages.end() || found->network_idle;
}

Answer<void> Driver::wait_for(std::string selector, Presence presence, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto began_with = co_await current();
  if (!began_with) co_return std::unexpected(began_with.error());
  for (Pause pause;;) {
    const auto page = still(*began_with);
    if (!page) co_return std::unexpected(page.error());
    const auto shown = co_await is_shown(*page, selector, deadline);
    if (!shown) co_return std::unexpected(shown.error());
    const auto [attached, visible] = *shown;
    const bool reached = presence == Presence::attached   ? attached
                         : presence == Presence::detached ? !attached
                         : presence == Presence::visible  ? visible
                                                          : !visible;
    if (reached) co_return base::Result<void>{};
    if (Clock::now() >= deadline) {
      const bool gone = presence == Presence::hidden || presence == Presence::detached;
      std::string problem = gone ? "is still there" : attached ? "is not visible" : "matches no element";
      co_return base::fail(Errc::timeout, "'" + selector + "' " + problem + " after " + text_of(timeout));
    }
    const bool slept = co_await base::sleep_for(pause.next());
    if (!slept) co_return base::fail(Errc::stopped, "waiting was cancelled");
  }
}

Answer<std::pair<bool, bool>> Driver::is_shown(Target page, std::string selector, Clock::time_point deadline) {
  const auto all = co_await frames(page, deadline);
  if (!all) co_return std::unexpected(all.error());
  std::pair<bool, bool> shown{false, false};
  for (const auto& frame : *all) {
    const auto place = co_await world(frame);
    if (!place) continue;  // gone meanwhile
    std::vector<std::string> arguments{json_text(selector)};
    const auto answer = co_await call_in(*place, "isShown", std::move(arguments), deadline);
    if (!answer && answer.error().code == Errc::invalid_argument) co_return std::unexpected(answer.error());
    const auto json = answer ? parsed(*answer) : Json();
    if (!json.is_object()) continue;
    shown.first |= json.value("attached", false);
    shown.second |= json.value("visible", false);
    if (shown.second) break;
  }
  co_return shown;
}

base::Task<> Driver::await_quiet(Target page, Clock::time_point deadline) {
  const auto all = co_await frames(page, deadline);
  if (!all) co_return;
  const auto main = co_await world(all->front());
  if (!main) co_return;
  std::vector<std::string> arguments{std::to_string(limits::kActionQuiet / 1ms),
                                     std::to_string(limits::kActionSettle / 1ms)};
  co_await call_in(*main, "whenQuiet", std::move(arguments), deadline);
}

base::Task<> Driver::settle_action() {
  const auto deadline = Clock::now() + limits::kPageCallTimeout;
  // Not current(), which would take the word from whoever has to hear that the tab was closed.
  const auto in_front = [this]() -> std::optional<Target> {
    const auto pages = seen_pages();
    const auto found = std::ranges::find(pages, current_, &Target::id);
    if (!lost_.empty() || found == pages.end() || found->crashed || found->dialog) return std::nullopt;
    return *found;
  };
  const auto acted = in_front();
  if (acted) co_await await_quiet(*acted, deadline);
  for (Pause pause; link_.is_opening() && Clock::now() < deadline;) {
    const bool slept = co_await base::sleep_for(pause.next());
    if (!slept) co_return;
  }
  // A page that is still loading may be observed as well; whoever needs it loaded can wait for that.
  const auto page = in_front();
  if (page) co_await settle(*page, Until::load, deadline);
  if (!link_.connection()) co_return;
  for (const auto& waited_for : {page, acted}) {
    // Whoever waited for it here was told, and tells nobody.
    if (waited_for && !link_.has_page(waited_for->id)) lost_ = waited_for->id;
  }
}

}  // namespace telltale::page

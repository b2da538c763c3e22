// Which frames a page has, and our isolated worlds in them.

#include "page/frames.hpp"

#include <algorithm>
#include <utility>

#include "cdp/decode.hpp"
#include "cdp/protocol/dom.hpp"
#include "cdp/protocol/evaluate.hpp"
#include "cdp/protocol/input.hpp"
#include "cdp/protocol/page.hpp"
#include "page/driver.hpp"
#include "page/limits.hpp"
#include "page/pause.hpp"
#include "page/script_answer.hpp"

namespace telltale::page {
namespace {

constexpr std::string_view kWorldName = "telltale-page";
constexpr std::string_view kGroup = "telltale-page";

constexpr std::string_view kScript =
#include "page_script.inc"
    ;

// Of a call whose deadline is near.
constexpr auto kLeastTime = std::chrono::seconds(1);

std::chrono::nanoseconds left_until(Clock::time_point deadline) {
  // Enough to hear why it cannot be done, however short the time is: that is what the caller waits for.
  return std::max<std::chrono::nanoseconds>(deadline - Clock::now(), kLeastTime);
}

void flatten(const cdp::page::FrameTree& tree, const base::CdpSessionId& session, std::vector<Frame>& out) {
  out.push_back({tree.frame.id, tree.frame.parent_id.value_or(base::FrameId()), session, tree.frame.loader_id,
                 tree.frame.url});
  if (!tree.child_frames) return;
  for (const auto& child : *tree.child_frames) flatten(child, session, out);
}

cdp::runtime::CallFunctionOn call_of(std::string_view function, std::vector<std::string> arguments) {
  cdp::runtime::CallFunctionOn call;
  call.function_declaration = "function(...args) { return telltale." + std::string(function) + "(...args) }";
  for (auto& argument : arguments) {
    call.arguments.push_back({base::RawJson{std::move(argument)}, std::nullopt});
  }
  return call;
}

}  // namespace

Driver::Driver(Link& link, base::Loop& loop) : link_(link), hands_free_(loop) {}

namespace {

base::Result<Target> usable(const Target& page, bool also_stuck) {
  if (also_stuck) return page;
  if (page.crashed) return base::fail(base::Errc::unavailable, std::string(kPageCrashed));
  if (page.dialog) return base::fail(base::Errc::unavailable, waits_for_dialog(*page.dialog));
  return page;
}

base::Error too_busy() { return {base::Errc::timeout, "the page is too busy to answer"}; }

}  // namespace

Answer<std::string> Driver::ask(cdp::Command command, std::chrono::nanoseconds patience) {
  auto reply = co_await link_.call(std::move(command), patience);
  const bool gone = !reply && reply.error().code == base::Errc::not_found && reply.error().message == kPageClosed;
  if (gone) co_return std::unexpected(closed());
  co_return reply;
}

std::vector<Target> Driver::seen_pages() {
  if (!link_.connection()) return {};
  auto pages = link_.pages();
  const auto place = [this](const Target& page) { return std::ranges::find(known_, page.id) - known_.begin(); };
  std::ranges::stable_sort(pages, {}, place);  // after a reconnect, Chromium tells them in another order
  if (!current_.empty() && !link_.has_page(current_)) lost_ = std::exchange(current_, {});
  std::erase_if(known_, [this](const base::TargetId& id) { return !link_.has_page(id); });
  std::erase_if(navigations_, [this](const auto& of) { return !link_.has_page(of.first); });
  const bool first_look = known_.empty() && lost_.empty();
  for (const auto& page : pages) {
    if (std::ranges::find(known_, page.id) != known_.end()) continue;
    known_.push_back(page.id);
    // What an action or a script has opened since the last look becomes the current tab.
    if (!first_look) current_ = page.id;
  }
  if (current_.empty() && !pages.empty()) current_ = pages.back().id;
  return pages;
}

base::Error Driver::closed() {
  const auto pages = seen_pages();
  lost_ = base::TargetId();
  const auto now = std::ranges::find(pages, current_, &Target::id);
  const std::string rest = now == pages.end() ? "; it was the last one: navigate, or open a tab"
                                              : "; the current tab is now " + now->url;
  return {base::Errc::not_found, std::string(kPageClosed) + rest};
}

std::string Driver::take_closed_notice() {
  seen_pages();
  return lost_.empty() ? std::string() : closed().message;
}

Answer<Target> Driver::current(Stuck stuck) {
  const auto deadline = Clock::now() + limits::kPageCallTimeout;
  for (Pause pause;;) {
    const auto connection = link_.connection();
    if (!connection) co_return std::unexpected(connection.error());
    if (*connection != connection_) {
      connection_ = *connection;
      worlds_.clear();
      observed_.clear();
      buttons_ = 0;
    }
    const auto pages = seen_pages();
    if (!lost_.empty()) co_return std::unexpected(closed());
    const auto found = std::ranges::find(pages, current_, &Target::id);
    if (found != pages.end()) co_return usable(*found, stuck == Stuck::allowed);
    if (Clock::now() >= deadline) co_return std::unexpected(too_busy());
    if (current_.empty() && !link_.is_opening()) {
      // The last one was closed; a browser without a page could not be used any more.
      const auto opened = co_await open_tab();
      if (!opened) co_return std::unexpected(opened.error());
      continue;
    }
    const bool slept = co_await base::sleep_for(pause.next());
    if (!slept) co_return base::fail(base::Errc::stopped, "waiting for the page was cancelled");
  }
}

base::Result<Target> Driver::still(const Target& page, Stuck stuck) {
  if (const auto connection = link_.connection(); !connection) return std::unexpected(connection.error());
  const auto pages = seen_pages();
  const auto found = std::ranges::find(pages, page.id, &Target::id);
  if (found != pages.end()) return usable(*found, stuck == Stuck::allowed);
  if (link_.has_page(page.id)) return std::unexpected(too_busy());
  return std::unexpected(closed());
}

base::Task<base::Error> Driver::cause_of(Target page, base::Error error) {
  if (error.code != base::Errc::protocol && error.code != base::Errc::timeout) co_return error;
  const auto end = Clock::now() + limits::kCloseGrace;
  for (Pause pause;;) {
    const auto now = still(page);
    if (!now) co_return now.error();
    if (Clock::now() >= end) co_return error;
    const bool slept = co_await base::sleep_for(pause.next());
    if (!slept) co_return error;
  }
}

Answer<std::vector<Frame>> Driver::frames(const Target& page, Clock::time_point deadline) {
  std::vector<Target> targets = link_.iframes(page.session);
  targets.insert(targets.begin(), page);
  std::vector<Frame> frames;
  for (const auto& target : targets) {
    if (frames.size() >= limits::kPageFrames) break;
    auto command = cdp::command(target.session, cdp::page::GetFrameTree{});
    const auto patience = std::min<std::chrono::nanoseconds>(left_until(deadline), limits::kPageCallTimeout);
    const auto reply = co_await ask(std::move(command), patience);
    const bool main = target.session == page.session;
    if (!reply && main && reply.error().code == base::Errc::timeout) {
      co_return std::unexpected(too_busy());
    }
    if (!reply && main) co_return std::unexpected(reply.error());
    if (!reply) continue;  // gone meanwhile
    const auto tree = cdp::decode_result<cdp::page::GetFrameTreeResult>(*reply);
    if (!tree) co_return std::unexpected(tree.error());
    flatten(tree->frame_tree, target.session, frames);
  }
  co_return frames;
}

Answer<World> Driver::world(const Frame& frame) {
  const auto known = worlds_.find(frame.id);
  if (known != worlds_.end() && known->second.frame.loader == frame.loader &&
      known->second.frame.session == frame.session) {
    co_return known->second;
  }
  if (frame.parent.empty()) {
    // A tab behind another one would draw no frames, and have no focus.
    auto focus = cdp::command(frame.session, cdp::input::SetFocusEmulationEnabled{});
    co_await ask(std::move(focus), limits::kPageCallTimeout);
  }
  cdp::page::CreateIsolatedWorld create;
  create.frame_id = frame.id;
  create.world_name = kWorldName;
  auto command = cdp::command(frame.session, create);
  const auto reply = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  const auto created = cdp::decode_result<cdp::page::CreateIsolatedWorldResult>(*reply);
  if (!created) co_return std::unexpected(created.error());
  cdp::runtime::Evaluate install;
  install.expression = "globalThis.telltale = globalThis.telltale || " + std::string(kScript) + "; true";
  install.context_id = created->execution_context_id;
  auto installation = cdp::command(frame.session, install);
  const auto installed = co_await ask(std::move(installation), limits::kPageCallTimeout);
  if (const auto result = evaluated(installed); !result) {
    if (result.error().code == base::Errc::invalid_argument) {
      co_return base::fail(base::Errc::protocol, "our script does not run: " + result.error().message);
    }
    co_return std::unexpected(result.error());
  }
  World made{frame, created->execution_context_id};
  worlds_[frame.id] = made;
  co_return made;
}

Answer<base::RawJson> Driver::call_in(World world, std::string_view function,
                                      std::vector<std::string> arguments, Clock::time_point deadline) {
  auto call = call_of(function, std::move(arguments));
  call.execution_context_id = world.context;
  auto command = cdp::command(world.frame.session, call);
  const auto reply = co_await ask(std::move(command), left_until(deadline));
  auto result = evaluated(reply);
  if (!result) {
    if (is_gone(result.error())) worlds_.erase(world.frame.id);
    co_return std::unexpected(result.error());
  }
  co_return std::move(result->value).value_or(base::RawJson{});
}

Answer<base::RawJson> Driver::call_on(Element element, std::string_view function,
                                      std::vector<std::string> arguments, Clock::time_point deadline) {
  auto call = call_of(function, std::move(arguments));
  call.function_declaration =
      "function(...args) { return telltale." + std::string(function) + "(this, ...args) }";
  call.object_id = element.object_id;
  auto command = cdp::command(element.world.frame.session, call);
  const auto reply = co_await ask(std::move(command), left_until(deadline));
  auto result = evaluated(reply);
  if (!result) co_return std::unexpected(result.error());
  co_return std::move(result->value).value_or(base::RawJson{});
}

Answer<std::optional<Element>> Driver::element_on(Element element, std::string_view function,
                                                  Clock::time_point deadline) {
  auto call = call_of(function, {});
  call.function_declaration = "function() { return telltale." + std::string(function) + "(this) }";
  call.object_id = element.object_id;
  call.return_by_value = false;
  call.object_group = kGroup;
  auto command = cdp::command(element.world.frame.session, call);
  const auto reply = co_await ask(std::move(command), left_until(deadline));
  auto result = evaluated(reply);
  if (!result) co_return std::unexpected(result.error());
  if (!result->object_id || result->subtype != "node") co_return std::optional<Element>{};
  co_return Element{std::move(element.world), std::move(*result->object_id)};
}

Answer<std::optional<Element>> Driver::element_from(World world, std::string_view function,
                                                    std::vector<std::string> arguments,
                                                    Clock::time_point deadline) {
  auto call = call_of(function, std::move(arguments));
  call.execution_context_id = world.context;
  call.return_by_value = false;
  call.object_group = kGroup;
  auto command = cdp::command(world.frame.session, call);
  const auto reply = co_await ask(std::move(command), left_until(deadline));
  auto result = evaluated(reply);
  if (!result) {
    if (is_gone(result.error())) {
      worlds_.erase(world.frame.id);
      co_return std::optional<Element>{};
    }
    co_return std::unexpected(result.error());
  }
  if (!result->object_id || result->subtype != "node") co_return std::optional<Element>{};
  co_return Element{std::move(world), std::move(*result->object_id)};
}

}  // namespace telltale::page

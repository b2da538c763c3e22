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

Answer<Target> Driver::current(Stuck stuck) {
  const auto connection = link_.connection();
  if (!connection) co_return std::unexpected(connection.error());
  const bool reconnected = *connection != connection_;  // its pages may not be announced again yet
  if (reconnected) {
    connection_ = *connection;
    worlds_.clear();
    observed_.clear();
    buttons_ = 0;
  }
  auto pages = link_.pages();
  const bool none = pages.empty();
  const bool gone = !current_.empty() && !reconnected && !link_.is_opening() &&
                    std::ranges::find(pages, current_, &Target::id) == pages.end();
  if (none) {
    // The last one was closed; a browser without a page could not be used any more.
    auto created = co_await link_.create_page();
    if (!created) co_return std::unexpected(created.error());
    pages = link_.pages();
    if (pages.empty()) co_return base::fail(base::Errc::unavailable, "the browser has no page");
  }
  // What an action or a script has opened since the last look becomes the current tab.
  for (const auto& page : pages) {
    const bool opened = !known_.empty() && std::ranges::find(known_, page.id) == known_.end();
    if (opened) current_ = page.id;
  }
  known_.clear();
  for (const auto& page : pages) known_.push_back(page.id);
  auto found = std::ranges::find(pages, current_, &Target::id);
  if (found == pages.end()) {
    found = std::prev(pages.end());
    current_ = found->id;
  }
  // Once, before any call answers for the tab that has taken its place. Where none was left, what opens a page may.
  if (gone && !(none && stuck == Stuck::allowed)) {
    co_return base::fail(base::Errc::not_found, "the page was closed; the current tab is now " + found->url);
  }
  if (stuck == Stuck::allowed) co_return *found;
  if (found->crashed) {
    co_return base::fail(base::Errc::unavailable, "the page has crashed: navigate somewhere, or open another tab");
  }
  if (found->dialog) {
    co_return base::fail(base::Errc::unavailable,
                         "the page waits for its dialog (" + *found->dialog + ") to be answered");
  }
  co_return *found;
}

Answer<std::vector<Frame>> Driver::frames(const Target& page, Clock::time_point deadline) {
  std::vector<Target> targets = link_.iframes(page.session);
  targets.insert(targets.begin(), page);
  std::vector<Frame> frames;
  for (const auto& target : targets) {
    if (frames.size() >= limits::kPageFrames) break;
    auto command = cdp::command(target.session, cdp::page::GetFrameTree{});
    const auto patience = std::min<std::chrono::nanoseconds>(left_until(deadline), limits::kPageCallTimeout);
    const auto reply = co_await link_.call(std::move(command), patience);
    const bool main = target.session == page.session;
    if (!reply && main && reply.error().code == base::Errc::timeout) {
      co_return base::fail(base::Errc::timeout, "the page is too busy to answer");
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
    co_await link_.call(std::move(focus), limits::kPageCallTimeout);
  }
  cdp::page::CreateIsolatedWorld create;
  create.frame_id = frame.id;
  create.world_name = kWorldName;
  auto command = cdp::command(frame.session, create);
  const auto reply = co_await link_.call(std::move(command), limits::kPageCallTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  const auto created = cdp::decode_result<cdp::page::CreateIsolatedWorldResult>(*reply);
  if (!created) co_return std::unexpected(created.error());
  cdp::runtime::Evaluate install;
  install.expression = "globalThis.telltale = globalThis.telltale || " + std::string(kScript) + "; true";
  install.context_id = created->execution_context_id;
  auto installation = cdp::command(frame.session, install);
  const auto installed = co_await link_.call(std::move(installation), limits::kPageCallTimeout);
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
  const auto reply = co_await link_.call(std::move(command), left_until(deadline));
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
  const auto reply = co_await link_.call(std::move(command), left_until(deadline));
  auto result = evaluated(reply);
  if (!result) co_return std::unexpected(result.error());
  co_return std::move(result->value).value_or(base::RawJson{});
}

Answer<std::optional<Element>> Driver::element_from(World world, std::string_view function,
                                                    std::vector<std::string> arguments,
                                                    Clock::time_point deadline) {
  auto call = call_of(function, std::move(arguments));
  call.execution_context_id = world.context;
  call.return_by_value = false;
  call.object_group = kGroup;
  auto command = cdp::command(world.frame.session, call);
  const auto reply = co_await link_.call(std::move(command), left_until(deadline));
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

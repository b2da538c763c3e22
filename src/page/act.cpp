// Acting on elements: finding them, waiting until they can be acted on, and doing it.

#include <algorithm>
#include <array>
#include <utility>

#include "cdp/decode.hpp"
#include "cdp/protocol/dom.hpp"
#include "page/driver.hpp"
#include "page/limits.hpp"
#include "page/pause.hpp"
#include "page/script_answer.hpp"

namespace telltale::page {

using base::Errc;

namespace {

// A page takes a move for a drag only after some of them.
constexpr int kMovesOfADrag = 5;

// The frame, the one around it, and so on to the main frame.
std::vector<Frame> chain_of(const Frame& frame, const std::vector<Frame>& frames) {
  std::vector<Frame> chain{frame};
  while (!chain.back().parent.empty() && chain.size() <= frames.size()) {
    const auto parent = std::ranges::find(frames, chain.back().parent, &Frame::id);
    if (parent == frames.end()) break;
    chain.push_back(*parent);
  }
  return chain;
}

}  // namespace

std::string Locator::name() const {
  return by == By::observed ? "element " + text : "'" + text + "'";
}

Answer<std::optional<Driver::Found>> Driver::look_for(Target page, Locator locator, Clock::time_point deadline) {
  const auto all = co_await frames(page, deadline);
  if (!all) co_return std::unexpected(all.error());
  if (locator.by == Locator::By::observed) {
    auto found = co_await find_observed(std::move(locator), *all, deadline);
    if (!found) co_return std::unexpected(found.error());
    co_return std::move(*found);
  }
  for (const auto& frame : *all) {
    const auto place = co_await world(frame);
    if (!place) continue;  // gone meanwhile
    std::vector<std::string> arguments{json_text(locator.text)};
    auto element = co_await element_from(*place, "findElement", std::move(arguments), deadline);
    if (!element) co_return std::unexpected(element.error());
    if (*element) co_return Found{std::move(**element), chain_of(frame, *all)};
  }
  co_return std::optional<Found>{};
}

Answer<cdp::dom::Node> Driver::describe(Element element) {
  cdp::dom::DescribeNode params;
  params.object_id = element.object_id;
  auto command = cdp::command(element.world.frame.session, params);
  const auto reply = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  auto described = cdp::decode_result<cdp::dom::DescribeNodeResult>(*reply);
  if (!described) co_return std::unexpected(described.error());
  co_return std::move(described->node);
}

Answer<Element> Driver::element_of_node(World world, std::int64_t backend_node_id) {
  cdp::dom::ResolveNode resolve;
  resolve.backend_node_id = backend_node_id;
  resolve.execution_context_id = world.context;
  auto command = cdp::command(world.frame.session, resolve);
  const auto reply = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  const auto node = cdp::decode_result<cdp::dom::ResolveNodeResult>(*reply);
  if (!node) co_return std::unexpected(node.error());
  co_return Element{std::move(world), node->object.object_id.value_or("")};
}

Answer<Driver::Found> Driver::find_observed(Locator locator, std::vector<Frame> frames,
                                            Clock::time_point deadline) {
  const auto gone = [&locator] {
    return base::fail(Errc::not_found, locator.name() +
                                           " is no longer part of the page, which has changed since it was "
                                           "observed: observe it again");
  };
  const auto node = observed(locator.text);
  if (!node) co_return std::unexpected(node.error());
  const std::vector<std::string> arguments{std::to_string(round_), std::to_string(node->found.ref.value_or(-1))};
  auto element = co_await element_from(node->world, "observedElement", arguments, deadline);
  if (!element) co_return std::unexpected(element.error());
  if (!*element) co_return gone();
  // The walk enters frames of the same origin, whose elements are at home in another world.
  const auto iframe = co_await element_from(node->world, "observedFrame", arguments, deadline);
  if (!iframe) co_return std::unexpected(iframe.error());
  base::FrameId home = node->world.frame.id;
  if (*iframe) {
    const auto owner = co_await describe(**iframe);
    if (!owner) co_return std::unexpected(owner.error());
    home = owner->frame_id.value_or(base::FrameId());
  }
  const auto frame = std::ranges::find(frames, home, &Frame::id);
  if (frame == frames.end()) co_return gone();
  if (*iframe) {
    const auto inside = co_await describe(**element);
    if (!inside) co_return std::unexpected(inside.error());
    const auto place = co_await world(*frame);
    if (!place) co_return std::unexpected(place.error());
    auto moved = co_await element_of_node(*place, inside->backend_node_id);
    if (!moved) co_return std::unexpected(moved.error());
    *element = std::move(*moved);
  }
  co_return Found{std::move(**element), chain_of(*frame, frames)};
}

Answer<Driver::Found> Driver::find(Target page, Locator locator, Clock::time_point deadline) {
  const auto began = Clock::now();
  for (Pause pause;;) {
    const auto now = still(page);
    if (!now) co_return std::unexpected(now.error());
    auto found = co_await look_for(*now, locator, deadline);
    if (!found) co_return std::unexpected(found.error());
    if (*found) co_return std::move(**found);
    if (Clock::now() >= deadline) {
      const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
      co_return base::fail(Errc::not_found,
                           "no element matches " + locator.name() + " (waited " + text_of(waited) + ")");
    }
    const bool slept = co_await base::sleep_for(pause.next());
    if (!slept) co_return base::fail(Errc::stopped, "looking for an element was cancelled");
  }
}

base::Task<bool> Driver::has_lost(Target page, std::vector<Frame> chain, Clock::time_point deadline) {
  const auto all = co_await frames(page, deadline);
  if (!all || chain.size() < 2) co_return false;
  co_return std::ranges::find(*all, chain.front().id, &Frame::id) == all->end();
}

Answer<Driver::Placed> Driver::to_page(Found found, Point point, Clock::time_point deadline) {
  Placed placed{point, {}};
  for (std::size_t i = 0; i + 1 < found.chain.size(); ++i) {
    const Frame& parent = found.chain[i + 1];
    auto command = cdp::command(parent.session, cdp::dom::GetFrameOwner{found.chain[i].id});
    const auto owner_reply = co_await ask(std::move(command), limits::kPageCallTimeout);
    if (!owner_reply) co_return std::unexpected(owner_reply.error());
    const auto owner = cdp::decode_result<cdp::dom::GetFrameOwnerResult>(*owner_reply);
    if (!owner) co_return std::unexpected(owner.error());
    const auto place = co_await world(parent);
    if (!place) co_return std::unexpected(place.error());
    auto iframe = co_await element_of_node(*place, owner->backend_node_id);
    if (!iframe) co_return std::unexpected(iframe.error());
    std::vector<std::string> arguments{std::to_string(placed.point.x), std::to_string(placed.point.y)};
    const auto answer = co_await call_on(std::move(*iframe), "frameOffset", std::move(arguments), deadline);
    if (!answer) co_return std::unexpected(answer.error());
    const auto offset = parsed(*answer);
    if (!offset.is_object()) co_return base::fail(Errc::protocol, "the place of a frame cannot be told");
    if (offset.contains("problem")) placed.problem = "is in a frame that " + offset.value("problem", "");
    placed.point.x += offset.value("x", 0.0);
    placed.point.y += offset.value("y", 0.0);
  }
  co_return placed;
}

Answer<Driver::Ready> Driver::ready(Target page, Locator locator, Wanted wanted, Clock::time_point deadline) {
  const auto began = Clock::now();
  std::vector<Frame> inside;  // the frame in which it was found last, and those around it; empty: the main frame
  std::string conditions = "{\"enabled\":" + json_truth(wanted.enabled) + ",\"editable\":" + json_truth(wanted.editable) +
                           ",\"point\":" + json_truth(wanted.point) + ",\"force\":" + json_truth(wanted.force) +
                           ",\"toggle\":" + json_truth(wanted.toggle) + "}";
  for (Pause pause;;) {
    // A page may put another frame in the place of the one that has gone.
    const auto patience = inside.empty() ? deadline : std::min(deadline, Clock::now() + limits::kFrameGrace);
    auto found = co_await find(page, locator, patience);
    if (!found) {
      const bool again = found.error().code == Errc::not_found && locator.by == Locator::By::selector &&
                         !inside.empty() && Clock::now() < deadline && link_.has_page(page.id);
      if (!again) co_return std::unexpected(found.error());
      const bool lost = co_await has_lost(page, inside, deadline);
      if (lost) co_return base::fail(Errc::not_found, "the frame that " + locator.name() + " was in has gone");
      continue;
    }
    inside = found->chain.size() > 1 ? found->chain : std::vector<Frame>();
    std::string problem;
    std::vector<std::string> arguments{conditions};
    const auto answer = co_await call_on(found->element, "whenActionable", std::move(arguments), deadline);
    if (answer) {
      const auto state = parsed(*answer);
      if (state.contains("problem")) {
        problem = state.value("problem", "");
      } else {
        const Point in_frame{state.value("x", 0.0), state.value("y", 0.0)};
        Placed placed{in_frame, {}};
        if (wanted.point) {
          auto outcome = co_await to_page(*found, in_frame, deadline);
          if (!outcome && !is_gone(outcome.error())) co_return std::unexpected(outcome.error());
          placed = outcome ? *outcome : Placed{{}, "is in a frame that has gone"};
        }
        if (wanted.force) placed.problem.clear();
        if (placed.problem.empty()) co_return Ready{std::move(found->element), placed.point};
        problem = std::move(placed.problem);
      }
    } else if (is_gone(answer.error())) {
      problem = "is in a document that has gone";
    } else {
      co_return std::unexpected(answer.error().in(locator.name()));
    }
    if (Clock::now() >= deadline) {
      const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
      co_return base::fail(Errc::timeout, locator.name() + " " + problem + " (waited " + text_of(waited) + ")");
    }
    const bool slept = co_await base::sleep_for(pause.next());
    if (!slept) co_return base::fail(Errc::stopped, "waiting for an element was cancelled");
  }
}

Answer<base::RawJson> Driver::edit(Target page, Locator locator, Wanted wanted, std::string_view function,
                                   std::vector<std::string> arguments, Clock::time_point deadline) {
  auto target = co_await ready(page, locator, wanted, deadline);
  if (!target) co_return std::unexpected(target.error());
  auto answer = co_await call_on(std::move(target->element), function, std::move(arguments), deadline);
  if (!answer) {
    const auto cause = co_await cause_of(page, answer.error());
    co_return std::unexpected(cause.in(locator.name()));
  }
  const auto json = parsed(*answer);
  if (json.is_object() && json.contains("error")) {
    co_return base::fail(Errc::invalid_argument, json.value("error", ""));
  }
  co_return answer;
}

Answer<void> Driver::click(Locator locator, ClickOptions options, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  co_return co_await click_on(*page, std::move(locator), options, deadline);
}

Answer<void> Driver::click_on(Target page, Locator locator, ClickOptions options, Clock::time_point deadline) {
  Wanted wanted;
  wanted.force = options.force;
  co_return co_await press_on(page, std::move(locator), wanted, options, deadline);
}

Answer<void> Driver::press_on(Target page, Locator locator, Wanted wanted, ClickOptions options,
                              Clock::time_point deadline) {
  const auto target = co_await ready(page, std::move(locator), wanted, deadline);
  if (!target) co_return std::unexpected(target.error());
  const auto hands = co_await take_hands(page);
  if (!hands) co_return std::unexpected(hands.error());
  co_return co_await click_with(*hands, target->point, options);
}

Answer<void> Driver::hover(Locator locator, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  Wanted wanted;
  wanted.enabled = false;
  const auto target = co_await ready(*page, std::move(locator), wanted, deadline);
  if (!target) co_return std::unexpected(target.error());
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  co_return co_await send_mouse(*hands, "mouseMoved", target->point, MouseButton::left, 0, kNoModifiers);
}

Answer<void> Driver::drag(Locator from, Locator to, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  Wanted wanted;
  const auto begin = co_await ready(*page, std::move(from), wanted, deadline);
  if (!begin) co_return std::unexpected(begin.error());
  wanted.enabled = false;
  const auto end = co_await ready(*page, std::move(to), wanted, deadline);
  if (!end) co_return std::unexpected(end.error());
  const std::array<Point, 2> path{begin->point, end->point};
  auto points = straight(path, kMovesOfADrag);
  // The first move over it enters; only further ones ask it whether it takes what is dragged.
  points.push_back({end->point.x + 1, end->point.y});
  points.push_back(end->point);
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  co_return co_await drag_with(*hands, std::move(points), MouseButton::left, kNoModifiers, kNoPause, kNoPause);
}

Answer<void> Driver::focus(Locator locator, Timeout timeout) {
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  Wanted wanted;
  wanted.point = false;
  const auto deadline = Clock::now() + timeout;
  const auto done = co_await edit(*page, std::move(locator), wanted, "focusElement", kNoArguments, deadline);
  if (!done) co_return std::unexpected(done.error());
  co_return base::Result<void>{};
}

Answer<void> Driver::scroll_to(Locator locator, Timeout timeout) {
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  Wanted wanted;
  wanted.point = false;
  wanted.enabled = false;
  const auto deadline = Clock::now() + timeout;
  const auto done = co_await edit(*page, std::move(locator), wanted, "scrollToElement", kNoArguments, deadline);
  if (!done) co_return std::unexpected(done.error());
  co_return base::Result<void>{};
}

}  // namespace telltale::page

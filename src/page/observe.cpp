// Observing a page: our walk in each of its frames, put together in the order of the document.

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/json_decode.hpp"
#include "cdp/decode.hpp"
#include "cdp/protocol/dom.hpp"
#include "cdp/protocol/evaluate.hpp"
#include "page/driver.hpp"
#include "page/limits.hpp"
#include "page/listeners.hpp"
#include "page/script_answer.hpp"

namespace telltale::page {

using base::Errc;

namespace {

void move_by(Box& box, Point offset) {
  box.x += offset.x;
  box.y += offset.y;
}

}  // namespace

Answer<FrameObservation> Driver::observe_frame(World world, std::int64_t round) {
  auto heard = co_await mouse_listeners(link_, world);
  if (!heard) {
    if (is_gone(heard.error())) worlds_.erase(world.frame.id);
    co_return std::unexpected(heard.error());
  }
  cdp::runtime::CallFunctionOn call;
  call.function_declaration = "function(...args) { return telltale.observe(...args) }";
  call.execution_context_id = world.context;
  call.arguments.push_back({base::RawJson{std::to_string(round)}, std::nullopt});
  std::ranges::move(*heard, std::back_inserter(call.arguments));
  auto command = cdp::command(world.frame.session, call);
  const auto answer = evaluated(co_await link_.call(std::move(command), limits::kPageCallTimeout));
  co_await release_listeners(link_, world);
  if (!answer) {
    if (is_gone(answer.error())) worlds_.erase(world.frame.id);
    co_return std::unexpected(answer.error());
  }
  const auto value = answer->value.value_or(base::RawJson{});
  auto decoded = base::decode_checked<FrameObservation>(parsed(value), base::UnknownMembers::skip);
  if (!decoded) co_return base::fail(Errc::protocol, "observe: " + base::to_string(decoded.error()));
  co_return std::move(*decoded);
}

// The frame that an iframe element of `world` shows.
Answer<base::FrameId> Driver::frame_of(World world, std::int64_t round, std::int64_t ref) {
  std::vector<std::string> arguments{std::to_string(round), std::to_string(ref)};
  const auto deadline = Clock::now() + limits::kPageCallTimeout;
  const auto element = co_await element_from(std::move(world), "observedElement", std::move(arguments), deadline);
  if (!element) co_return std::unexpected(element.error());
  if (!*element) co_return base::FrameId();
  const auto node = co_await describe(**element);
  if (!node) co_return std::unexpected(node.error());
  co_return node->frame_id.value_or(base::FrameId());
}

Answer<void> Driver::observe_into(Observation& out, World world, std::vector<Frame> all, Point offset,
                                  std::size_t depth) {
  auto seen = co_await observe_frame(world, round_);
  if (!seen) co_return std::unexpected(seen.error());
  if (depth == 0) out.page = {seen->title, seen->url, seen->viewport};
  out.truncated |= seen->truncated.value_or(false);
  const auto first_dialog = static_cast<std::int64_t>(out.dialogs.size());
  std::ranges::move(seen->dialogs, std::back_inserter(out.dialogs));
  for (auto& found : seen->nodes) {
    if (!found.frame) {
      if (found.bbox) move_by(*found.bbox, offset);
      if (found.dialog) *found.dialog += first_dialog;
      out.nodes.push_back({{}, std::move(found), world});
      continue;
    }
    // Frames of other sites: what cannot be entered is left out, as a frame that is just being replaced.
    const auto id = co_await frame_of(world, round_, *found.frame);
    const auto frame = id ? std::ranges::find(all, *id, &Frame::id) : all.end();
    if (frame == all.end() || depth >= limits::kPageFrames) continue;
    const auto inner = co_await this->world(*frame);
    if (!inner) continue;
    Point inside = offset;
    if (found.bbox) {
      inside.x += found.bbox->x;
      inside.y += found.bbox->y;
    }
    co_await observe_into(out, *inner, all, inside, depth + 1);
  }
  co_return base::Result<void>{};
}

Answer<Observation> Driver::observe() {
  const auto began_with = co_await current();
  if (!began_with) co_return std::unexpected(began_with.error());
  for (int attempt = 0;; ++attempt) {
    const auto page = still(*began_with);
    if (!page) co_return std::unexpected(page.error());
    const auto all = co_await frames(*page, Clock::now() + limits::kPageCallTimeout);
    if (!all) co_return std::unexpected(all.error());
    const auto main = co_await world(all->front());
    // A document that is being replaced is looked at again, once it is there.
    constexpr int kAttempts = 5;
    if (!main && (!is_gone(main.error()) || attempt == kAttempts)) co_return std::unexpected(main.error());
    if (!main) continue;
    ++round_;
    Observation observation;
    observation.target = page->id;
    const Point origin;
    const auto done = co_await observe_into(observation, *main, *all, origin, 0);
    if (!done && is_gone(done.error()) && attempt < kAttempts) continue;
    if (!done) co_return std::unexpected(done.error());
    std::array<std::int64_t, 128> last{};
    observed_.clear();
    for (auto& node : observation.nodes) {
      if (!node.found.kind || node.found.kind->size() != 1) continue;
      const char kind = node.found.kind->front();
      node.id = kind + std::to_string(++last[static_cast<std::size_t>(kind) % last.size()]);
      observed_.push_back(node);
    }
    co_return observation;
  }
}

base::Result<ObservedNode> Driver::observed(std::string_view id) const {
  const auto found = std::ranges::find(observed_, id, &ObservedNode::id);
  if (found != observed_.end()) return *found;
  if (round_ == 0) {
    return base::fail(Errc::not_found, "there is no element " + std::string(id) + ": observe the page first");
  }
  return base::fail(Errc::not_found, "there is no element " + std::string(id) +
                                         " in the last observation of the page: observe it again");
}

}  // namespace telltale::page

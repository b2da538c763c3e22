// Which elements of a document listen to the mouse. No script of ours can see that: the listeners of a page belong to
// its own world. One command tells of all of a document, and names nodes that have to be made elements of our world one
// by one, at the same time, and once: our script remembers them.

#include "page/listeners.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/json_decode.hpp"
#include "base/task.hpp"
#include "cdp/decode.hpp"
#include "cdp/protocol/dom.hpp"
#include "cdp/protocol/dom_debugger.hpp"
#include "cdp/protocol/evaluate.hpp"
#include "page/limits.hpp"
#include "page/script_answer.hpp"

namespace telltale::page {
namespace {

constexpr std::string_view kGroup = "telltale-listeners";
/// Elements of one document: further ones get no ids for that alone.
constexpr std::size_t kMostListeners = 500;
/// Types of events that one element listens to: with more of them, it is the root of a framework, which listens for
/// others. React's has some 80.
constexpr std::size_t kMostTypes = 20;

bool is_of_the_mouse(std::string_view type) {
  constexpr std::array<std::string_view, 9> kTypes{"click",       "dblclick",  "mousedown",  "mouseup", "pointerdown",
                                                   "pointerup",   "touchstart", "touchend",  "auxclick"};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

// The nodes that listen to the mouse, in the order of the tree. Roots of frameworks listen to everything, for others.
std::vector<std::int64_t> listening_nodes(const cdp::dom_debugger::GetEventListenersResult& result) {
  std::vector<std::int64_t> nodes;
  const auto& all = result.listeners;
  for (auto from = all.begin(); from != all.end() && nodes.size() < kMostListeners;) {
    const auto to = std::find_if(from, all.end(), [&](const auto& listener) {
      return listener.backend_node_id != from->backend_node_id;
    });
    std::set<std::string_view> types;
    for (auto at = from; at != to; ++at) types.insert(at->type);
    const bool listens = from->backend_node_id && std::ranges::any_of(types, is_of_the_mouse);
    if (listens && types.size() <= kMostTypes) nodes.push_back(*from->backend_node_id);
    from = to;
  }
  return nodes;
}

// The handle of a node.
base::Task<base::Result<std::string>> resolved(Link& link, base::CdpSessionId session, cdp::dom::ResolveNode node) {
  auto command = cdp::command(session, node);
  const auto reply = co_await link.call(std::move(command), limits::kPageCallTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  auto answer = cdp::decode_result<cdp::dom::ResolveNodeResult>(*reply);
  if (!answer) co_return std::unexpected(answer.error());
  co_return answer->object.object_id.value_or("");
}

// `object_id` outlives the call, and stays empty when the node cannot be had: it has just gone.
base::Task<> resolve_into(std::string& object_id, Link& link, World world, std::int64_t node) {
  cdp::dom::ResolveNode resolve;
  resolve.backend_node_id = node;
  resolve.execution_context_id = world.context;
  resolve.object_group = std::string(kGroup);
  auto object = co_await resolved(link, std::move(world.frame.session), std::move(resolve));
  if (object) object_id = std::move(*object);
}

std::string json_list(const std::vector<std::int64_t>& numbers) { return Json(numbers).dump(); }

// Those of `nodes` (JSON) that our script has not been given yet: each costs a round trip.
base::Task<base::Result<std::vector<std::int64_t>>> unknown_of(Link& link, World world, std::string nodes) {
  cdp::runtime::CallFunctionOn call;
  call.function_declaration = "nodes => telltale.unknownNodes(nodes)";
  call.execution_context_id = world.context;
  call.arguments.push_back({base::RawJson{std::move(nodes)}, std::nullopt});
  auto command = cdp::command(world.frame.session, call);
  const auto reply = co_await link.call(std::move(command), limits::kPageCallTimeout);
  const auto answer = evaluated(reply);
  if (!answer) co_return std::unexpected(answer.error());
  std::vector<std::int64_t> unknown;
  for (const auto& node : parsed(answer->value.value_or(base::RawJson{}))) {
    if (node.is_number_integer()) unknown.push_back(node.get<std::int64_t>());
  }
  co_return unknown;
}

// The document of `world` as the page's own world has it: asked about a document of ours, Chromium 156 makes elements
// for our world that our functions then refuse as none ("Illegal invocation").
base::Task<base::Result<std::string>> own_document(Link& link, World world) {
  cdp::runtime::CallFunctionOn call;
  call.function_declaration = "() => document";
  call.execution_context_id = world.context;
  call.return_by_value = false;
  call.object_group = kGroup;
  auto ask = cdp::command(world.frame.session, call);
  const auto ours = evaluated(co_await link.call(std::move(ask), limits::kPageCallTimeout));
  if (!ours) co_return std::unexpected(ours.error());
  auto describe = cdp::command(world.frame.session, cdp::dom::DescribeNode{ours->object_id.value_or("")});
  const auto description = co_await link.call(std::move(describe), limits::kPageCallTimeout);
  if (!description) co_return std::unexpected(description.error());
  const auto node = cdp::decode_result<cdp::dom::DescribeNodeResult>(*description);
  if (!node) co_return std::unexpected(node.error());
  cdp::dom::ResolveNode resolve;
  resolve.backend_node_id = node->node.backend_node_id;
  co_return co_await resolved(link, std::move(world.frame.session), std::move(resolve));
}

}  // namespace

base::Task<base::Result<std::vector<cdp::runtime::CallArgument>>> mouse_listeners(Link& link, World world) {
  const auto document = co_await own_document(link, world);
  if (!document) co_return std::unexpected(document.error());
  cdp::dom_debugger::GetEventListeners listeners;
  listeners.object_id = *document;
  auto command = cdp::command(world.frame.session, listeners);
  const auto reply = co_await link.call(std::move(command), limits::kPageCallTimeout);
  // It has no group: with one, the answer would have a handle to each listener, too, and be three times as large.
  cdp::Command release{world.frame.session, "Runtime.releaseObject", R"({"objectId":)" + json_text(*document) + "}"};
  co_await link.call(std::move(release), limits::kPageCallTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  const auto found = base::decode_checked<cdp::dom_debugger::GetEventListenersResult>(parsed(base::RawJson{*reply}),
                                                                                     base::UnknownMembers::skip);
  if (!found) {
    const auto why = "listeners: " + base::to_string(found.error());
    co_return base::fail(base::Errc::protocol, why);
  }
  auto all = json_list(listening_nodes(*found));
  const auto nodes = co_await unknown_of(link, world, all);
  if (!nodes) co_return std::unexpected(nodes.error());
  std::vector<std::string> objects(nodes->size());
  base::TaskScope resolving(co_await base::asio::this_coro::executor);
  for (std::size_t i = 0; i < nodes->size(); ++i) resolving.spawn(resolve_into(objects[i], link, world, (*nodes)[i]));
  co_await resolving.join();
  std::vector<cdp::runtime::CallArgument> arguments;
  arguments.push_back({base::RawJson{std::move(all)}, std::nullopt});
  arguments.push_back({base::RawJson{json_list(*nodes)}, std::nullopt});
  for (auto& object : objects) {
    // What cannot be had is not asked for again.
    if (object.empty()) arguments.push_back({base::RawJson{"null"}, std::nullopt});
    else arguments.push_back({std::nullopt, std::move(object)});
  }
  co_return arguments;
}

base::Task<> release_listeners(Link& link, World world) {
  auto command = cdp::command(world.frame.session, cdp::runtime::ReleaseObjectGroup{std::string(kGroup)});
  // The document may have gone, and its objects with it.
  co_await link.call(std::move(command), limits::kPageCallTimeout);
}

}  // namespace telltale::page

#pragma once

// DOM domain: what connects elements with frames and files, as in Chromium 156.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "cdp/protocol/evaluate.hpp"

namespace telltale::cdp::dom {

using base::field;
using base::ignored;
using base::table;

struct GetFrameOwner {
  static constexpr std::string_view kMethod = "DOM.getFrameOwner";
  base::FrameId frame_id;

  static constexpr auto describe() {
    return table<GetFrameOwner>(kMethod, field("frameId", &GetFrameOwner::frame_id, ""));
  }
};

struct GetFrameOwnerResult {
  std::int64_t backend_node_id = 0;

  static constexpr auto describe() {
    using T = GetFrameOwnerResult;
    return table<T>("DOM.getFrameOwner result",
                    field("backendNodeId", &T::backend_node_id, "the iframe element"),
                    ignored("nodeId", "only while the DOM domain is on"));
  }
};

struct ResolveNode {
  static constexpr std::string_view kMethod = "DOM.resolveNode";
  std::int64_t backend_node_id = 0;
  std::optional<std::int64_t> execution_context_id;
  std::optional<std::string> object_group;

  static constexpr auto describe() {
    using T = ResolveNode;
    return table<T>(kMethod, field("backendNodeId", &T::backend_node_id, ""),
                    field("executionContextId", &T::execution_context_id, "the world of the handle; absent: the page's own"),
                    field("objectGroup", &T::object_group, ""));
  }
};

struct ResolveNodeResult {
  runtime::Evaluated object;

  static constexpr auto describe() {
    return table<ResolveNodeResult>("DOM.resolveNode result",
                                    field("object", &ResolveNodeResult::object, ""));
  }
};

struct DescribeNode {
  static constexpr std::string_view kMethod = "DOM.describeNode";
  std::string object_id;

  static constexpr auto describe() {
    return table<DescribeNode>(kMethod, field("objectId", &DescribeNode::object_id, ""));
  }
};

struct Node {
  std::int64_t backend_node_id = 0;
  std::optional<base::FrameId> frame_id;

  static constexpr auto describe() {
    return table<Node>("DOM.Node", field("backendNodeId", &Node::backend_node_id, ""), field("frameId", &Node::frame_id, "of an iframe element: its frame"),
                       ignored("nodeId", "unused"));
  }
};

struct DescribeNodeResult {
  Node node;

  static constexpr auto describe() {
    return table<DescribeNodeResult>("DOM.describeNode result", field("node", &DescribeNodeResult::node, ""));
  }
};

struct SetFileInputFiles {
  static constexpr std::string_view kMethod = "DOM.setFileInputFiles";
  std::vector<std::string> files;
  std::optional<std::string> object_id;
  std::optional<std::int64_t> backend_node_id;  ///< instead

  static constexpr auto describe() {
    using T = SetFileInputFiles;
    return table<T>(kMethod, field("files", &T::files, "absolute paths, read by the browser"),
                    field("objectId", &T::object_id, "the input element"),
                    field("backendNodeId", &T::backend_node_id, "the same"));
  }
};

}  // namespace telltale::cdp::dom

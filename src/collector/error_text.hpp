#pragma once

// Errors as DevTools shows them: the whole message, the members of their own, their causes and the errors of a list.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cdp/protocol/evaluate.hpp"
#include "cdp/protocol/runtime.hpp"

namespace telltale::collector {

/// What was thrown or logged, or one of the things that it leads to.
struct ErrorNode {
  enum class Way { root, cause, listed, circular_cause, circular_listed };
  Way way = Way::root;
  int depth = 0;  ///< steps from the root
  cdp::runtime::RemoteObject object;
};

/// The description of an error, cut into what it says and the calls that V8 has appended to it.
struct ErrorDescription {
  std::string_view head;
  std::string_view frames;  ///< begins with a newline, or is empty
};
/// `message`: the error's, when it is known whole; without it the calls are told by their shape.
ErrorDescription split_error(std::string_view description, std::optional<std::string_view> message);
ErrorDescription split_error(const cdp::runtime::RemoteObject& error);

/// Whether the preview leaves out what the error leads to: causes, the errors of a list, members beyond the fifth.
bool leads_further(const cdp::runtime::RemoteObject& object);

/// Asks the page's engine for everything that these lead to, as one array of objects of `group`. Its function uses no
/// method that the page could have replaced, and ends where a getter of the page would have an effect.
cdp::runtime::CallFunctionOn collect_errors(const std::vector<std::string>& object_ids, std::string group);
/// The nodes of each of the objects, from the properties of that array; empty when it is of another shape.
std::vector<std::vector<ErrorNode>> error_nodes(const cdp::runtime::GetPropertiesResult& properties);

/// The text of an error. `nodes`: it and, where they are known, what it leads to; without them its preview gives the
/// members and the first cause. `with_frames`: also its own calls; those of its causes are always there.
std::string error_text(std::span<const ErrorNode> nodes, bool with_frames);

}  // namespace telltale::collector

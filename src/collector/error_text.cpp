#include "collector/error_text.hpp"

#include <algorithm>
#include <utility>

#include "base/json_encode.hpp"
#include "collector/console_text.hpp"
#include "collector/limits.hpp"

namespace telltale::collector {
namespace {

using cdp::runtime::ObjectPreview;
using cdp::runtime::PropertyPreview;
using cdp::runtime::RemoteObject;
using Way = ErrorNode::Way;

constexpr std::string_view kFrame = "\n    at ";

bool is_error(const RemoteObject& object) { return object.subtype == "error"; }

// V8 cuts long values of a preview, and marks it.
bool is_cut(std::string_view value) { return value.ends_with("…"); }

const PropertyPreview* find_property(const RemoteObject& object, std::string_view name) {
  if (!object.preview) return nullptr;
  const auto& properties = object.preview->properties;
  const auto found = std::ranges::find(properties, name, &PropertyPreview::name);
  return found == properties.end() ? nullptr : &*found;
}

// The rest of a line after "    at ": "f (http://a/b.js:1:2)", "http://a/b.js:1:2", "Array.map (<anonymous>)",
// "async Promise.all (index 0)", "wasm://wasm/1234:wasm-function[3]:0x1f".
bool is_call(std::string_view call) {
  if (call.ends_with("<anonymous>") || call.ends_with("(<anonymous>)") || call.ends_with("(native)")) return true;
  if (call.ends_with(')')) call.remove_suffix(1);
  const auto digits = call.find_last_not_of("0123456789abcdefx");
  const bool numbered = digits != call.npos && digits + 1 < call.size();
  if (numbered && (call[digits] == ':' || call.substr(0, digits + 1).ends_with("(index "))) return true;
  return call.find_first_of(" :") == call.npos;
}

void append_members(std::string& out, const RemoteObject& error, std::string_view head, bool has_causes,
                    std::size_t listed) {
  if (!error.preview || error.class_name == "DOMException") return;
  std::string members;
  for (const auto& property : error.preview->properties) {
    const auto& name = property.name;
    const bool told = name == "stack" || name == "message" || (name == "cause" && has_causes) ||
                      (name == "errors" && property.value == "Array(" + std::to_string(listed) + ")") ||
                      (name == "name" && property.value && head.starts_with(*property.value));
    if (told) continue;
    if (!members.empty()) members += ", ";
    members += name + ": ";
    append_property_value(members, property);
  }
  if (error.preview->overflow) members += members.empty() ? "…" : ", …";
  if (!members.empty()) out += " {" + members + '}';
}

// "Error: message {member: 1}", with its calls below.
void append_error(std::string& out, const RemoteObject& error, bool has_causes, std::size_t listed,
                  bool with_frames) {
  const auto [head, frames] = split_error(error);
  out += head;
  append_members(out, error, head, has_causes, listed);
  if (with_frames) out += frames;
}

// What the preview says of the cause, when nothing more is known.
void append_first_cause(std::string& out, const PropertyPreview& cause) {
  out += "\nCaused by: ";
  append_property_value(out, cause);
}

std::size_t count_next(std::span<const ErrorNode> nodes, std::size_t at, bool listed) {
  std::size_t count = 0;
  for (std::size_t i = at + 1; i < nodes.size() && nodes[i].depth > nodes[at].depth; ++i) {
    if (nodes[i].depth != nodes[at].depth + 1) continue;
    const auto way = nodes[i].way;
    if (listed == (way == Way::listed || way == Way::circular_listed)) ++count;
  }
  return count;
}

// No closures and no `arguments`: to V8 (Chromium 156) both are side effects.
constexpr std::string_view kCollect = R"js(function(...roots) {
  const found = [''];
  let size = 1;
  const values = [], ways = [], depths = [];
  for (let root = 0; root < roots.length; ++root) {
    values[0] = roots[root];
    ways[0] = 'r';
    depths[0] = 0;
    let top = 1;
    while (top > 0 && size <= 60) {
      --top;
      const value = values[top], way = ways[top], depth = depths[top];
      const isObject = typeof value === 'object' && value !== null;
      let known = false;
      for (let i = 1; i < size && isObject && depth > 0; ++i) if (found[i] === value) known = true;
      found[0] += (!known ? way : way === 'c' ? 'C' : 'L') + depth;
      found[size] = known ? null : value;
      ++size;
      if (!isObject || known || depth === 9) continue;
      const cause = value.cause, errors = value.errors;
      if (cause !== undefined) {
        values[top] = cause;
        ways[top] = 'c';
        depths[top] = depth + 1;
        ++top;
      }
      if (typeof errors !== 'object' || errors === null || typeof errors.length !== 'number') continue;
      for (let i = (errors.length < 20 ? errors.length : 20) - 1; i >= 0; --i) {
        values[top] = errors[i];
        ways[top] = 'l';
        depths[top] = depth + 1;
        ++top;
      }
    }
  }
  return found;
})js";

std::optional<Way> way_of(char letter) {
  switch (letter) {
    case 'r':
      return Way::root;
    case 'c':
      return Way::cause;
    case 'l':
      return Way::listed;
    case 'C':
      return Way::circular_cause;
    case 'L':
      return Way::circular_listed;
    default:
      return std::nullopt;
  }
}

}  // namespace

ErrorDescription split_error(std::string_view description, std::optional<std::string_view> message) {
  // The head ends with the message, whatever that looks like.
  if (message && !message->empty()) {
    const auto at = description.find(*message);
    if (at != description.npos) {
      const auto end = at + message->size();
      const auto rest = description.substr(end);
      if (rest.empty() || rest.starts_with(kFrame)) return {description.substr(0, end), rest};
    }
  }
  auto head = description;
  for (;;) {
    const auto line = head.rfind('\n');
    if (line == head.npos || !head.substr(line).starts_with(kFrame)) break;
    if (!is_call(head.substr(line + kFrame.size()))) break;
    head = head.substr(0, line);
  }
  return {head, description.substr(head.size())};
}

ErrorDescription split_error(const RemoteObject& error) {
  std::optional<std::string_view> message;
  if (const auto* property = find_property(error, "message"); property != nullptr && property->value) {
    if (property->type == "string" && !is_cut(*property->value)) message = *property->value;
  }
  return split_error(error.description ? std::string_view(*error.description) : std::string_view{}, message);
}

bool leads_further(const RemoteObject& object) {
  if (!is_error(object) || !object.object_id || !object.preview) return false;
  if (object.preview->overflow && object.class_name != "DOMException") return true;
  for (const char* name : {"cause", "errors"}) {
    const auto* property = find_property(object, name);
    if (property == nullptr) continue;
    const bool whole = property->type != "object" && !(property->value && is_cut(*property->value));
    if (!whole && property->type != "accessor") return true;
  }
  return false;
}

cdp::runtime::CallFunctionOn collect_errors(const std::vector<std::string>& object_ids, std::string group) {
  cdp::runtime::CallFunctionOn call;
  call.function_declaration = kCollect;
  call.object_id = object_ids.front();
  for (const auto& id : object_ids) call.arguments.push_back({std::nullopt, id});
  call.return_by_value = false;
  call.await_promise = false;
  call.object_group = std::move(group);
  call.throw_on_side_effect = true;
  return call;
}

std::vector<std::vector<ErrorNode>> error_nodes(const cdp::runtime::GetPropertiesResult& properties) {
  std::vector<std::vector<ErrorNode>> roots;
  std::string ways;
  std::size_t next = 1;
  for (const auto& property : properties.result) {
    if (property.name == "0" && property.value && property.value->value) ways = property.value->value->text;
    if (property.name != std::to_string(next) || !property.value) continue;
    const auto place = (next++ - 1) * 2;
    if (place + 1 >= ways.size()) return {};
    const auto way = way_of(ways[place]);
    if (!way) return {};
    if (*way == Way::root) roots.emplace_back();
    if (roots.empty()) return {};
    roots.back().push_back({*way, ways[place + 1] - '0', *property.value});
  }
  return roots;
}

std::string error_text(std::span<const ErrorNode> nodes, bool with_frames) {
  std::string out;
  std::vector<std::size_t> indents = {0};  // of each depth
  std::vector<std::size_t> places = {0};   // how many of a list have been shown at each depth
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto& [way, depth, object] = nodes[i];
    const auto level = static_cast<std::size_t>(std::max(depth, 0));
    if (level > indents.size()) break;  // not a walk from the root
    indents.resize(level + 1);
    places.resize(level + 1);
    const bool listed = way == Way::listed || way == Way::circular_listed;
    if (level > 0) {
      indents[level] = indents[level - 1] + (listed ? 2 : 0);
      out += '\n' + std::string(indents[level], ' ');
      out += listed ? '[' + std::to_string(places[level]++) + "]: " : std::string("Caused by: ");
    }
    if (way == Way::circular_cause || way == Way::circular_listed) {
      out += "[circular]";
      continue;
    }
    if (!is_error(object)) {
      out += console_text(object);
      continue;
    }
    const auto* cause = nodes.size() == 1 ? find_property(object, "cause") : nullptr;
    const bool has_causes = cause != nullptr || count_next(nodes, i, false) > 0;
    append_error(out, object, has_causes, count_next(nodes, i, true), level > 0 || with_frames);
    if (cause != nullptr) append_first_cause(out, *cause);
  }
  return out;
}

}  // namespace telltale::collector

#pragma once

// Running functions in a page: Runtime.callFunctionOn and what it needs, as in Chromium 156.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "cdp/protocol/runtime.hpp"

namespace telltale::cdp::runtime {

struct Evaluate {
  static constexpr std::string_view kMethod = "Runtime.evaluate";
  std::string expression;
  std::optional<std::int64_t> context_id;
  bool return_by_value = true;
  bool await_promise = true;

  static constexpr auto describe() {
    using T = Evaluate;
    return table<T>(kMethod, field("expression", &T::expression, ""),
                    field("contextId", &T::context_id, "absent: the page's own world"),
                    field("returnByValue", &T::return_by_value, ""),
                    field("awaitPromise", &T::await_promise, ""));
  }
};

/// An argument of a function: a value, or an object of the page.
struct CallArgument {
  std::optional<base::RawJson> value;
  std::optional<std::string> object_id;

  static constexpr auto describe() {
    return table<CallArgument>("Runtime.CallArgument", field("value", &CallArgument::value, ""),
                               field("objectId", &CallArgument::object_id, ""));
  }
};

struct CallFunctionOn {
  static constexpr std::string_view kMethod = "Runtime.callFunctionOn";
  std::string function_declaration;
  std::optional<std::string> object_id;
  std::optional<std::int64_t> execution_context_id;
  std::vector<CallArgument> arguments;
  bool return_by_value = true;
  bool await_promise = true;
  std::optional<std::string> object_group;
  std::optional<bool> throw_on_side_effect;

  static constexpr auto describe() {
    using T = CallFunctionOn;
    return table<T>(kMethod, field("functionDeclaration", &T::function_declaration, ""),
                    field("objectId", &T::object_id, "`this`; decides the world"),
                    field("executionContextId", &T::execution_context_id, "instead of an object"),
                    field("arguments", &T::arguments, ""), field("returnByValue", &T::return_by_value, ""),
                    field("awaitPromise", &T::await_promise, ""),
                    field("objectGroup", &T::object_group, "of the objects that it returns"),
                    field("throwOnSideEffect", &T::throw_on_side_effect,
                          "fails where the function, or a getter that it reads, would change anything"));
  }
};

struct GetProperties {
  static constexpr std::string_view kMethod = "Runtime.getProperties";
  std::string object_id;
  bool own_properties = true;
  bool generate_preview = true;

  static constexpr auto describe() {
    using T = GetProperties;
    return table<T>(kMethod, field("objectId", &T::object_id, ""),
                    field("ownProperties", &T::own_properties, "none of the prototypes"),
                    field("generatePreview", &T::generate_preview, "of the values"));
  }
};

struct PropertyDescriptor {
  std::string name;
  std::optional<RemoteObject> value;

  static constexpr auto describe() {
    using T = PropertyDescriptor;
    return table<T>("Runtime.PropertyDescriptor", field("name", &T::name, ""),
                    field("value", &T::value, "absent for accessors"), ignored("writable", "unused"),
                    ignored("get", "unused"), ignored("set", "unused"), ignored("configurable", "unused"),
                    ignored("enumerable", "unused"), ignored("wasThrown", "unused"), ignored("isOwn", "unused"),
                    ignored("symbol", "unused"));
  }
};

struct GetPropertiesResult {
  std::vector<PropertyDescriptor> result;

  static constexpr auto describe() {
    using T = GetPropertiesResult;
    return table<T>("Runtime.getProperties result", field("result", &T::result, ""),
                    ignored("internalProperties", "unused"), ignored("privateProperties", "unused"),
                    ignored("exceptionDetails", "unused"));
  }
};

/// A RemoteObject as the answer to a call: its value, or the handle to it.
struct Evaluated {
  std::string type;
  std::optional<std::string> subtype;
  std::optional<base::RawJson> value;
  std::optional<std::string> object_id;

  static constexpr auto describe() {
    using T = Evaluated;
    return table<T>("Runtime.RemoteObject", field("type", &T::type, ""), field("subtype", &T::subtype, ""),
                    field("value", &T::value, "when returned by value; absent for undefined"),
                    field("objectId", &T::object_id, "when returned as a handle"),
                    ignored("className", "unused"), ignored("description", "unused"),
                    ignored("unserializableValue", "NaN and the like: no JSON"), ignored("preview", "unused"),
                    ignored("deepSerializedValue", "not requested"),
                    ignored("customPreview", "DevTools formatters only"));
  }
};

/// What a call or an expression came to: a value, a handle, or why it threw.
struct EvaluateResult {
  Evaluated result;
  std::optional<ExceptionDetails> exception_details;

  static constexpr auto describe() {
    using T = EvaluateResult;
    return table<T>("Runtime.evaluate result", field("result", &T::result, ""),
                    field("exceptionDetails", &T::exception_details, "it threw"));
  }
};

struct ReleaseObjectGroup {
  static constexpr std::string_view kMethod = "Runtime.releaseObjectGroup";
  std::string object_group;

  static constexpr auto describe() {
    return table<ReleaseObjectGroup>(kMethod, field("objectGroup", &ReleaseObjectGroup::object_group, ""));
  }
};

}  // namespace telltale::cdp::runtime

namespace telltale::cdp::page {

struct CreateIsolatedWorld {
  static constexpr std::string_view kMethod = "Page.createIsolatedWorld";
  base::FrameId frame_id;
  std::string world_name;

  static constexpr auto describe() {
    using base::field;
    using T = CreateIsolatedWorld;
    return base::table<T>(kMethod, field("frameId", &T::frame_id, ""),
                          field("worldName", &T::world_name, "the frame's one of that name, if there is one"));
  }
};

struct CreateIsolatedWorldResult {
  std::int64_t execution_context_id = 0;

  static constexpr auto describe() {
    using T = CreateIsolatedWorldResult;
    return base::table<T>("Page.createIsolatedWorld result",
                          base::field("executionContextId", &T::execution_context_id, ""));
  }
};

}  // namespace telltale::cdp::page

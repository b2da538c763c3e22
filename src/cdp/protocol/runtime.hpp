#pragma once

// Runtime domain, as Chromium 156 sends it. One struct per event or type used, every top-level field kept or
// ignored by name.

#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"

namespace telltale::cdp::runtime {

using base::field;
using base::ignored;
using base::table;

struct CallFrame {
  std::string function_name;
  std::string script_id;
  std::string url;
  std::int64_t line_number = 0;
  std::int64_t column_number = 0;

  static constexpr auto describe() {
    return table<CallFrame>("Runtime.CallFrame", field("functionName", &CallFrame::function_name, ""),
                            field("scriptId", &CallFrame::script_id, ""), field("url", &CallFrame::url, ""),
                            field("lineNumber", &CallFrame::line_number, "zero-based"),
                            field("columnNumber", &CallFrame::column_number, "zero-based"));
  }
};

struct StackTrace {
  std::optional<std::string> description;
  std::vector<CallFrame> call_frames;
  std::optional<base::Boxed<StackTrace>> parent;

  static constexpr auto describe() {
    return table<StackTrace>(
        "Runtime.StackTrace", field("description", &StackTrace::description, "label of an async parent"),
        field("callFrames", &StackTrace::call_frames, ""),
        field("parent", &StackTrace::parent, "async parent"),
        ignored("parentId", "only resolvable through the Debugger domain, which stays off"));
  }
};

struct ObjectPreview;

struct PropertyPreview {
  std::string name;
  std::string type;
  std::optional<std::string> value;
  std::optional<base::Boxed<ObjectPreview>> value_preview;
  std::optional<std::string> subtype;

  static constexpr auto describe();
};

struct EntryPreview {
  std::optional<base::Boxed<ObjectPreview>> key;
  base::Boxed<ObjectPreview> value;

  static constexpr auto describe();
};

struct ObjectPreview {
  std::string type;
  std::optional<std::string> subtype;
  std::optional<std::string> description;
  bool overflow = false;
  std::vector<PropertyPreview> properties;
  std::optional<std::vector<EntryPreview>> entries;

  static constexpr auto describe() {
    return table<ObjectPreview>("Runtime.ObjectPreview", field("type", &ObjectPreview::type, ""),
                                field("subtype", &ObjectPreview::subtype, ""),
                                field("description", &ObjectPreview::description, ""),
                                field("overflow", &ObjectPreview::overflow, "some properties were left out"),
                                field("properties", &ObjectPreview::properties, ""),
                                field("entries", &ObjectPreview::entries, "of maps and sets"));
  }
};

constexpr auto PropertyPreview::describe() {
  return table<PropertyPreview>("Runtime.PropertyPreview", field("name", &PropertyPreview::name, ""),
                                field("type", &PropertyPreview::type, ""),
                                field("value", &PropertyPreview::value, "already shortened by V8"),
                                field("valuePreview", &PropertyPreview::value_preview, ""),
                                field("subtype", &PropertyPreview::subtype, ""));
}

constexpr auto EntryPreview::describe() {
  return table<EntryPreview>("Runtime.EntryPreview", field("key", &EntryPreview::key, "absent for sets"),
                             field("value", &EntryPreview::value, ""));
}

struct RemoteObject {
  std::string type;
  std::optional<std::string> subtype;
  std::optional<std::string> class_name;
  std::optional<base::JsonScalar> value;
  std::optional<std::string> unserializable_value;
  std::optional<std::string> description;
  std::optional<std::string> object_id;
  std::optional<ObjectPreview> preview;

  static constexpr auto describe() {
    return table<RemoteObject>(
        "Runtime.RemoteObject", field("type", &RemoteObject::type, ""),
        field("subtype", &RemoteObject::subtype, ""), field("className", &RemoteObject::class_name, ""),
        field("value", &RemoteObject::value, "of primitives"),
        field("unserializableValue", &RemoteObject::unserializable_value, "NaN, -0, Infinity, bigints"),
        field("description", &RemoteObject::description, ""), field("preview", &RemoteObject::preview, ""),
        field("objectId", &RemoteObject::object_id, "a handle"),
        ignored("deepSerializedValue", "not requested"),
        ignored("customPreview", "DevTools formatters only"));
  }
};

struct ConsoleApiCalled {
  static constexpr std::string_view kMethod = "Runtime.consoleAPICalled";
  std::string type;
  std::vector<RemoteObject> args;
  std::int64_t execution_context_id = 0;
  double timestamp = 0;
  std::optional<StackTrace> stack_trace;

  static constexpr auto describe() {
    return table<ConsoleApiCalled>(
        kMethod, field("type", &ConsoleApiCalled::type, "log, debug, info, error, warning, dir, ..."),
        field("args", &ConsoleApiCalled::args, ""),
        field("executionContextId", &ConsoleApiCalled::execution_context_id, ""),
        field("timestamp", &ConsoleApiCalled::timestamp, "").unit("ms since the Unix epoch"),
        field("stackTrace", &ConsoleApiCalled::stack_trace, ""),
        ignored("context", "console.context() label, DevTools only"));
  }
};

struct ExceptionDetails {
  std::int64_t exception_id = 0;
  std::string text;
  std::int64_t line_number = 0;
  std::int64_t column_number = 0;
  std::optional<std::string> script_id;
  std::optional<std::string> url;
  std::optional<StackTrace> stack_trace;
  std::optional<RemoteObject> exception;
  std::optional<std::int64_t> execution_context_id;

  static constexpr auto describe() {
    return table<ExceptionDetails>(
        "Runtime.ExceptionDetails", field("exceptionId", &ExceptionDetails::exception_id, ""),
        field("text", &ExceptionDetails::text, "\"Uncaught\" or \"Uncaught (in promise)\""),
        field("lineNumber", &ExceptionDetails::line_number, "zero-based"),
        field("columnNumber", &ExceptionDetails::column_number, "zero-based"),
        field("scriptId", &ExceptionDetails::script_id, ""), field("url", &ExceptionDetails::url, ""),
        field("stackTrace", &ExceptionDetails::stack_trace, ""),
        field("exception", &ExceptionDetails::exception, ""),
        field("executionContextId", &ExceptionDetails::execution_context_id, ""),
        ignored("exceptionMetaData", "DevTools issue links"));
  }
};

struct ExceptionThrown {
  static constexpr std::string_view kMethod = "Runtime.exceptionThrown";
  double timestamp = 0;
  ExceptionDetails exception_details;

  static constexpr auto describe() {
    return table<ExceptionThrown>(
        kMethod, field("timestamp", &ExceptionThrown::timestamp, "").unit("ms since the Unix epoch"),
        field("exceptionDetails", &ExceptionThrown::exception_details, ""));
  }
};

struct BindingCalled {
  static constexpr std::string_view kMethod = "Runtime.bindingCalled";
  std::string name;
  std::string payload;
  std::int64_t execution_context_id = 0;

  static constexpr auto describe() {
    return table<BindingCalled>(kMethod, field("name", &BindingCalled::name, ""),
                                field("payload", &BindingCalled::payload, ""),
                                field("executionContextId", &BindingCalled::execution_context_id, ""));
  }
};

struct ExecutionContextAuxData {
  std::optional<bool> is_default;
  std::optional<std::string> type;
  std::optional<base::FrameId> frame_id;

  static constexpr auto describe() {
    return table<ExecutionContextAuxData>(
        "auxData of page contexts; absent in workers",
        field("isDefault", &ExecutionContextAuxData::is_default, ""),
        field("type", &ExecutionContextAuxData::type, "default, isolated, worker"),
        field("frameId", &ExecutionContextAuxData::frame_id, ""));
  }
};

struct ExecutionContext {
  std::int64_t id = 0;
  std::string name;
  std::optional<ExecutionContextAuxData> aux_data;

  static constexpr auto describe() {
    return table<ExecutionContext>(
        "Runtime.ExecutionContextDescription", field("id", &ExecutionContext::id, ""),
        field("name", &ExecutionContext::name, "name of an isolated world"),
        field("auxData", &ExecutionContext::aux_data, ""), ignored("origin", "the frame knows it"),
        ignored("uniqueId", "id suffices"));
  }
};

struct ExecutionContextCreated {
  static constexpr std::string_view kMethod = "Runtime.executionContextCreated";
  ExecutionContext context;

  static constexpr auto describe() {
    return table<ExecutionContextCreated>(kMethod, field("context", &ExecutionContextCreated::context, ""));
  }
};

struct ExecutionContextDestroyed {
  static constexpr std::string_view kMethod = "Runtime.executionContextDestroyed";
  std::int64_t execution_context_id = 0;

  static constexpr auto describe() {
    return table<ExecutionContextDestroyed>(
        kMethod, field("executionContextId", &ExecutionContextDestroyed::execution_context_id, ""),
        ignored("executionContextUniqueId", "id suffices"));
  }
};

struct ExecutionContextsCleared {
  static constexpr std::string_view kMethod = "Runtime.executionContextsCleared";

  static constexpr auto describe() { return table<ExecutionContextsCleared>(kMethod); }
};

struct Enable {
  static constexpr std::string_view kMethod = "Runtime.enable";
  static constexpr auto describe() { return table<Enable>(kMethod); }
};

struct AddBinding {
  static constexpr std::string_view kMethod = "Runtime.addBinding";
  std::string name;
  std::string execution_context_name;

  static constexpr auto describe() {
    return table<AddBinding>(kMethod, field("name", &AddBinding::name, ""),
                             field("executionContextName", &AddBinding::execution_context_name,
                                   "the isolated world that alone sees the binding"));
  }
};

struct RunIfWaitingForDebugger {
  static constexpr std::string_view kMethod = "Runtime.runIfWaitingForDebugger";
  static constexpr auto describe() { return table<RunIfWaitingForDebugger>(kMethod); }
};

}  // namespace telltale::cdp::runtime

#pragma once

// Console arguments and exceptions as the text a person would want to read.

#include <span>
#include <string>
#include <vector>

#include "cdp/protocol/runtime.hpp"
#include "collector/error_text.hpp"

namespace telltale::collector {

/// Strings as they are, other primitives as JSON, objects from their preview: `{a: 1, b: "x", ...}`, `[1, empty,
/// 2]`, `Map(1) {"k" => 1}`; errors with their stack, functions and DOM nodes as V8 describes them.
std::string console_text(const cdp::runtime::RemoteObject& object);
/// A member of an object as its preview shows it.
void append_property_value(std::string& out, const cdp::runtime::PropertyPreview& property);

/// The message of a console call whose first argument has format specifiers (%s, %d, %o, %c, ...), as DevTools writes
/// it; otherwise the first argument. `shown`: the arguments as text.
std::string console_message(const cdp::runtime::ConsoleApiCalled& call, const std::vector<std::string>& shown);

/// "Uncaught Error: boom": the text of DevTools with what was thrown, whole. `nodes`: see error_text().
std::string exception_text(const cdp::runtime::ExceptionDetails& details, std::span<const ErrorNode> nodes = {});

}  // namespace telltale::collector

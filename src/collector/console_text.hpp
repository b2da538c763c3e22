#pragma once

// Console arguments and exceptions as the text a person would want to read.

#include <string>

#include "cdp/protocol/runtime.hpp"

namespace telltale::collector {

/// Strings as they are, other primitives as JSON, objects from their preview: `{a: 1, b: "x", ...}`, `[1,
/// 2]`, `Map(1) {"k" => 1}`; errors as their stack, functions and DOM nodes as V8 describes them.
std::string console_text(const cdp::runtime::RemoteObject& object);

/// "Uncaught Error: boom": the text of DevTools with the first line of the exception.
std::string exception_text(const cdp::runtime::ExceptionDetails& details);

}  // namespace telltale::collector

#pragma once

// Events of the category `console`.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "telemetry/event_context.hpp"
#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

/// The members keep the spelling of CDP: the public contract passes stacks through.
struct CallFrame {
  std::string function_name;
  std::string script_id;
  std::string url;
  std::int64_t line_number = 0;
  std::int64_t column_number = 0;

  static constexpr auto describe() {
    using base::field;
    return base::table<CallFrame>(
        "One call of a stack.",
        field("functionName", &CallFrame::function_name, "Name of the function; empty for anonymous ones."),
        field("scriptId", &CallFrame::script_id, "CDP id of the script."),
        field("url", &CallFrame::url, "URL or name of the script."),
        field("lineNumber", &CallFrame::line_number, "Line in the script, zero-based."),
        field("columnNumber", &CallFrame::column_number, "Column in the script, zero-based."));
  }
};

struct CallStack {
  std::vector<CallFrame> call_frames;
  std::optional<std::string> description;
  std::optional<base::Boxed<CallStack>> parent;

  static constexpr auto describe() {
    using base::field;
    return base::table<CallStack>(
        "A JavaScript call stack, innermost call first.",
        field("callFrames", &CallStack::call_frames, "The calls."),
        field("description", &CallStack::description,
              "What started an asynchronous stack, e.g. `setTimeout`."),
        field("parent", &CallStack::parent, "The stack that started this one asynchronously."));
  }
};

inline constexpr std::string_view kLogSourceDoc =
    "Of messages of the browser, the part of it that speaks, as CDP names it: javascript (CORS, too), "
    "security "
    "(CSP, mixed content), network, deprecation, violation, ... telltale's own addition.";
inline constexpr std::string_view kBeforeAttachDoc =
    "True when it happened before telltale was attached to the page; Chromium repeats what it has stored. "
    "Absent "
    "otherwise. telltale's own addition.";

struct ConsoleLog {
  EventContext context;
  std::optional<std::string> text;
  std::optional<std::vector<std::string>> args;
  std::optional<std::string> level;
  std::optional<CallStack> stack_trace;
  std::optional<std::string> source_url;
  std::optional<std::int64_t> line;
  std::optional<std::string> log_source;
  std::optional<bool> before_attach;

  static constexpr EventType kEvent{.name = "console_log",
                                    .category = Category::console,
                                    .source = "Runtime.consoleAPICalled",
                                    .doc =
                                        "The page called a method of `console` other than `error`, or the "
                                        "browser has something to say about the page that is not an error "
                                        "(source event `Log.entryAdded`)."};

  static constexpr auto describe() {
    using base::field;
    return base::table<ConsoleLog>(
        kEvent.doc, base::flatten(&ConsoleLog::context),
        field("text", &ConsoleLog::text,
              "The first argument as text; the whole message where that has format specifiers (`%s`, `%o`, ...)."),
        field("args", &ConsoleLog::args, "All arguments as text."),
        field("level", &ConsoleLog::level,
              "The method as CDP names it: log, debug, info, warning, dir, ...; of messages of the browser "
              "verbose, info or warning."),
        field("stack_trace", &ConsoleLog::stack_trace, "Where it was called."),
        field("source_url", &ConsoleLog::source_url,
              "What a message of the browser is about: a document, script or resource. telltale's own "
              "addition."),
        field("line", &ConsoleLog::line,
              "Line there, zero-based; of messages of the browser. telltale's own addition."),
        field("log_source", &ConsoleLog::log_source, kLogSourceDoc),
        field("before_attach", &ConsoleLog::before_attach, kBeforeAttachDoc));
  }
};

struct ConsoleError {
  EventContext context;
  std::string text;
  std::optional<std::vector<std::string>> args;
  std::optional<std::string> level;
  std::optional<std::int64_t> line;
  std::optional<std::int64_t> column;
  std::optional<std::string> source_url;
  std::optional<CallStack> stack_trace;
  std::optional<std::string> log_source;
  std::optional<bool> before_attach;

  static constexpr EventType kEvent{
      .name = "console_error",
      .category = Category::console,
      .source = "Runtime.exceptionThrown",
      .doc =
          "An uncaught exception, a call of `console.error` (source event `Runtime.consoleAPICalled`), or an "
          "error that the browser reports (source event `Log.entryAdded`): CORS, CSP, mixed content, ... A "
          "failed request is not repeated here while `network` is captured."};

  static constexpr auto describe() {
    using base::field;
    return base::table<ConsoleError>(
        kEvent.doc, base::flatten(&ConsoleError::context),
        field("text", &ConsoleError::text,
              "E.g. `Uncaught TypeError: x is not a function`: what was thrown, with members, causes and the errors "
              "of a list; of console.error the first argument, or the whole message where that has format "
              "specifiers."),
        field("args", &ConsoleError::args, "All arguments of console.error as text."),
        field("level", &ConsoleError::level,
              "`error` for console.error and for errors that the browser reports; absent for exceptions."),
        field("line", &ConsoleError::line, "Line of the exception, zero-based."),
        field("column", &ConsoleError::column, "Column of the exception, zero-based."),
        field("source_url", &ConsoleError::source_url,
              "URL of the script that threw, or of what the browser reports about."),
        field("stack_trace", &ConsoleError::stack_trace, "Where it happened."),
        field("log_source", &ConsoleError::log_source, kLogSourceDoc),
        field("before_attach", &ConsoleError::before_attach, kBeforeAttachDoc));
  }
};

}  // namespace telltale::telemetry

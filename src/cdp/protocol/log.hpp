#pragma once

// Log domain, as Chromium 156 sends it: what the browser itself tells the developer about a page.

#include <optional>
#include <string>

#include "base/describe.hpp"
#include "cdp/protocol/runtime.hpp"

namespace telltale::cdp::log {

using base::field;
using base::ignored;
using base::table;

struct Entry {
  std::string source;
  std::string level;
  std::string text;
  double timestamp = 0;
  std::optional<std::string> url;
  std::optional<std::int64_t> line_number;
  std::optional<runtime::StackTrace> stack_trace;
  std::optional<base::RequestId> network_request_id;

  static constexpr auto describe() {
    return table<Entry>(
        "Log.LogEntry",
        field("source", &Entry::source,
              "javascript (CORS, too), network, security, deprecation, violation, ..."),
        field("level", &Entry::level, "verbose, info, warning, error"), field("text", &Entry::text, ""),
        field("timestamp", &Entry::timestamp, "").unit("ms since the Unix epoch"),
        field("url", &Entry::url, "of the document, or of the resource that failed"),
        field("lineNumber", &Entry::line_number, "zero-based"), field("stackTrace", &Entry::stack_trace, ""),
        field("networkRequestId", &Entry::network_request_id, "of failed loads"),
        ignored("category", "\"cors\" or absent; the text says it"), ignored("workerId", "the session tells"),
        ignored("args", "of interventions only"));
  }
};

struct EntryAdded {
  static constexpr std::string_view kMethod = "Log.entryAdded";
  Entry entry;

  static constexpr auto describe() {
    return table<EntryAdded>(kMethod, field("entry", &EntryAdded::entry, ""));
  }
};

}  // namespace telltale::cdp::log

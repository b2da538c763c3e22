#pragma once

// The way to a browser whose pages are driven: what its session knows of it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/strong.hpp"
#include "base/task.hpp"
#include "cdp/command.hpp"

namespace telltale::page {

/// A target with frames: a page, or an iframe that has a process of its own.
struct Target {
  base::TargetId id;
  base::CdpSessionId session;
  std::string url;  ///< of its document, as last seen
  bool crashed = false;
  bool network_idle = false;  ///< of its document; known only after Page.setLifecycleEventsEnabled
  /// The type of the JavaScript dialog that somebody else has to answer: until then no script runs.
  std::optional<std::string> dialog;
};

/// Lives on its session's loop, and longer than every call.
class Link {
 public:
  virtual ~Link() = default;
  /// Sends a command and waits for its result. Errors: unavailable with the reason while the browser is not
  /// connected, and those of cdp::Connection::call.
  virtual base::Task<base::Result<std::string>> call(cdp::Command command,
                                                     std::chrono::nanoseconds deadline) = 0;
  /// Opens about:blank. Errors: the same.
  virtual base::Task<base::Result<base::TargetId>> create_page() = 0;
  /// The open pages, oldest first; none while the browser is not connected.
  [[nodiscard]] virtual std::vector<Target> pages() = 0;
  /// Whether a page has been opened that cannot be driven yet, and so is not among them.
  [[nodiscard]] virtual bool is_opening() = 0;
  /// The iframes of a page that have processes of their own, outer before inner.
  [[nodiscard]] virtual std::vector<Target> iframes(const base::CdpSessionId& page) = 0;
  /// Another number after each reconnect: handles from before it mean nothing any more. Absent: the browser is
  /// not connected, for the reason.
  [[nodiscard]] virtual base::Result<std::uint64_t> connection() = 0;
};

}  // namespace telltale::page

#pragma once

// The way to a browser whose pages are driven: what its session knows of it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

inline constexpr std::string_view kWaitsForDialog = "the page waits for its dialog";
/// Why a page that waits for its dialog cannot be driven.
inline std::string waits_for_dialog(const std::string& type) {
  return std::string(kWaitsForDialog) + " (" + type + ") to be answered";
}
/// The same of one whose renderer has crashed.
inline constexpr std::string_view kPageCrashed = "the page has crashed: navigate somewhere, or open another tab";
inline constexpr std::string_view kPageClosed = "the page was closed";
/// Of a frame in a page that is still there; see is_gone().
inline constexpr std::string_view kFrameGone = "the frame has gone";

/// A file chooser that a page wanted to open while that is intercepted.
struct FileChooser {
  bool multiple = false;
  std::optional<std::int64_t> input;  ///< the backend node; absent: no <input> is behind it
};

/// Lives on its session's loop, and longer than every call.
class Link {
 public:
  virtual ~Link() = default;
  /// Sends a command and waits for its result. Errors: unavailable with the reason while the browser is not
  /// connected, when the page crashes and when it opens a dialog that somebody else has to answer; not_found when
  /// the page is closed; protocol (kFrameGone) when only its frame goes; and those of cdp::Connection::call.
  virtual base::Task<base::Result<std::string>> call(cdp::Command command,
                                                     std::chrono::nanoseconds deadline) = 0;
  /// Opens about:blank. Errors: the same.
  virtual base::Task<base::Result<base::TargetId>> create_page() = 0;
  /// The open pages, oldest first; none while the browser is not connected.
  [[nodiscard]] virtual std::vector<Target> pages() = 0;
  /// Whether there is that page, be it that it cannot be driven at the moment.
  [[nodiscard]] virtual bool has_page(const base::TargetId& id) = 0;
  /// Whether a page has been opened that cannot be driven yet, and so is not among them.
  [[nodiscard]] virtual bool is_opening() = 0;
  /// The iframes of a page that have processes of their own, outer before inner.
  [[nodiscard]] virtual std::vector<Target> iframes(const base::CdpSessionId& page) = 0;
  /// The status with which the server answered for a document, as far as the network is recorded.
  [[nodiscard]] virtual std::optional<std::int64_t> status_of(const base::LoaderId& loader) = 0;
  /// The name of the newest download that a page has begun, once; headless-shell tells none.
  virtual std::optional<std::string> take_download(const base::CdpSessionId& page) = 0;
  /// The newest file chooser of a target, once.
  virtual std::optional<FileChooser> take_file_chooser(const base::CdpSessionId& session) = 0;
  /// Another number after each reconnect: handles from before it mean nothing any more. Absent: the browser is
  /// not connected, for the reason.
  [[nodiscard]] virtual base::Result<std::uint64_t> connection() = 0;
};

}  // namespace telltale::page

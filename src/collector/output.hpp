#pragma once

// What the collector wants done. It owns no socket and no timer: it fills this and its owner acts.

#include <cstdint>
#include <vector>

#include "cdp/command.hpp"
#include "telemetry/envelope.hpp"

namespace telltale::collector {

/// What the answer to a command means to the collector.
struct ReplyTag {
  enum class Kind {
    ignored,           ///< nothing depends on it
    root_attach,       ///< Target.setAutoAttach of the browser: without it nothing is seen
    enabled,           ///< one of the commands that a new session is held for
    frame_tree,        ///< Page.getFrameTree of a page whose navigation was not seen
    screenshot,        ///< Page.captureScreenshot
    screenshot_place,  ///< Page.getLayoutMetrics, for a smaller screenshot
    body,              ///< Network.getResponseBody
    probe,             ///< the same, of a response that may not be there as a whole yet
    errors,            ///< Runtime.callFunctionOn: what an error leads to, as one object
    error_members,     ///< Runtime.getProperties of that object
  };
  Kind kind = Kind::ignored;
  base::CdpSessionId session;
  std::uint64_t number = 0;   ///< of a screenshot, or of the event that waits
  base::RequestId request{};  ///< of a body
};

struct Request {
  cdp::Command command;
  ReplyTag tag;
};

/// Appended to by every call into the collector; the owner publishes the events, in order, and sends the
/// commands, in order and without awaiting any of them.
struct Output {
  std::vector<telemetry::Event> events;
  std::vector<Request> commands;

  void clear() noexcept {
    events.clear();
    commands.clear();
  }
};

}  // namespace telltale::collector

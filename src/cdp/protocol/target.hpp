#pragma once

// Target domain, as Chromium 156 sends it.

#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"

namespace telltale::cdp::target {

using base::field;
using base::ignored;
using base::table;

struct TargetInfo {
  base::TargetId target_id;
  std::string type;
  std::string title;
  std::string url;
  std::optional<base::TargetId> opener_id;
  std::optional<base::FrameId> parent_frame_id;

  static constexpr auto describe() {
    using T = TargetInfo;
    return table<T>("Target.TargetInfo", field("targetId", &T::target_id, ""),
                    field("type", &T::type, "page, iframe, worker, shared_worker, service_worker, ..."),
                    field("title", &T::title, ""), field("url", &T::url, "may be empty at attach"),
                    field("openerId", &T::opener_id, ""),
                    field("parentFrameId", &T::parent_frame_id, "of out-of-process iframes"),
                    ignored("attached", "we know"), ignored("canAccessOpener", "unused"),
                    ignored("openerFrameId", "unused"),
                    ignored("browserContextId", "one context per browser"),
                    ignored("parentId", "the attaching session tells"), ignored("subtype", "unused"),
                    ignored("embedder", "unused"));
  }
};

struct AttachedToTarget {
  static constexpr std::string_view kMethod = "Target.attachedToTarget";
  base::CdpSessionId session_id;
  TargetInfo target_info;
  bool waiting_for_debugger = false;

  static constexpr auto describe() {
    using T = AttachedToTarget;
    return table<T>(kMethod, field("sessionId", &T::session_id, "the new session"),
                    field("targetInfo", &T::target_info, ""),
                    field("waitingForDebugger", &T::waiting_for_debugger, "paused until it is run"));
  }
};

struct DetachedFromTarget {
  static constexpr std::string_view kMethod = "Target.detachedFromTarget";
  base::CdpSessionId session_id;

  static constexpr auto describe() {
    using T = DetachedFromTarget;
    return table<T>(kMethod, field("sessionId", &T::session_id, ""), ignored("targetId", "deprecated"));
  }
};

/// A worker's target is there before its script has come, and goes with it: its id is that of the script's request.
struct TargetDestroyed {
  static constexpr std::string_view kMethod = "Target.targetDestroyed";
  base::TargetId target_id;

  static constexpr auto describe() {
    return table<TargetDestroyed>(kMethod, field("targetId", &TargetDestroyed::target_id, ""));
  }
};

/// A further session of a target, announced by attachedToTarget on the browser's.
struct AttachToTarget {
  static constexpr std::string_view kMethod = "Target.attachToTarget";
  base::TargetId target_id;
  bool flatten = true;

  static constexpr auto describe() {
    using T = AttachToTarget;
    return table<T>(kMethod, field("targetId", &T::target_id, ""), field("flatten", &T::flatten, ""));
  }
};

struct DetachFromTarget {
  static constexpr std::string_view kMethod = "Target.detachFromTarget";
  base::CdpSessionId session_id;

  static constexpr auto describe() {
    return table<DetachFromTarget>(kMethod, field("sessionId", &DetachFromTarget::session_id, ""));
  }
};

struct SetDiscoverTargets {
  static constexpr std::string_view kMethod = "Target.setDiscoverTargets";
  bool discover = true;

  static constexpr auto describe() {
    return table<SetDiscoverTargets>(kMethod, field("discover", &SetDiscoverTargets::discover, ""));
  }
};

/// One entry of a target filter: the first entry that matches decides; an empty one matches everything.
struct FilterEntry {
  std::optional<std::string> type;
  std::optional<bool> exclude;

  static constexpr auto describe() {
    return table<FilterEntry>("Target.FilterEntry", field("type", &FilterEntry::type, ""),
                              field("exclude", &FilterEntry::exclude, ""));
  }
};

struct SetAutoAttach {
  static constexpr std::string_view kMethod = "Target.setAutoAttach";
  bool auto_attach = true;
  bool wait_for_debugger_on_start = true;
  bool flatten = true;
  std::vector<FilterEntry> filter;

  static constexpr auto describe() {
    using T = SetAutoAttach;
    return table<T>(kMethod, field("autoAttach", &T::auto_attach, ""),
                    field("waitForDebuggerOnStart", &T::wait_for_debugger_on_start, ""),
                    field("flatten", &T::flatten, ""), field("filter", &T::filter, ""));
  }
};

struct CreateTarget {
  static constexpr std::string_view kMethod = "Target.createTarget";
  std::string url = "about:blank";

  static constexpr auto describe() {
    return table<CreateTarget>(
        kMethod, field("url", &CreateTarget::url, "always about:blank: a URL loses events (R2)"));
  }
};

struct CreateTargetResult {
  base::TargetId target_id;

  static constexpr auto describe() {
    return table<CreateTargetResult>("Target.createTarget result",
                                     field("targetId", &CreateTargetResult::target_id, ""));
  }
};

struct CloseTarget {
  static constexpr std::string_view kMethod = "Target.closeTarget";
  base::TargetId target_id;

  static constexpr auto describe() {
    return table<CloseTarget>(kMethod, field("targetId", &CloseTarget::target_id, ""));
  }
};

struct GetTargets {
  static constexpr std::string_view kMethod = "Target.getTargets";
  static constexpr auto describe() { return table<GetTargets>(kMethod); }
};

struct GetTargetsResult {
  std::vector<TargetInfo> target_infos;

  static constexpr auto describe() {
    return table<GetTargetsResult>("Target.getTargets result",
                                   field("targetInfos", &GetTargetsResult::target_infos, ""));
  }
};

}  // namespace telltale::cdp::target

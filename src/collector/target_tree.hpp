#pragma once

// The CDP sessions of one browser: which target each belongs to, which page it is part of, and what is known
// of that page.

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "cdp/protocol/page.hpp"
#include "cdp/protocol/target.hpp"
#include "collector/blocked_reason.hpp"
#include "collector/limits.hpp"
#include "collector/settle_timers.hpp"
#include "collector/vitals.hpp"
#include "telemetry/event_context.hpp"

namespace telltale::collector {

/// The top-level document that a page session shows.
struct PageState {
  std::int64_t nav_seq = 0;  ///< +1 per top-level navigation; 0 before the first
  base::FrameId frame_id;
  base::LoaderId loader_id;
  std::string url;  ///< with fragment
  base::LoaderId idle_loader;  ///< of the last document whose network was idle, where lifecycle events are on
};

struct OpenDialog {
  std::string type;
  std::chrono::steady_clock::time_point opened;
  /// When telltale answers it; absent: not, or it has.
  std::optional<std::chrono::steady_clock::time_point> answer_at;
  bool answered = false;  ///< telltale has sent the answer
};

/// A navigation that has begun, as far as it is known before its request.
struct StartedNavigation {
  base::FrameId frame;
  base::LoaderId loader;
  std::string url;
  bool post = false;
};

/// What is remembered of an iframe's session that is gone.
struct FormerTarget {
  double heard_ms = 0;     ///< until when it had heard messages
  base::LoaderId loader;   ///< of the page's document that it was in
};

struct Session {
  base::CdpSessionId id;
  base::CdpSessionId parent;  ///< the session that announced it; empty for the browser
  cdp::target::TargetInfo target;
  telemetry::TargetType type = telemetry::TargetType::other;
  base::Time attached;           ///< when its attachment was announced
  base::LoaderId attached_in;    ///< the page's document at that time
  PageState page;                ///< only of page targets
  SettleTimers settle;           ///< only of page targets
  std::optional<Vitals> vitals;  ///< of the page's document, when they were captured from its navigation on
  std::string document_url;      ///< of the target's root frame; at first what the target said
  bool crashed = false;          ///< its renderer is gone, until the next navigation
  /// Until when its target is held at its start for the answers below (docs/attaching.md, step 3); absent: it
  /// runs.
  std::optional<std::chrono::steady_clock::time_point> held_until;
  int unanswered_enables = 0;  ///< while above 0, navigating may lose events (race R1)
  std::optional<OpenDialog> dialog;
  std::deque<PolicyViolation> violations;  ///< the last ones, at most limits::kPolicyViolations
  std::optional<StartedNavigation> started;  ///< the last one
  bool asked_for_bodies = false;  ///< a second session of the target was asked for, which keeps bodies
  base::CdpSessionId bodies;      ///< that session
  bool announced = false;                                             ///< page_tab_opened was published
  std::unordered_map<std::int64_t, base::FrameId> frames_by_context;  ///< contexts of our isolated world
  /// Unix ms at which each frame's document began: from the injected script or, less exactly, from its
  /// document request.
  std::unordered_map<base::FrameId, double> time_origins;

  /// Until when it has heard messages, by their time stamps (Unix ms), and when its page's document began.
  double heard_ms = 0;
  double document_began_ms = 0;
  bool restored = false;           ///< its page's document came from the back/forward cache
  bool contexts_cleared = false;   ///< since then no document was announced
  /// It came from the back/forward cache: messages up to that time stamp are repeated ones.
  double repeats_until_ms = 0;
  std::chrono::steady_clock::time_point repeats_since{};
  std::unordered_map<base::TargetId, FormerTarget> former_targets;  ///< of a page

  /// Takes note of a message; false when it is a repeated one.
  [[nodiscard]] bool hear(double unix_ms, base::Time now) noexcept;
  /// Whether something with that time stamp happened before the attach and is only repeated by Chromium.
  [[nodiscard]] bool is_replay(double unix_ms, base::Time now) const noexcept;
  void set_time_origin(const base::FrameId& frame, double unix_ms);
  /// Milliseconds of the frame's own timeline; absent when its origin is not known.
  [[nodiscard]] std::optional<double> since_time_origin(const base::FrameId& frame,
                                                        double unix_seconds) const;
  [[nodiscard]] bool is_page() const noexcept { return type == telemetry::TargetType::page; }
  [[nodiscard]] bool has_frames() const noexcept {
    return is_page() || type == telemetry::TargetType::iframe;
  }
  /// Whether that is the target's topmost frame. The one of an out-of-process iframe has a parent, which
  /// belongs to another target, and the target's id.
  [[nodiscard]] bool is_root(const cdp::page::Frame& frame) const noexcept {
    return !frame.parent_id || frame.id.value == target.target_id.value;
  }
};

/// Owner of the sessions. Pointers stay valid until the session is removed.
class TargetTree {
 public:
  /// Adds an observed session; nullptr when the target is observed by another session already or
  /// limits::kTargets is reached.
  Session* add(Session session);
  void remove(const base::CdpSessionId& id);
  [[nodiscard]] Session* find(const base::CdpSessionId& id) noexcept;
  [[nodiscard]] Session* find_target(const base::TargetId& id) noexcept;
  /// The page that the session is, or is part of (iframe, worker); nullptr for shared and service workers.
  [[nodiscard]] Session* page_of(Session& session) noexcept;

  template <class Visit>
  void for_each(Visit&& visit) {
    for (auto& [id, session] : sessions_) visit(session);
  }

 private:
  std::unordered_map<base::CdpSessionId, Session> sessions_;
  std::unordered_map<base::TargetId, base::CdpSessionId> by_target_;
};

}  // namespace telltale::collector

#pragma once

// Which tab, document and navigation an event belongs to. Flattened into the data of most event types.

#include <array>
#include <limits>
#include <optional>
#include <string>

#include "base/describe.hpp"
#include "telemetry/ids.hpp"

namespace telltale::telemetry {

enum class TargetType { page, background_page, service_worker, shared_worker, iframe, worker, other };

constexpr std::array<base::EnumName<TargetType>, 7> describe_enum(TargetType) {
  return {{{TargetType::page, "page"},
           {TargetType::background_page, "background_page"},
           {TargetType::service_worker, "service_worker"},
           {TargetType::shared_worker, "shared_worker"},
           {TargetType::iframe, "iframe"},
           {TargetType::worker, "worker"},
           {TargetType::other, "other"}}};
}

/// Every member is absent when it is not known; none is ever "".
struct EventContext {
  std::optional<CdpSessionId> session_id;
  std::optional<TargetId> target_id;
  std::optional<TargetType> target_type;
  std::optional<FrameId> frame_id;
  std::optional<LoaderId> loader_id;
  std::optional<std::string> url;
  std::optional<std::int64_t> nav_seq;

  static constexpr auto describe() {
    using base::field;
    return base::table<EventContext>(
        "Which tab, document and navigation an event belongs to. Each field is absent when it is not known.",
        field("session_id", &EventContext::session_id,
              "Flattened CDP session: one attachment to one target."),
        field("target_id", &EventContext::target_id, "CDP target; stable across the navigations of a tab."),
        field("target_type", &EventContext::target_type, "Kind of the target."),
        field("frame_id", &EventContext::frame_id,
              "Top-level frame of the last navigation; for network events the frame of the request."),
        field("loader_id", &EventContext::loader_id,
              "Loader of the current document; for network events the loader of the request."),
        field("url", &EventContext::url,
              "URL of the page at its last top-level navigation; for network events the URL of the request."),
        field("nav_seq", &EventContext::nav_seq,
              "Number of the session's top-level navigation: 1 for the first, 0 before any.")
            .range(0, std::numeric_limits<double>::infinity()));
  }
};

}  // namespace telltale::telemetry

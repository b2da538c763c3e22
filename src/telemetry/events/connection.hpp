#pragma once

// Events of the category `connection`: clients of the session's CDP proxy and live view.

#include <array>
#include <cstdint>
#include <string>

#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

/// Has no members, and so no `data` on the wire.
struct CdpConnect {
  static constexpr EventType kEvent{.name = "cdp_connect",
                                    .category = Category::connection,
                                    .kind = SourceKind::kernel_api,
                                    .doc = "A client has connected to the session's CDP endpoint."};

  static constexpr auto describe() { return base::table<CdpConnect>(kEvent.doc); }
};

enum class CdpDisconnectReason { client_close, upstream_changed, upstream_error, context_cancelled };

constexpr std::array<base::EnumName<CdpDisconnectReason>, 4> describe_enum(CdpDisconnectReason) {
  return {{{CdpDisconnectReason::client_close, "client_close"},
           {CdpDisconnectReason::upstream_changed, "upstream_changed"},
           {CdpDisconnectReason::upstream_error, "upstream_error"},
           {CdpDisconnectReason::context_cancelled, "context_cancelled"}}};
}

struct CdpDisconnect {
  std::int64_t duration_ms = 0;
  std::int64_t message_count = 0;
  CdpDisconnectReason reason = CdpDisconnectReason::client_close;

  static constexpr EventType kEvent{.name = "cdp_disconnect",
                                    .category = Category::connection,
                                    .kind = SourceKind::kernel_api,
                                    .doc = "A client's CDP connection has ended."};

  static constexpr auto describe() {
    using base::field;
    return base::table<CdpDisconnect>(
        kEvent.doc,
        field("duration_ms", &CdpDisconnect::duration_ms, "How long it was connected.").unit("ms"),
        field("message_count", &CdpDisconnect::message_count, "Messages in both directions."),
        field("reason", &CdpDisconnect::reason,
              "`client_close`: the client left; `upstream_changed`: the browser was restarted; "
              "`upstream_error`: the "
              "browser's side failed; `context_cancelled`: the session or server stopped."));
  }
};

struct LiveViewConnect {
  std::string session_id;

  static constexpr EventType kEvent{.name = "live_view_connect",
                                    .category = Category::connection,
                                    .kind = SourceKind::kernel_api,
                                    .doc = "A viewer has opened the live view."};

  static constexpr auto describe() {
    return base::table<LiveViewConnect>(
        kEvent.doc, base::field("session_id", &LiveViewConnect::session_id,
                                "The viewer; the same over its reconnects. Not a CDP session."));
  }
};

struct LiveViewDisconnect {
  std::string session_id;
  std::int64_t duration_ms = 0;

  static constexpr EventType kEvent{.name = "live_view_disconnect",
                                    .category = Category::connection,
                                    .kind = SourceKind::kernel_api,
                                    .doc = "A viewer has left the live view."};

  static constexpr auto describe() {
    using base::field;
    return base::table<LiveViewDisconnect>(
        kEvent.doc, field("session_id", &LiveViewDisconnect::session_id, "That of the live_view_connect."),
        field("duration_ms", &LiveViewDisconnect::duration_ms, "How long it was connected.").unit("ms"));
  }
};

}  // namespace telltale::telemetry

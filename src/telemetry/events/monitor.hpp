#pragma once

// Events of the category `monitor`: health of the capturing itself. Never selected by hand, see config.hpp.

#include <cstdint>
#include <optional>
#include <string>

#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

struct MonitorDisconnected {
  std::optional<std::string> reason;

  static constexpr EventType kEvent{
      .name = "monitor_disconnected",
      .category = Category::monitor,
      .kind = SourceKind::local_process,
      .doc = "The connection to the browser is gone. Events until monitor_reconnected are lost."};

  static constexpr auto describe() {
    return base::table<MonitorDisconnected>(
        kEvent.doc, base::field("reason", &MonitorDisconnected::reason, "Why, e.g. `chrome_restarted`."));
  }
};

struct MonitorReconnected {
  std::optional<std::int64_t> reconnect_duration_ms;

  static constexpr EventType kEvent{.name = "monitor_reconnected",
                                    .category = Category::monitor,
                                    .kind = SourceKind::local_process,
                                    .doc = "The browser is connected again; nav_seq starts anew."};

  static constexpr auto describe() {
    return base::table<MonitorReconnected>(
        kEvent.doc, base::field("reconnect_duration_ms", &MonitorReconnected::reconnect_duration_ms,
                                "Length of the gap, from the disconnect.")
                        .unit("ms"));
  }
};

struct MonitorReconnectFailed {
  std::optional<std::string> reason;

  static constexpr EventType kEvent{.name = "monitor_reconnect_failed",
                                    .category = Category::monitor,
                                    .kind = SourceKind::local_process,
                                    .doc = "The browser stays gone: no event of it will come any more."};

  static constexpr auto describe() {
    return base::table<MonitorReconnectFailed>(
        kEvent.doc,
        base::field("reason", &MonitorReconnectFailed::reason, "Why, e.g. `reconnect_exhausted`."));
  }
};

struct MonitorInitFailed {
  std::optional<std::string> step;

  static constexpr EventType kEvent{.name = "monitor_init_failed",
                                    .category = Category::monitor,
                                    .kind = SourceKind::local_process,
                                    .doc = "Capturing could not start on a connected browser."};

  static constexpr auto describe() {
    return base::table<MonitorInitFailed>(
        kEvent.doc,
        base::field("step", &MonitorInitFailed::step, "What failed, e.g. `Target.setAutoAttach`."));
  }
};

}  // namespace telltale::telemetry

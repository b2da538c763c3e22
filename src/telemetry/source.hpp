#pragma once

// Where an event was observed.

#include <array>
#include <optional>
#include <string>

#include "base/describe.hpp"

namespace telltale::telemetry {

enum class SourceKind {
  cdp,            ///< The browser, through the DevTools protocol.
  kernel_api,     ///< Our own API server. The name is part of the public contract.
  extension,      ///< A browser extension.
  local_process,  ///< A process of this machine, telltale itself included.
};

constexpr std::array<base::EnumName<SourceKind>, 4> describe_enum(SourceKind) {
  return {{{SourceKind::cdp, "cdp"},
           {SourceKind::kernel_api, "kernel_api"},
           {SourceKind::extension, "extension"},
           {SourceKind::local_process, "local_process"}}};
}

/// The producer of one event.
struct Source {
  SourceKind kind = SourceKind::cdp;
  std::optional<std::string> event;
  std::optional<base::Object<std::string>> metadata;

  static constexpr auto describe() {
    return base::table<Source>(
        "Where the event was observed.", base::field("kind", &Source::kind, "Kind of the producer."),
        base::field(
            "event", &Source::event,
            "The producer's own name for it, e.g. `Network.requestWillBeSent`; absent for computed events."),
        base::field(
            "metadata", &Source::metadata,
            "Identity of the producer: `cdp_session_id`, `target_id`, `target_type` for CDP events."));
  }
};

}  // namespace telltale::telemetry

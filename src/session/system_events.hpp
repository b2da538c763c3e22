#pragma once

// Events of the category `system` about a session's own browser.

#include <sys/types.h>

#include "browser/oom_report.hpp"
#include "telemetry/catalog.hpp"

namespace telltale::session {

/// The browser process has ended by itself. `was_ready`: after it had been recorded for a while, not while
/// starting.
telemetry::ServiceCrashed service_crashed(pid_t browser, bool was_ready);

telemetry::SystemOomKill to_event(const browser::OomKill& kill);

}  // namespace telltale::session

#pragma once

// Events of the category `screenshot`.

#include <optional>
#include <string>

#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

struct MonitorScreenshot {
  std::optional<base::Secret<std::string>> png;
  std::optional<double> scale;

  static constexpr EventType kEvent{
      .name = "monitor_screenshot",
      .category = Category::screenshot,
      .kind = SourceKind::local_process,
      .doc =
          "A picture of what a page shows, taken after its load event and after uncaught exceptions, at most "
          "every 2 s, and periodically where the session asks for it. The source event is the CDP method "
          "that "
          "triggered it, absent for the periodic ones; the source metadata say which page."};

  static constexpr auto describe() {
    return base::table<MonitorScreenshot>(
        kEvent.doc, base::field("png", &MonitorScreenshot::png, "The picture as PNG, in base64."),
        base::field("scale", &MonitorScreenshot::scale,
                    "1/2, 1/4, 1/8 or 1/16 when the picture had to be made smaller; absent at full size. "
                    "telltale's own addition."));
  }
};

}  // namespace telltale::telemetry

#pragma once

// An event in one line for a person.

#include <cstddef>
#include <string>
#include <string_view>

#include "telemetry/envelope.hpp"

namespace telltale::cli {

enum class Severity { normal, warning, error };

/// The parts of the line. All texts are printable() already.
struct EventLine {
  std::string time;  ///< "14:03:07.123", local
  std::string category;
  std::string type;
  std::string essence;  ///< what happened, e.g. "404 GET http://127.0.0.1/missing text/html"; may be empty
  Severity severity = Severity::normal;
};

struct LineStyle {
  bool colours = false;
  std::size_t columns = 0;  ///< longer lines are cut; 0: never
};

EventLine describe_event(const telemetry::Event& event);
std::string to_text(const EventLine& line, LineStyle style);

/// The line of an envelope as a stream delivers it. Also for event types of a newer server: those without
/// essence. Errors: protocol, when it is no envelope.
base::Result<std::string> event_text(std::string_view envelope_json, LineStyle style);

}  // namespace telltale::cli

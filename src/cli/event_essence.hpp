#pragma once

// What a person wants to know of an event at a glance: one phrase per event type.

#include <string>

#include "cli/event_line.hpp"
#include "telemetry/catalog.hpp"

namespace telltale::cli {

struct Essence {
  std::string text;  ///< as the page said it: not printable() yet
  Severity severity = Severity::normal;
};

Essence essence_of(const telemetry::EventData& data);

}  // namespace telltale::cli

#pragma once

// What is derived from the catalog for people and other programs. Golden files hold the results (scripts/gen
// writes them).

#include <span>
#include <string>

#include "telemetry/envelope.hpp"

namespace telltale::telemetry {

/// JSON Schema (2020-12) of the envelope: the event is a oneOf that `type` discriminates.
std::string derive_schema();

/// TypeScript declarations: one interface per event's data, TelemetryEvent as their union over `type`,
/// Envelope.
std::string derive_typescript();

/// The end-to-end test that makes a real browser produce a type.
struct EventProducer {
  std::string type;
  std::string test;  ///< "Suite.Name"; empty: none yet
  std::string note;  ///< why there is none, or where it cannot run; empty: nothing to say
};

/// docs/events.md: every category, event type and field. `samples` and `producers` have one entry per event
/// type, in catalog order.
std::string derive_docs(std::span<const Envelope> samples, std::span<const EventProducer> producers);

/// A text before and after redaction, its line breaks and tabs written as \n, \r and \t.
struct RedactionSample {
  std::string where;   ///< url, body, text or "header NAME"; of a header the value's JSON
  std::string redact;  ///< default or strict
  std::string before;
  std::string after;
  std::string note;
};

/// docs/redaction.md: the names, and what becomes of what.
std::string derive_redaction_docs(std::span<const RedactionSample> samples);

}  // namespace telltale::telemetry

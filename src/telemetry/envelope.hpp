#pragma once

// An event as it travels: stamped, enveloped, one JSON text.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/json_encode.hpp"
#include "base/strong.hpp"
#include "telemetry/catalog.hpp"
#include "telemetry/limits.hpp"
#include "telemetry/source.hpp"

namespace telltale::telemetry {

/// What did not fit into an envelope.
enum class Truncation {
  none,
  strings,  ///< the longest strings of the data were cut
  data,     ///< the data are lost: only the type of Event::data has a meaning
};

/// One observed event. Its type and category follow from the alternative that `data` holds.
struct Event {
  std::int64_t ts_us = 0;  ///< when it was observed: Unix time in microseconds, wall clock
  Source source;
  EventData data;
  Truncation truncation = Truncation::none;
};

struct Envelope {
  base::Seq seq;
  Event event;
};

/// The source of a type's events: its kind, and its CDP event where it has one.
Source source_of(const EventType& type);

/// Appends the envelope as JSON, without line breaks:
///   {"seq":7,"event":{"ts":..,"type":"..","category":"..","source":{..},"data":{..}}}
/// `data` is left out for types without members. In an envelope of more than limits::kEnvelopeBytes the
/// longest strings of the data are cut; if that does not help, `data` is null. Both are marked with
/// `"truncated":true`. Allocates nothing but what `out` needs to grow, unless it has to cut.
void encode_envelope(std::string& out, base::Seq seq, const Event& event, base::Secrets secrets);

/// Reads an envelope, also one of a newer version: unknown members are skipped. Errors: not_found for an
/// unknown event type, invalid_argument (with every violation) for anything else.
base::Result<Envelope> decode_envelope(std::string_view text);

}  // namespace telltale::telemetry

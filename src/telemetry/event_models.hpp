#pragma once

// The runtime models of all event types, for the derived outputs.

#include <span>

#include "base/type_model.hpp"
#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

struct EventModel {
  const EventType* type;
  const base::TypeModel* data;  ///< a structure; without fields when the type has no data
};

/// In the order of the catalog.
std::span<const EventModel> event_models();

/// The model of the fields that most event types share.
const base::TypeModel& event_context_model();

}  // namespace telltale::telemetry

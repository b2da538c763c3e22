#include "telemetry/event_models.hpp"

#include <array>
#include <utility>

#include "telemetry/catalog.hpp"

namespace telltale::telemetry {
namespace {

template <std::size_t... I>
auto collect(std::index_sequence<I...>) {
  return std::array{EventModel{&std::variant_alternative_t<I, EventData>::kEvent,
                               &base::type_model<std::variant_alternative_t<I, EventData>>()}...};
}

}  // namespace

std::span<const EventModel> event_models() {
  static const auto kModels = collect(std::make_index_sequence<std::variant_size_v<EventData>>{});
  return kModels;
}

const base::TypeModel& event_context_model() { return base::type_model<EventContext>(); }

}  // namespace telltale::telemetry

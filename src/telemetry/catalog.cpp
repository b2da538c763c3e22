#include "telemetry/catalog.hpp"

#include <algorithm>
#include <utility>

namespace telltale::telemetry {
namespace {

template <std::size_t... I>
constexpr auto collect(std::index_sequence<I...>) {
  return std::array{std::variant_alternative_t<I, EventData>::kEvent...};
}

constexpr auto kEventTypes = collect(std::make_index_sequence<std::variant_size_v<EventData>>{});

}  // namespace

std::span<const EventType> all_event_types() noexcept { return kEventTypes; }

const EventType& event_type(const EventData& data) noexcept { return kEventTypes[data.index()]; }

const EventType* find_event_type(std::string_view name) noexcept {
  const auto found = std::ranges::find(kEventTypes, name, &EventType::name);
  return found == kEventTypes.end() ? nullptr : &*found;
}

}  // namespace telltale::telemetry

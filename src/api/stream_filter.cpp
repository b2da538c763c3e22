#include "api/stream_filter.hpp"

#include <string_view>

#include "telemetry/catalog.hpp"

namespace telltale::api {
namespace {

template <class Visit>
void for_each_name(std::string_view list, Visit visit) {
  for (std::size_t begin = 0; begin <= list.size();) {
    const auto end = std::min(list.find(',', begin), list.size());
    if (end > begin) visit(list.substr(begin, end - begin));
    begin = end + 1;
  }
}

bool add_category(stream::TypeMask& mask, std::string_view name) {
  const auto category = base::enum_from_name<telemetry::Category>(name);
  if (!category) return false;
  const auto types = telemetry::all_event_types();
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i].category == *category) mask.set(i);
  }
  return true;
}

bool add_type(stream::TypeMask& mask, std::string_view name) {
  const auto* type = telemetry::find_event_type(name);
  if (type == nullptr) return false;
  const auto types = telemetry::all_event_types();
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i].name == type->name) mask.set(i);
  }
  return true;
}

std::string valid_names(bool categories) {
  std::string names;
  const auto append = [&](std::string_view name) {
    if (!names.empty()) names += ", ";
    names += name;
  };
  if (categories) {
    for (const auto& entry : base::kEnumNames<telemetry::Category>) append(entry.name);
  } else {
    for (const auto& type : telemetry::all_event_types()) append(type.name);
  }
  return names;
}

}  // namespace

std::expected<StreamFilter, std::vector<base::Violation>> parse_stream_filter(
    const std::vector<std::pair<std::string, std::string>>& query) {
  StreamFilter filter;
  std::vector<base::Violation> violations;
  for (const auto& [key, value] : query) {
    if (key == "replay" && value != "all") violations.push_back({key, "must be all, or absent"});
    const bool categories = key == "category";
    if (!categories && key != "type") continue;
    for_each_name(value, [&](std::string_view name) {
      filter.filtered = true;
      if (categories ? add_category(filter.mask, name) : add_type(filter.mask, name)) return;
      violations.push_back(
          {key, "'" + std::string(name) + "' is not known; valid are " + valid_names(categories)});
    });
  }
  if (!violations.empty()) return std::unexpected(std::move(violations));
  if (!filter.filtered) filter.mask.set();
  return filter;
}

}  // namespace telltale::api

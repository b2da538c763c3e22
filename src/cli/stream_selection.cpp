#include "cli/stream_selection.hpp"

#include <algorithm>

#include "cli/option_check.hpp"
#include "cli/telemetry_selection.hpp"
#include "telemetry/catalog.hpp"

namespace telltale::cli {

void declare_stream_filters(CLI::App& command, StreamRequest& request) {
  command.add_option("--categories", request.categories, "Only events of these categories")
      ->type_name("LIST")
      ->delimiter(',');
  command
      .add_option("--types", request.types, "Only events of these types (with --categories: of these too)")
      ->type_name("LIST")
      ->delimiter(',');
}

void check_stream_filters(const StreamRequest& request) {
  checked("--categories", check_category_names(request.categories));
  checked("--types", check_type_names(request.types));
}

bool lets_through(const StreamRequest& request, std::string_view type) {
  const std::string_view category = base::enum_name(telemetry::find_event_type(type)->category);
  const auto names = [](const std::vector<std::string>& list, std::string_view name) {
    return std::ranges::find(list, name) != list.end();
  };
  return !request.filtered() || names(request.categories, category) || names(request.types, type);
}

}  // namespace telltale::cli

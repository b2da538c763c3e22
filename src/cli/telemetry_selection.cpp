#include "cli/telemetry_selection.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ranges>

#include "base/json_encode.hpp"
#include "telemetry/catalog.hpp"
#include "telemetry/config.hpp"
#include "telemetry/redact.hpp"

namespace telltale::cli {
namespace {

using base::Errc;
using base::fail;
using telemetry::Category;
using telemetry::CategorySet;

std::vector<std::string> split(std::string_view text) {
  if (text.empty()) return {""};  // views::split has no part in it
  std::vector<std::string> parts;
  for (const auto part : std::views::split(text, ',')) parts.emplace_back(part.begin(), part.end());
  return parts;
}

std::unexpected<base::Error> unknown(std::string_view what, std::string_view name,
                                     const std::vector<std::string_view>& valid) {
  return fail(Errc::invalid_argument,
              fmt::format("unknown {} '{}': use {}", what, name, fmt::join(valid, ", ")));
}

std::vector<std::string_view> category_names() {
  std::vector<std::string_view> names;
  for (const auto& entry : base::kEnumNames<Category>) names.push_back(entry.name);
  return names;
}

}  // namespace

CategorySet all_categories() {
  CategorySet all;
  for (const auto& entry : base::kEnumNames<Category>) all.set(entry.value, entry.value != Category::monitor);
  return all;
}

CategorySet page_categories() {
  return {Category::console, Category::network, Category::page, Category::interaction};
}

base::Result<TelemetryChange> parse_telemetry_change(std::string_view text) {
  if (text == "all") return TelemetryChange{.on = all_categories(), .off = {}};
  if (text == "off") return TelemetryChange{.on = {}, .off = all_categories()};
  TelemetryChange change;
  for (const auto& item : split(text)) {
    const auto equals = item.find('=');
    const std::string_view name = std::string_view(item).substr(0, equals);
    const std::string_view value =
        equals == std::string::npos ? "on" : std::string_view(item).substr(equals + 1);
    const auto category = base::enum_from_name<Category>(name);
    if (!category || *category == Category::monitor) {
      auto valid = all_categories().names();
      valid.insert(valid.end(), {"all", "off"});
      return unknown("category", name, valid);
    }
    if (value != "on" && value != "off") {
      return fail(Errc::invalid_argument, fmt::format("'{}': write {}, or {}=off", item, name, name));
    }
    change.on.set(*category, value == "on");
    change.off.set(*category, value == "off");
  }
  return change;
}

base::Result<CategorySet> parse_telemetry(std::string_view text) {
  auto change = parse_telemetry_change(text);
  if (!change) return std::unexpected(std::move(change.error()));
  if (!change->on.empty()) return change->on;
  CategorySet rest;
  for (const auto& [category, name] : base::kEnumNames<Category>) {
    rest.set(category, all_categories().contains(category) && !change->off.contains(category));
  }
  return rest;
}

std::string telemetry_request(CategorySet categories) {
  telemetry::BrowserTelemetryRequest request;
  if (categories.empty()) {
    request.enabled = false;
  } else {
    request.browser = telemetry::to_config(categories).browser;
  }
  return base::to_json(request, base::Secrets::mask);
}

std::string telemetry_request(const TelemetryChange& change) {
  // Not every category "enabled: false": the shorter form says the same of a server with other categories.
  if (change.off == all_categories()) return telemetry_request(CategorySet{});
  nlohmann::json browser = nlohmann::json::object();
  for (const auto name : change.on.names()) browser[name] = {{"enabled", true}};
  for (const auto name : change.off.names()) browser[name] = {{"enabled", false}};
  return nlohmann::json{{"browser", std::move(browser)}}.dump();
}

base::Result<void> check_category_names(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    if (!base::enum_from_name<Category>(name)) return unknown("category", name, category_names());
  }
  return {};
}

base::Result<void> check_type_names(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    if (telemetry::find_event_type(name) != nullptr) continue;
    std::vector<std::string_view> valid;
    for (const auto& type : telemetry::all_event_types()) valid.push_back(type.name);
    return unknown("event type", name, valid);
  }
  return {};
}

std::vector<std::string> redactions() {
  std::vector<std::string> names;
  for (const auto& [level, name] : base::kEnumNames<telemetry::Redaction>) names.emplace_back(name);
  return names;
}

}  // namespace telltale::cli

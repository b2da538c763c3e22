#include "telemetry/config.hpp"

#include <array>
#include <utility>

namespace telltale::telemetry {
namespace {

using Flag = std::optional<CategoryFlag> BrowserCategories::*;

constexpr std::array<std::pair<Category, Flag>, kCategoryCount - 1> kFlags{{
    {Category::console, &BrowserCategories::console},
    {Category::network, &BrowserCategories::network},
    {Category::page, &BrowserCategories::page},
    {Category::interaction, &BrowserCategories::interaction},
    {Category::control, &BrowserCategories::control},
    {Category::connection, &BrowserCategories::connection},
    {Category::system, &BrowserCategories::system},
    {Category::screenshot, &BrowserCategories::screenshot},
    {Category::captcha, &BrowserCategories::captcha},
}};

CategorySet apply(CategorySet categories, const BrowserCategories& browser) {
  for (const auto& [category, flag] : kFlags) {
    if (const auto& setting = browser.*flag; setting && setting->enabled)
      categories.set(category, *setting->enabled);
  }
  return categories;
}

base::Result<CategorySet> resolve(const std::optional<BrowserTelemetryRequest>& request,
                                  CategorySet unchanged, CategorySet merge_base) {
  if (!request || (!request->enabled && !request->browser)) return unchanged;
  if (request->enabled == false) {
    if (!request->browser) return CategorySet{};
    return base::fail(
        base::Errc::invalid_argument,
        "telemetry: enabled is false, so browser must be left out; to capture nothing leave it out, to "
        "choose categories leave enabled out");
  }
  const CategorySet start = request->enabled ? default_categories() : merge_base;
  return request->browser ? apply(start, *request->browser) : start;
}

}  // namespace

CategorySet default_categories() {
  return {Category::control, Category::connection, Category::system, Category::captcha};
}

base::Result<CategorySet> resolve_create(const std::optional<BrowserTelemetryRequest>& request) {
  return resolve(request, CategorySet{}, default_categories());
}

base::Result<CategorySet> resolve_update(const std::optional<BrowserTelemetryRequest>& request,
                                         CategorySet current) {
  return resolve(request, current, current.empty() ? default_categories() : current);
}

CategorySet effective_categories(CategorySet selected) {
  const CategorySet needs_monitor{Category::console, Category::network, Category::page,
                                  Category::interaction};
  if (selected.intersects(needs_monitor)) selected.insert(Category::monitor);
  return selected;
}

BrowserTelemetryConfig to_config(CategorySet selected) {
  BrowserTelemetryConfig config;
  auto& browser = config.browser.emplace();
  for (const auto& [category, flag] : kFlags) browser.*flag = CategoryFlag{selected.contains(category)};
  return config;
}

}  // namespace telltale::telemetry

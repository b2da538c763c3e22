#pragma once

// Which categories a session captures, as clients ask for it.

#include <optional>

#include "base/error.hpp"
#include "telemetry/category.hpp"

namespace telltale::telemetry {

/// The setting of one category.
struct CategoryFlag {
  std::optional<bool> enabled;

  static constexpr auto describe() {
    return base::table<CategoryFlag>(
        "Whether one category is captured.",
        base::field("enabled", &CategoryFlag::enabled, "Capture it; absent: unchanged."));
  }
};

/// One flag per category that clients may select. `monitor` is none of them, see effective_categories().
struct BrowserCategories {
  std::optional<CategoryFlag> console;
  std::optional<CategoryFlag> network;
  std::optional<CategoryFlag> page;
  std::optional<CategoryFlag> interaction;
  std::optional<CategoryFlag> control;
  std::optional<CategoryFlag> connection;
  std::optional<CategoryFlag> system;
  std::optional<CategoryFlag> screenshot;
  std::optional<CategoryFlag> captcha;

  static constexpr auto describe() {
    using base::field;
    return base::table<BrowserCategories>(
        "The categories of events.",
        field("console", &BrowserCategories::console, "Console output and exceptions."),
        field("network", &BrowserCategories::network, "Requests, responses and failures."),
        field("page", &BrowserCategories::page, "Navigations, load milestones and web vitals."),
        field("interaction", &BrowserCategories::interaction, "Clicks, keys and scrolling."),
        field("control", &BrowserCategories::control, "Calls of the control API. On by default."),
        field("connection", &BrowserCategories::connection, "CDP and live view clients. On by default."),
        field("system", &BrowserCategories::system, "Crashes and out-of-memory kills. On by default."),
        field("screenshot", &BrowserCategories::screenshot, "Pictures of the page at notable moments."),
        field("captcha", &BrowserCategories::captcha, "Results of captcha solving. On by default."));
  }
};

/// `telemetry` of a create or update request.
struct BrowserTelemetryRequest {
  std::optional<bool> enabled;
  std::optional<BrowserCategories> browser;

  static constexpr auto describe() {
    using base::field;
    return base::table<BrowserTelemetryRequest>(
        "What to capture.",
        field("enabled", &BrowserTelemetryRequest::enabled, "True: the default categories; false: nothing."),
        field("browser", &BrowserTelemetryRequest::browser,
              "Categories to add to or remove from the default ones."));
  }
};

/// `telemetry` of a session in responses.
struct BrowserTelemetryConfig {
  std::optional<BrowserCategories> browser;

  static constexpr auto describe() {
    return base::table<BrowserTelemetryConfig>(
        "What is captured.",
        base::field("browser", &BrowserTelemetryConfig::browser, "Every category that there is."));
  }
};

/// Control, connection, system and captcha: what `enabled: true` captures. Quiet on purpose.
CategorySet default_categories();

/// The selection of a create request; an absent or empty request captures nothing. Named flags change the
/// default set. Errors: invalid_argument for `enabled: false` together with `browser`.
base::Result<CategorySet> resolve_create(const std::optional<BrowserTelemetryRequest>& request);

/// The selection after an update request: absent or empty changes nothing, `enabled: true` starts anew from
/// the default set, `browser` alone changes `current` (the default set when nothing is captured). Errors: as
/// resolve_create().
base::Result<CategorySet> resolve_update(const std::optional<BrowserTelemetryRequest>& request,
                                         CategorySet current);

/// What events are let through for a selection: `monitor` is added when console, network, page or interaction
/// is on.
CategorySet effective_categories(CategorySet selected);

/// The selection as responses show it: one flag per selectable category. A session that captures nothing
/// shows null instead, which is the caller's to write.
BrowserTelemetryConfig to_config(CategorySet selected);

}  // namespace telltale::telemetry

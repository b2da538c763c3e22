#pragma once

// --telemetry LIST|all|off, and the names of categories and event types.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "telemetry/category.hpp"

namespace telltale::cli {

/// Every category that can be selected: all but `monitor`, which follows by itself.
telemetry::CategorySet all_categories();

/// What an attached browser is observed with by default: what its pages do.
telemetry::CategorySet page_categories();

/// What an update says about categories; those in neither set stay as they are.
struct TelemetryChange {
  telemetry::CategorySet on;
  telemetry::CategorySet off;
};

/// "all", "off", or items joined by commas: CATEGORY (or CATEGORY=on) and CATEGORY=off; the last one about a
/// category counts. Errors: invalid_argument, listing the names.
base::Result<TelemetryChange> parse_telemetry_change(std::string_view text);

/// The same text for a new session. Exactly the named categories; when it names only some to leave off, all
/// others.
base::Result<telemetry::CategorySet> parse_telemetry(std::string_view text);

/// The `telemetry` member of a create request, as JSON, that selects exactly these.
std::string telemetry_request(telemetry::CategorySet categories);

/// The `telemetry` member of an update request, as JSON.
std::string telemetry_request(const TelemetryChange& change);

/// Errors: invalid_argument, listing the valid names.
base::Result<void> check_category_names(const std::vector<std::string>& names);
base::Result<void> check_type_names(const std::vector<std::string>& names);

/// The names of telemetry::Redaction, for --redact.
std::vector<std::string> redactions();

}  // namespace telltale::cli

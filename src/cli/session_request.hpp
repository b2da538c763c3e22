#pragma once

// The bodies of POST /browsers and PATCH /browsers/{id_or_name} from what the command line says.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/telemetry_selection.hpp"
#include "telemetry/category.hpp"

namespace telltale::cli {

struct SessionRequest {
  std::string name;                  ///< empty: none
  std::string start_url;             ///< empty: none
  std::int64_t timeout_seconds = 0;  ///< of idleness; 0: never
  bool headful = false;
  std::string viewport;           ///< "WIDTHxHEIGHT" in CSS px; empty: the default
  std::vector<std::string> tags;  ///< "KEY=VALUE"
  telemetry::CategorySet categories;
  std::string redact;      ///< none, default or strict; empty: what the server does
  std::string attach_url;  ///< of a browser that runs already; empty: launch one
};

/// What to change of a session; what is absent or empty stays, unless said otherwise.
struct SessionChange {
  std::optional<std::string> name;  ///< empty: take it away
  std::vector<std::string> tags;    ///< "KEY=VALUE", instead of all that there are
  bool no_tags = false;             ///< take all of them away
  std::string viewport;             ///< "WIDTHxHEIGHT" in CSS px
  std::optional<TelemetryChange> telemetry;
  std::string redact;  ///< none, default or strict
};

/// Errors: invalid_argument, naming the option.
base::Result<std::string> to_json(const SessionRequest& request);
/// Errors: invalid_argument, naming the option, or saying that there is nothing to change.
base::Result<std::string> to_json(const SessionChange& change);

}  // namespace telltale::cli

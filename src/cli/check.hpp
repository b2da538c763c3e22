#pragma once

// One thing that `telltale doctor` looks at.

#include <string>
#include <string_view>
#include <vector>

namespace telltale::cli {

enum class CheckStatus {
  ok,
  warn,  ///< telltale works, but worse or less safely than it could
  fail,  ///< telltale does not work, or not as it is told to
};

struct Check {
  std::string name;  ///< "browser"
  CheckStatus status;
  std::string detail;  ///< what was found
  std::string advice;  ///< what to do about it; empty when ok
};

/// "ok", "warn" or "FAIL"
std::string_view to_string(CheckStatus status) noexcept;

bool any_failed(const std::vector<Check>& checks);
/// One line per check, and one more for each advice.
std::string to_text(const std::vector<Check>& checks, bool colours);
/// [{"name":..,"status":"ok"|"warn"|"fail","detail":..,"advice":..}]
std::string to_json(const std::vector<Check>& checks);

}  // namespace telltale::cli

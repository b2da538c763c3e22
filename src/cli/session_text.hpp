#pragma once

// Sessions as text for a person.

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace telltale::cli {

/// One "name  value" line per member of a session; absent, null and empty ones are left out.
std::string session_details(const nlohmann::json& session);

/// A table: id, name, status, created, pages' start.
std::string session_table(const nlohmann::json& sessions);

}  // namespace telltale::cli

#pragma once

// The query of GET /browsers: which sessions, and which page of them.

#include <cstddef>
#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "base/json_decode.hpp"
#include "session/session_info.hpp"

namespace telltale::api {

struct BrowserListQuery {
  enum class Status { active, deleted, all };

  std::size_t limit = 20;  ///< 1 to 100
  std::size_t offset = 0;
  Status status = Status::active;
  std::string text;                                       ///< part of the id or the name; empty: any
  std::vector<std::pair<std::string, std::string>> tags;  ///< all of them must match

  [[nodiscard]] bool matches(const session::SessionInfo& info) const;
};

/// Errors: a violation per parameter with a wrong value. Other parameters are the server's to refuse.
std::expected<BrowserListQuery, std::vector<base::Violation>> parse_browser_list_query(
    const std::vector<std::pair<std::string, std::string>>& query);

/// `include_deleted` of a query: "true" or "1". Errors: another value than these, "false" and "0".
std::expected<bool, std::vector<base::Violation>> includes_deleted(
    const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace telltale::api

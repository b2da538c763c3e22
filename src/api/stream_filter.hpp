#pragma once

// Which event types a stream delivers: the query parameters `category` and `type`.

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "base/json_decode.hpp"
#include "stream/cursor.hpp"

namespace telltale::api {

struct StreamFilter {
  stream::TypeMask mask;  ///< what passes
  bool filtered = false;  ///< something was named, so `mask` may hold types back
};

/// Both names may be repeated and hold comma-separated lists (SDKs join by comma). A type passes when it is
/// named by `type` or its category by `category`; naming nothing lets everything pass. Errors: a violation
/// per unknown name, with the valid ones.
std::expected<StreamFilter, std::vector<base::Violation>> parse_stream_filter(
    const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace telltale::api

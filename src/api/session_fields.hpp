#pragma once

// What requests that create or update a session must obey beyond the shape of their fields.

#include <string_view>
#include <vector>

#include "api/browser_schemas.hpp"
#include "base/json_decode.hpp"

namespace telltale::api {

/// Each appends what is wrong; an empty name is none.
void check_name(std::string_view name, std::vector<base::Violation>& violations);
void check_tags(const base::Object<std::string>& tags, std::vector<base::Violation>& violations);

collector::Viewport to_viewport(const ViewportRequest& request);

/// The body of a request as a document; an empty body is an empty object.
base::Result<std::shared_ptr<const nlohmann::json>> parse_body(std::string_view body);

}  // namespace telltale::api

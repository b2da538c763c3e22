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

/// Of a URL to open, at `path`.
void check_url(std::string_view url, std::string_view path, std::vector<base::Violation>& violations);
/// Of a browser with or without a window; `attach`: it runs already.
void check_headless(std::optional<bool> headless, bool attach, bool has_display,
                    std::vector<base::Violation>& violations);
/// Of a browser to attach to.
void check_cdp_url(std::string_view url, std::vector<base::Violation>& violations);

collector::Viewport to_viewport(const ViewportRequest& request);

/// The body of a request as a document; an empty body is an empty object.
base::Result<std::shared_ptr<const nlohmann::json>> parse_body(std::string_view body);

}  // namespace telltale::api

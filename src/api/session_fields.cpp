#include "api/session_fields.hpp"

#include <algorithm>
#include <string>

namespace telltale::api {
namespace {

bool is_lower_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

void check_name(std::string_view name, std::vector<base::Violation>& violations) {
  if (name.empty()) return;
  const bool valid = is_lower_alphanumeric(name.front()) &&
                     std::ranges::all_of(name, [](char c) { return c == '-' || is_lower_alphanumeric(c); });
  if (valid) return;
  violations.push_back(
      {"name", "must be lower-case letters, digits and hyphens, starting with a letter or digit"});
}

void check_tags(const base::Object<std::string>& tags, std::vector<base::Violation>& violations) {
  for (const auto& [key, value] : tags.members) {
    const auto length = base::text_length(key);
    if (length == 0 || length > kTagKeyLength) {
      violations.push_back({"tags", "keys must have 1 to " + std::to_string(kTagKeyLength) + " characters"});
    }
    if (base::text_length(value) > kTagValueLength) {
      violations.push_back(
          {"tags." + key, "length must be at most " + std::to_string(kTagValueLength) + " characters"});
    }
  }
}

collector::Viewport to_viewport(const ViewportRequest& request) {
  return {.width = request.width, .height = request.height};
}

base::Result<std::shared_ptr<const nlohmann::json>> parse_body(std::string_view body) {
  return base::parse_json(body.empty() ? std::string_view("{}") : body);
}

}  // namespace telltale::api

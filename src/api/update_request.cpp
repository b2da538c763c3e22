#include "api/update_request.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "api/browser_schemas.hpp"
#include "api/session_fields.hpp"

namespace telltale::api {

std::expected<session::SessionUpdate, std::vector<base::Violation>> parse_update_request(
    std::string_view body) {
  std::vector<base::Violation> violations;
  const auto json = parse_body(body);
  if (!json) {
    violations.push_back({"", json.error().message});
    return std::unexpected(std::move(violations));
  }
  auto request = base::decode_checked<UpdateBrowserRequest>(**json);
  if (!request) return std::unexpected(std::move(request.error()));

  session::SessionUpdate update;
  update.name = std::move(request->name);
  update.tags = std::move(request->tags);
  if (request->viewport) update.viewport = to_viewport(request->viewport->size);
  update.telemetry = request->telemetry;
  update.redaction = request->redact;
  if (update.name) check_name(*update.name, violations);
  if (update.tags) check_tags(*update.tags, violations);
  // Whether the request contradicts itself does not depend on what is captured.
  if (const auto resolved = telemetry::resolve_update(update.telemetry, {}); !resolved) {
    violations.push_back({"", resolved.error().message});  // names the field itself
  }
  if (!violations.empty()) return std::unexpected(std::move(violations));
  return update;
}

}  // namespace telltale::api

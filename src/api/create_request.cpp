#include "api/create_request.hpp"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/browser_schemas.hpp"
#include "api/session_fields.hpp"
#include "base/ascii.hpp"
#include "net/http.hpp"
#include "net/url.hpp"

namespace telltale::api {
namespace {

using Violations = std::vector<base::Violation>;

void check_timeout(std::optional<std::int64_t> seconds, Violations& violations) {
  if (!seconds || *seconds == 0 || *seconds >= kShortestTimeoutSeconds) return;
  violations.push_back({"timeout_seconds", "must be from 10 to 259200, or 0 for no timeout"});
}

std::optional<std::chrono::seconds> idle_timeout(std::optional<std::int64_t> seconds) {
  const auto value = seconds.value_or(kDefaultTimeoutSeconds);
  if (value == 0) return std::nullopt;
  return std::chrono::seconds(value);
}

}  // namespace

std::expected<session::SessionSpec, Violations> parse_create_request(std::string_view body,
                                                                     bool has_display) {
  const auto json = parse_body(body);
  if (!json) return std::unexpected(Violations{{"", json.error().message}});
  auto decoded = base::decode_checked<CreateBrowserRequest>(**json);
  if (!decoded) return std::unexpected(std::move(decoded.error()));
  CreateBrowserRequest& request = *decoded;

  session::SessionSpec spec;
  spec.name = std::move(request.name).value_or("");
  spec.tags = std::move(request.tags).value_or(base::Object<std::string>{});
  spec.headless = request.headless.value_or(true);
  if (request.viewport) spec.viewport = to_viewport(*request.viewport);
  spec.idle_timeout = idle_timeout(request.timeout_seconds);
  spec.redaction = request.redact;
  spec.start_url = std::move(request.start_url).value_or("");
  if (request.screenshot_interval_seconds) {
    spec.screenshot_interval = std::chrono::seconds(*request.screenshot_interval_seconds);
  }

  Violations violations;
  check_name(spec.name, violations);
  check_tags(spec.tags, violations);
  check_url(spec.start_url, "start_url", violations);
  check_cdp_url(request.cdp_url.value_or(""), violations);
  check_headless(request.headless, !request.cdp_url.value_or("").empty(), has_display, violations);
  check_timeout(request.timeout_seconds, violations);
  if (auto categories = telemetry::resolve_create(request.telemetry)) {
    spec.categories = *categories;
  } else {
    violations.push_back({"", categories.error().message});  // names the field itself
  }
  if (!violations.empty()) return std::unexpected(std::move(violations));
  spec.attach_url = std::move(request.cdp_url).value_or("");
  return spec;
}

bool has_display() noexcept {
  return std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
}

}  // namespace telltale::api

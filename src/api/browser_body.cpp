#include "api/browser_body.hpp"

#include <fmt/chrono.h>

#include "api/cdp_proxy.hpp"
#include "base/json_encode.hpp"

namespace telltale::api {
namespace {

std::optional<std::string> unless_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

std::int64_t milliseconds_between(base::Time begin, base::Time end) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(end.mono - begin.mono).count();
}

}  // namespace

std::string to_rfc3339(std::chrono::system_clock::time_point when) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(when.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(ms);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds.count()), (ms - seconds).count());
}

base::RawJson text_or_null(std::string_view text) {
  base::RawJson value;
  if (!text.empty()) base::append_json_string(value.text, text);
  return value;
}

BrowserBody to_body(const session::SessionInfo& info, base::Time now, std::string_view server) {
  const session::SessionSpec& spec = info.spec;
  BrowserBody body;
  body.session_id = info.id.value;
  if (!info.cdp_endpoint.empty()) body.cdp_ws_url = cdp_url(info, server);
  body.created_at = to_rfc3339(info.created_at.wall);
  if (info.ended_at) body.deleted_at = to_rfc3339(info.ended_at->wall);
  body.headless = spec.headless;
  body.timeout_seconds = spec.idle_timeout ? spec.idle_timeout->count() : 0;
  if (spec.viewport) body.viewport = {.width = spec.viewport->width, .height = spec.viewport->height};
  body.name = unless_empty(spec.name);
  body.tags = spec.tags;
  body.start_url = unless_empty(spec.start_url);
  if (!spec.categories.empty()) *body.telemetry = telemetry::to_config(spec.categories);
  body.usage.uptime_ms = milliseconds_between(info.created_at, info.ended_at.value_or(now));
  body.status = info.state;
  body.error = unless_empty(info.error);
  if (spec.redaction) body.redact = *spec.redaction;
  if (spec.screenshot_interval) body.screenshot_interval_seconds = spec.screenshot_interval->count();
  body.cdp_url = unless_empty(spec.attach_url);
  if (info.browser_pid) body.browser_pid = *info.browser_pid;
  return body;
}

}  // namespace telltale::api

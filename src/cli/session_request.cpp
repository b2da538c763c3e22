#include "cli/session_request.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "cli/telemetry_selection.hpp"

namespace telltale::cli {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using nlohmann::json;

std::optional<int> parse_int(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<json> parse_viewport(std::string_view text) {
  const auto cross = text.find('x');
  const auto width = parse_int(text.substr(0, cross));
  const auto height = cross == std::string_view::npos ? std::nullopt : parse_int(text.substr(cross + 1));
  if (!width || !height) {
    return fail(Errc::invalid_argument, "--viewport: expected WIDTHxHEIGHT, for example 1280x720");
  }
  return json{{"width", *width}, {"height", *height}};
}

Result<json> parse_tags(const std::vector<std::string>& tags) {
  json object = json::object();
  for (const auto& tag : tags) {
    const auto equals = tag.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(Errc::invalid_argument, "--tag: expected KEY=VALUE, not '" + tag + "'");
    }
    object[tag.substr(0, equals)] = tag.substr(equals + 1);
  }
  return object;
}

// Arguments are bytes: what is not UTF-8 must not throw here.
std::string text_of(const json& body) { return body.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

Result<std::string> to_json(const SessionRequest& request) {
  json body = {{"timeout_seconds", request.timeout_seconds},
               {"headless", !request.headful},
               {"telemetry", json::parse(telemetry_request(request.categories))}};
  if (!request.name.empty()) body["name"] = request.name;
  if (!request.start_url.empty()) body["start_url"] = request.start_url;
  if (!request.attach_url.empty()) body["cdp_url"] = request.attach_url;
  if (!request.redact.empty()) body["redact"] = request.redact;
  if (!request.viewport.empty()) {
    auto viewport = parse_viewport(request.viewport);
    if (!viewport) return std::unexpected(viewport.error());
    body["viewport"] = std::move(*viewport);
  }
  if (!request.tags.empty()) {
    auto tags = parse_tags(request.tags);
    if (!tags) return std::unexpected(tags.error());
    body["tags"] = std::move(*tags);
  }
  return text_of(body);
}

Result<std::string> to_json(const SessionChange& change) {
  json body = json::object();
  if (change.name) body["name"] = *change.name;
  if (!change.tags.empty() || change.no_tags) {
    auto tags = parse_tags(change.tags);
    if (!tags) return std::unexpected(tags.error());
    body["tags"] = std::move(*tags);
  }
  if (!change.viewport.empty()) {
    auto viewport = parse_viewport(change.viewport);
    if (!viewport) return std::unexpected(viewport.error());
    body["viewport"] = std::move(*viewport);
  }
  if (change.telemetry) body["telemetry"] = json::parse(telemetry_request(*change.telemetry));
  if (!change.redact.empty()) body["redact"] = change.redact;
  if (body.empty()) {
    return fail(
        Errc::invalid_argument,
        "there is nothing to change: give --telemetry, --name, --tag, --no-tags, --viewport or --redact");
  }
  return text_of(body);
}

}  // namespace telltale::cli

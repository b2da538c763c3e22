#include "api/session_fields.hpp"

#include <algorithm>
#include <string>

#include "base/ascii.hpp"
#include "net/url.hpp"

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

void check_url(std::string_view url, std::string_view path, std::vector<base::Violation>& violations) {
  if (url.empty()) return;
  // Only the scheme is ours to decide; what a browser makes of the rest is more than a strict URL parser
  // accepts.
  const auto scheme = url.substr(0, url.find(':'));
  const bool web = base::same_name(scheme, "http") || base::same_name(scheme, "https");
  const auto rest = url.substr(std::min(scheme.size() + 1, url.size()));
  const bool valid = (web && rest.starts_with("//") && rest.size() > 2) ||
                     base::same_name(url, "about:blank") ||
                     (base::same_name(scheme, "data") && !rest.empty());
  const bool printable = std::ranges::none_of(url, [](unsigned char c) { return c < ' ' || c == 0x7F; });
  if (valid && printable) return;
  violations.push_back(
      {std::string(path),
       "must be an absolute http, https or data URL, or about:blank, without control characters"});
}

void check_headless(std::optional<bool> headless, bool attach, bool has_display,
                    std::vector<base::Violation>& violations) {
  if (headless.value_or(true)) return;
  if (attach) {
    violations.push_back({"headless", "cannot be chosen for a browser that already runs: leave it out"});
  } else if (!has_display) {
    violations.push_back(
        {"headless",
         "false needs a display on the server: start it with DISPLAY or WAYLAND_DISPLAY set, or "
         "leave headless out"});
  }
}

void check_cdp_url(std::string_view text, std::vector<base::Violation>& violations) {
  if (text.empty()) return;
  const auto url = net::parse_url(text);
  if (!url) {
    violations.push_back({"cdp_url", url.error().message});
  } else if (url->scheme != "http" && url->scheme != "ws") {
    violations.push_back({"cdp_url", "must start with http:// or ws://; TLS to a browser is not supported"});
  }
}

}  // namespace telltale::api

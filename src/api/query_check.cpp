#include "api/query_check.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "api/auth.hpp"
#include "api/error_response.hpp"

namespace telltale::api {
namespace {

bool takes_token(const Route& route) {
  return route.access == Access::token_or_query || route.access == Access::session_token;
}

bool is_known(std::string_view name, const Route& route) {
  if (takes_token(route) && name == kTokenParameter) return true;
  return std::ranges::any_of(route.parameters, [&](const Parameter& parameter) {
    if (parameter.in != Parameter::In::query) return false;
    if (parameter.type().kind != base::TypeKind::map) return name == parameter.name;
    // tags[KEY], as OpenAPI's deepObject writes it.
    return name.starts_with(parameter.name) && name.substr(parameter.name.size()).starts_with('[') &&
           name.ends_with(']');
  });
}

std::string valid_names(const Route& route) {
  std::string names;
  for (const auto& parameter : route.parameters) {
    if (parameter.in != Parameter::In::query) continue;
    if (!names.empty()) names += ", ";
    names += parameter.name;
  }
  return names;
}

}  // namespace

std::vector<std::string> unknown_parameters(const net::HttpRequest& request, const Route& route) {
  std::vector<std::string> unknown;
  if (route.operation_id.empty()) return unknown;
  for (const auto& [name, value] : request.query) {
    if (!is_known(name, route) && std::ranges::find(unknown, name) == unknown.end()) unknown.push_back(name);
  }
  return unknown;
}

net::HttpResponse unknown_parameters_response(const std::vector<std::string>& unknown, const Route& route,
                                              Dialect dialect) {
  const auto valid = valid_names(route);
  const std::string hint = valid.empty() ? "this path takes no parameters" : "this path takes " + valid;
  std::string message;
  for (const auto& name : unknown) {
    if (!message.empty()) message += "; ";
    message += "unknown query parameter '" + name + "'";
  }
  return error_response(400, "invalid_argument", message + ": " + hint, dialect);
}

std::int64_t integer_in(const net::HttpRequest& request, std::string_view name, std::int64_t otherwise,
                        std::int64_t least, std::int64_t largest, std::vector<base::Violation>& violations) {
  const auto text = request.query_value(name);
  if (!text) return otherwise;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error == std::errc{} && end == text->data() + text->size() && value >= least && value <= largest) return value;
  violations.push_back({std::string(name),
                        "must be an integer from " + std::to_string(least) + " to " + std::to_string(largest),
                        base::ViolationKind::range});
  return otherwise;
}

}  // namespace telltale::api

#include "api/routes.hpp"

#include <optional>

namespace telltale::api {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  std::vector<std::string_view> segments;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    segments.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return segments;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

// The values of the pattern's parameters; nullopt when the path has another shape or a broken encoding.
std::optional<std::vector<std::string>> values_in(const std::vector<std::string_view>& path,
                                                  std::string_view pattern) {
  const auto wanted = segments_of(pattern);
  if (wanted.size() != path.size()) return std::nullopt;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < path.size(); ++i) {
    auto decoded = net::percent_decode(path[i]);
    if (!decoded) return std::nullopt;
    if (is_parameter(wanted[i])) {
      if (decoded->empty()) return std::nullopt;
      values.push_back(std::move(*decoded));
    } else if (*decoded != wanted[i]) {
      return std::nullopt;
    }
  }
  return values;
}

void append_method(std::string& list, std::string_view method) {
  if (!list.empty()) list += ", ";
  list += method;
  if (method == "GET") list += ", HEAD";
}

}  // namespace

RouteTable::Match RouteTable::match(std::string_view method, std::string_view path) const {
  const auto segments = segments_of(path);
  const auto wanted = method == "HEAD" ? "GET" : method;
  Match match;
  for (const auto& route : routes_) {
    auto values = values_in(segments, route.pattern);
    if (!values) continue;
    if (route.method == wanted) return {&route, std::move(*values), {}};
    append_method(match.allow, route.method);
  }
  return match;
}

std::vector<std::string_view> path_parameters(std::string_view pattern) {
  std::vector<std::string_view> names;
  for (const auto segment : segments_of(pattern)) {
    if (is_parameter(segment)) names.push_back(segment.substr(1, segment.size() - 2));
  }
  return names;
}

}  // namespace telltale::api

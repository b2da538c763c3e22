#include "api/error_response.hpp"

#include <algorithm>
#include <utility>

#include "base/json_encode.hpp"

namespace telltale::api {
namespace {

using base::Errc;

template <class Body>
net::HttpResponse to_response(unsigned status, const Body& body) {
  return json_response(status, base::to_json(body, base::Secrets::mask));
}

// The types that pydantic gives to such problems.
std::string_view type_of(base::ViolationKind kind) {
  using Kind = base::ViolationKind;
  switch (kind) {
    case Kind::missing:
      return "missing";
    case Kind::unknown:
      return "extra_forbidden";
    case Kind::boolean:
      return "bool_type";
    case Kind::number:
      return "float_type";
    case Kind::integer:
      return "int_type";
    case Kind::string:
      return "string_type";
    case Kind::list:
      return "list_type";
    case Kind::object:
      return "dict_type";
    case Kind::one_of:
      return "enum";
    case Kind::range:
      return "out_of_range";
    case Kind::value:
      break;
  }
  return "value_error";
}

// `clip.size[2]` is body, clip, size, 2.
std::vector<base::RawJson> location_of(std::string_view path) {
  std::vector<base::RawJson> location{{R"("body")"}};
  while (!path.empty()) {
    const auto end = std::min(path.find_first_of(".[]"), path.size());
    const auto step = path.substr(0, end);
    if (!step.empty()) {
      const bool index = end < path.size() && path[end] == ']';
      base::RawJson json;
      if (index) {
        json.text = step;
      } else {
        base::append_json_string(json.text, step);
      }
      location.push_back(std::move(json));
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return location;
}

HttpValidationError validation_error(const std::vector<base::Violation>& violations) {
  HttpValidationError error;
  for (const auto& violation : violations) {
    error.detail.push_back(
        {location_of(violation.path), violation.message, std::string(type_of(violation.kind))});
  }
  return error;
}

struct NotteValidationError {
  std::string message;
  HttpValidationError errors;

  static constexpr auto describe() {
    return base::table<NotteValidationError>(
        "Why a request is not valid.", base::field("message", &NotteValidationError::message, "All of it."),
        base::flatten(&NotteValidationError::errors));
  }
};

}  // namespace

unsigned status_of(Errc code, Dialect dialect) noexcept {
  switch (code) {
    case Errc::invalid_argument:
      return dialect == Dialect::notte || dialect == Dialect::instavm ? 422 : 400;
    case Errc::forbidden:
      return 403;
    case Errc::not_found:
      return 404;
    case Errc::conflict:
      return 409;
    case Errc::limit:
      return 429;
    case Errc::io:
      return 500;
    case Errc::closed:
    case Errc::refused:
    case Errc::protocol:
      return 502;
    case Errc::stopped:
    case Errc::unavailable:
      return 503;
    case Errc::timeout:
      return dialect == Dialect::instavm ? 408 : 504;
  }
  return 500;
}

net::HttpResponse error_response(unsigned status, std::string_view code, std::string message,
                                 Dialect dialect) {
  switch (dialect) {
    case Dialect::notte:
      return to_response(status, NotteError{message, message});
    case Dialect::instavm:
      return to_response(status, InstavmError{std::move(message)});
    case Dialect::seraph:
      return to_response(status, SeraphError{std::move(message)});
    case Dialect::kernel:
      break;
  }
  return to_response(status, ErrorBody{std::string(code), std::move(message), std::nullopt});
}

net::HttpResponse error_response(const base::Error& error, Dialect dialect) {
  // A list of problems is what clients of these expect of a 422.
  const bool listed = dialect == Dialect::notte || dialect == Dialect::instavm;
  if (listed && error.code == Errc::invalid_argument) {
    return error_response(std::vector<base::Violation>{{"", error.message}}, dialect);
  }
  return error_response(status_of(error.code, dialect), base::to_string(error.code), error.message, dialect);
}

net::HttpResponse error_response(const std::vector<base::Violation>& violations, Dialect dialect) {
  const auto status = status_of(Errc::invalid_argument, dialect);
  const auto code = base::to_string(Errc::invalid_argument);
  switch (dialect) {
    case Dialect::notte:
      return to_response(status,
                         NotteValidationError{base::to_string(violations), validation_error(violations)});
    case Dialect::instavm:
      return to_response(status, validation_error(violations));
    case Dialect::seraph:
      return to_response(status, SeraphError{base::to_string(violations)});
    case Dialect::kernel:
      break;
  }
  ErrorBody body{std::string(code), base::to_string(violations), std::vector<ErrorDetail>{}};
  for (const auto& violation : violations) {
    body.details->push_back({std::string(code), base::to_string({violation})});
  }
  return to_response(status, body);
}

net::HttpResponse json_response(unsigned status, std::string body) {
  net::HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

}  // namespace telltale::api

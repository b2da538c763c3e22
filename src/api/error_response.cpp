#include "api/error_response.hpp"

#include <utility>

#include "base/json_encode.hpp"

namespace telltale::api {
namespace {

net::HttpResponse to_response(unsigned status, const ErrorBody& body) {
  return json_response(status, base::to_json(body, base::Secrets::mask));
}

}  // namespace

unsigned status_of(base::Errc code) noexcept {
  using base::Errc;
  switch (code) {
    case Errc::invalid_argument:
      return 400;
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
      return 504;
  }
  return 500;
}

net::HttpResponse error_response(unsigned status, std::string_view code, std::string message) {
  return to_response(status, ErrorBody{std::string(code), std::move(message), std::nullopt});
}

net::HttpResponse error_response(const base::Error& error) {
  return error_response(status_of(error.code), base::to_string(error.code), error.message);
}

net::HttpResponse error_response(const std::vector<base::Violation>& violations) {
  const auto code = base::to_string(base::Errc::invalid_argument);
  ErrorBody body{std::string(code), base::to_string(violations), std::vector<ErrorDetail>{}};
  for (const auto& violation : violations) {
    body.details->push_back({std::string(code), base::to_string({violation})});
  }
  return to_response(400, body);
}

net::HttpResponse json_response(unsigned status, std::string body) {
  net::HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

}  // namespace telltale::api

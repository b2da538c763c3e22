#pragma once

// Every error that telltale answers, in the shape of the dialect that was spoken.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/dialect.hpp"
#include "base/describe.hpp"
#include "base/error.hpp"
#include "base/json_decode.hpp"
#include "net/http.hpp"

namespace telltale::api {

struct ErrorDetail {
  std::string code;
  std::string message;

  static constexpr auto describe() {
    return base::table<ErrorDetail>(
        "One of several problems.", base::field("code", &ErrorDetail::code, "Machine-readable reason."),
        base::field("message", &ErrorDetail::message, "What is wrong, starting with the path of the field."));
  }
};

struct ErrorBody {
  static constexpr std::string_view kTypeName = "Error";

  std::string code;
  std::string message;
  std::optional<std::vector<ErrorDetail>> details;

  static constexpr auto describe() {
    return base::table<ErrorBody>(
        "Why a request was not fulfilled.",
        base::field("code", &ErrorBody::code, "Machine-readable reason, e.g. `not_found`."),
        base::field("message", &ErrorBody::message, "For a person: what is wrong and what to do about it."),
        base::field("details", &ErrorBody::details,
                    "Every problem of the request, when there are several fields."));
  }
};

/// One problem of a request's body, as FastAPI states it: Notte's and InstaVM's services are made with it.
struct ValidationError {
  std::vector<base::RawJson> loc;
  std::string msg;
  std::string type;

  static constexpr auto describe() {
    using T = ValidationError;
    return base::table<T>(
        "One problem of a request.",
        base::field("loc", &T::loc, "Where: `body`, then names of members and places in lists."),
        base::field("msg", &T::msg, "What is wrong."),
        base::field("type", &T::type, "Machine-readable: `missing`, `extra_forbidden`, `string_type`, ..."));
  }
};

struct HttpValidationError {
  static constexpr std::string_view kTypeName = "HTTPValidationError";

  std::vector<ValidationError> detail;

  static constexpr auto describe() {
    return base::table<HttpValidationError>(
        "Why a request is not valid.",
        base::field("detail", &HttpValidationError::detail, "Every problem of the request."));
  }
};

struct NotteError {
  std::string message;
  std::optional<std::string> detail;

  static constexpr auto describe() {
    return base::table<NotteError>(
        "Why a request was not fulfilled; with status 422, `detail` is a list of validation errors.",
        base::field("message", &NotteError::message, "For a person: what is wrong."),
        base::field("detail", &NotteError::detail, "The same, for clients that look here."));
  }
};

struct InstavmError {
  std::string detail;

  static constexpr auto describe() {
    return base::table<InstavmError>(
        "Why a request was not fulfilled; with status 422, `detail` is a list of validation errors.",
        base::field("detail", &InstavmError::detail, "For a person: what is wrong."));
  }
};

struct SeraphError {
  std::string error;

  static constexpr auto describe() {
    return base::table<SeraphError>("Why a request was not fulfilled.",
                                    base::field("error", &SeraphError::error, "For a person: what is wrong."));
  }
};

/// The HTTP status that stands for an error of this kind.
unsigned status_of(base::Errc code, Dialect dialect = Dialect::kernel) noexcept;

net::HttpResponse error_response(unsigned status, std::string_view code, std::string message,
                                 Dialect dialect = Dialect::kernel);
net::HttpResponse error_response(const base::Error& error, Dialect dialect = Dialect::kernel);
/// 400, or 422 where that is the custom, with one detail per violation, so that a client can correct all of
/// them at once.
net::HttpResponse error_response(const std::vector<base::Violation>& violations,
                                 Dialect dialect = Dialect::kernel);

/// A response with a JSON body.
net::HttpResponse json_response(unsigned status, std::string body);

}  // namespace telltale::api

#pragma once

// The one shape of every error that telltale answers: {code, message, details?}.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// The HTTP status that stands for an error of this kind.
unsigned status_of(base::Errc code) noexcept;

net::HttpResponse error_response(unsigned status, std::string_view code, std::string message);
net::HttpResponse error_response(const base::Error& error);
/// 400 with one detail per violation, so that a client can correct all of them at once.
net::HttpResponse error_response(const std::vector<base::Violation>& violations);

/// A response with a JSON body.
net::HttpResponse json_response(unsigned status, std::string body);

}  // namespace telltale::api

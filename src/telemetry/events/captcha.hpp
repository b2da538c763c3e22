#pragma once

// Events of the category `captcha`.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

enum class CaptchaType { hcaptcha, recaptcha_v2, recaptcha_v3, turnstile, geetest, other };

constexpr std::array<base::EnumName<CaptchaType>, 6> describe_enum(CaptchaType) {
  return {{{CaptchaType::hcaptcha, "hcaptcha"},
           {CaptchaType::recaptcha_v2, "recaptcha_v2"},
           {CaptchaType::recaptcha_v3, "recaptcha_v3"},
           {CaptchaType::turnstile, "turnstile"},
           {CaptchaType::geetest, "geetest"},
           {CaptchaType::other, "other"}}};
}

enum class CaptchaStatus { success, failure, timeout, abandoned };

constexpr std::array<base::EnumName<CaptchaStatus>, 4> describe_enum(CaptchaStatus) {
  return {{{CaptchaStatus::success, "success"},
           {CaptchaStatus::failure, "failure"},
           {CaptchaStatus::timeout, "timeout"},
           {CaptchaStatus::abandoned, "abandoned"}}};
}

struct CaptchaSolveResult {
  CaptchaType captcha_type = CaptchaType::other;
  std::int64_t duration_ms = 0;
  CaptchaStatus status = CaptchaStatus::success;
  std::optional<std::string> error_code;
  std::optional<std::string> task_id;
  std::optional<std::string> website_host;
  std::optional<std::string> website_path;

  static constexpr EventType kEvent{.name = "captcha_solve_result",
                                    .category = Category::captcha,
                                    .kind = SourceKind::extension,
                                    .doc = "An attempt to solve a captcha has ended."};

  static constexpr auto describe() {
    using base::field;
    return base::table<CaptchaSolveResult>(
        kEvent.doc, field("captcha_type", &CaptchaSolveResult::captcha_type, "Kind of the captcha."),
        field("duration_ms", &CaptchaSolveResult::duration_ms, "How long the attempt took.").unit("ms"),
        field("status", &CaptchaSolveResult::status, "How it ended."),
        field("error_code", &CaptchaSolveResult::error_code, "The solver's code for a failure."),
        field("task_id", &CaptchaSolveResult::task_id, "The solver's id of the attempt."),
        field("website_host", &CaptchaSolveResult::website_host, "Host of the page."),
        field("website_path", &CaptchaSolveResult::website_path, "Path of the page, without its query."));
  }
};

}  // namespace telltale::telemetry

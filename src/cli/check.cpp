#include "cli/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/terminal.hpp"

namespace telltale::cli {
namespace {

std::string_view colour_of(CheckStatus status) {
  switch (status) {
    case CheckStatus::ok:
      return "\x1b[32m";
    case CheckStatus::warn:
      return "\x1b[33m";
    case CheckStatus::fail:
      break;
  }
  return "\x1b[31m";
}

}  // namespace

std::string_view to_string(CheckStatus status) noexcept {
  switch (status) {
    case CheckStatus::ok:
      return "ok";
    case CheckStatus::warn:
      return "warn";
    case CheckStatus::fail:
      break;
  }
  return "FAIL";
}

bool any_failed(const std::vector<Check>& checks) {
  return std::ranges::any_of(checks, [](const Check& check) { return check.status == CheckStatus::fail; });
}

std::string to_text(const std::vector<Check>& checks, bool colours) {
  std::string text;
  for (const auto& check : checks) {
    text +=
        fmt::format("{}{:<4}{} {:<9} {}\n", colours ? colour_of(check.status) : "", to_string(check.status),
                    colours ? "\x1b[0m" : "", check.name, printable(check.detail));
    if (!check.advice.empty()) text += fmt::format("{:15}{}\n", "", printable(check.advice));
  }
  return text;
}

std::string to_json(const std::vector<Check>& checks) {
  auto list = nlohmann::json::array();
  for (const auto& check : checks) {
    const auto status =
        check.status == CheckStatus::fail ? std::string_view("fail") : to_string(check.status);
    list.push_back(
        {{"name", check.name}, {"status", status}, {"detail", check.detail}, {"advice", check.advice}});
  }
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace telltale::cli

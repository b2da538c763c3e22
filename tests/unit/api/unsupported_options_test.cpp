// What telltale cannot honour is never ignored: off is accepted, anything else is refused by name.

#include <gtest/gtest.h>

#include <string>

#include "api/create_request.hpp"
#include "api/update_request.hpp"

namespace telltale::api {
namespace {

using Violations = std::vector<base::Violation>;

Violations violations_of_create(const std::string& body) {
  const auto spec = parse_create_request(body, true);
  return spec ? Violations{} : spec.error();
}

Violations violations_of_update(const std::string& body) {
  const auto update = parse_update_request(body);
  return update ? Violations{} : update.error();
}

struct Option {
  const char* path;    // as a violation names it
  const char* before;  // the body up to the value
  const char* after;
};

constexpr Option kOfCreate[] = {
    {"chrome_policy", R"({"chrome_policy":)", "}"},
    {"extensions", R"({"extensions":)", "}"},
    {"gpu", R"({"gpu":)", "}"},
    {"invocation_id", R"({"invocation_id":)", "}"},
    {"kiosk_mode", R"({"kiosk_mode":)", "}"},
    {"profile", R"({"profile":)", "}"},
    {"proxy_id", R"({"proxy_id":)", "}"},
    {"stealth", R"({"stealth":)", "}"},
    {"viewport.refresh_rate", R"({"viewport":{"width":1,"height":1,"refresh_rate":)", "}}"},
};

constexpr Option kOfUpdate[] = {
    {"disable_default_proxy", R"({"disable_default_proxy":)", "}"},
    {"profile", R"({"profile":)", "}"},
    {"proxy_id", R"({"proxy_id":)", "}"},
    {"viewport.refresh_rate", R"({"viewport":{"width":1,"height":1,"refresh_rate":)", "}}"},
};

constexpr const char* kOff[] = {"false", "null", R"("")", "[]", "{}"};
constexpr const char* kOn[] = {"true", "1", "0", R"("x")", R"(["x"])", R"({"id":"x"})", R"({"id":null})"};

void check(const Option& option, Violations (*violations_of)(const std::string&)) {
  const auto with = [&](const char* value) {
    SCOPED_TRACE(std::string(option.before) + value + option.after);
    return violations_of(std::string(option.before) + value + option.after);
  };
  for (const auto* value : kOff) EXPECT_EQ(with(value), Violations{}) << option.path << " " << value;
  for (const auto* value : kOn) {
    const auto violations = with(value);
    ASSERT_EQ(violations.size(), 1u) << option.path << " " << value;
    EXPECT_EQ(violations.front().path, option.path) << value;
  }
}

TEST(UnsupportedOptions, OfACreateRequestMayOnlyBeOff) {
  for (const auto& option : kOfCreate) check(option, violations_of_create);
}

TEST(UnsupportedOptions, OfAnUpdateRequestMayOnlyBeOff) {
  for (const auto& option : kOfUpdate) check(option, violations_of_update);
}

TEST(UnsupportedOptions, AreAllReportedAtOnce) {
  EXPECT_EQ(violations_of_create(R"({"gpu":true,"stealth":true,"proxy_id":"p"})").size(), 3u);
}

}  // namespace
}  // namespace telltale::api

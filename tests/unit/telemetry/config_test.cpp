#include "telemetry/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/json_decode.hpp"
#include "base/json_encode.hpp"

namespace telltale::telemetry {
namespace {

using base::Errc;
using testing::ElementsAre;
using Names = std::vector<std::string_view>;

// A request body as clients send it; "absent" stands for no `telemetry` at all.
std::optional<BrowserTelemetryRequest> request(std::string_view text) {
  if (text == "absent") return std::nullopt;
  return base::decode_json<BrowserTelemetryRequest>(text).value();
}

struct Case {
  std::string_view request;
  Names expected;
};

const Names kDefault{"control", "connection", "system", "captcha"};

TEST(ResolveCreate, FollowsTheTableOfThePublicContract) {
  const Case cases[] = {
      {"absent", {}},
      {"{}", {}},
      {R"({"enabled":null,"browser":null})", {}},
      {R"({"enabled":false})", {}},
      {R"({"enabled":true})", kDefault},
      {R"({"enabled":true,"browser":{}})", kDefault},
      {R"({"browser":{}})", kDefault},
      {R"({"browser":{"console":{}}})", kDefault},
      {R"({"browser":{"console":{"enabled":true}}})",
       {"console", "control", "connection", "system", "captcha"}},
      {R"({"enabled":true,"browser":{"page":{"enabled":true},"captcha":{"enabled":false}}})",
       {"page", "control", "connection", "system"}},
      {R"({"browser":{"control":{"enabled":false},"connection":{"enabled":false},"system":{"enabled":false},)"
       R"("captcha":{"enabled":false}}})",
       {}},
  };
  for (const auto& [text, expected] : cases) {
    const auto categories = resolve_create(request(text));
    ASSERT_TRUE(categories) << text;
    EXPECT_EQ(categories->names(), expected) << text;
  }
}

TEST(ResolveCreate, RefusesCategoriesOfDisabledTelemetry) {
  for (const auto text :
       {R"({"enabled":false,"browser":{}})", R"({"enabled":false,"browser":{"page":{}}})"}) {
    const auto categories = resolve_create(request(text));
    ASSERT_FALSE(categories) << text;
    EXPECT_EQ(categories.error().code, Errc::invalid_argument);
  }
}

TEST(ResolveUpdate, FollowsTheTableOfThePublicContract) {
  const CategorySet current{Category::page, Category::control};
  const Case cases[] = {
      {"absent", {"page", "control"}},
      {"{}", {"page", "control"}},
      {R"({"enabled":null,"browser":null})", {"page", "control"}},
      {R"({"enabled":true})", kDefault},
      {R"({"enabled":true,"browser":{}})", kDefault},
      {R"({"browser":{}})", {"page", "control"}},
      {R"({"browser":{"network":{}}})", {"page", "control"}},
      {R"({"enabled":true,"browser":{"control":{"enabled":false},"connection":{"enabled":false},)"
       R"("system":{"enabled":false},"captcha":{"enabled":false}}})",
       {}},
      {R"({"enabled":true,"browser":{"network":{"enabled":true}}})",
       {"network", "control", "connection", "system", "captcha"}},
      {R"({"browser":{"network":{"enabled":true}}})", {"network", "page", "control"}},
      {R"({"browser":{"page":{"enabled":false},"control":{"enabled":false}}})", {}},
      {R"({"enabled":false})", {}},
  };
  for (const auto& [text, expected] : cases) {
    const auto categories = resolve_update(request(text), current);
    ASSERT_TRUE(categories) << text;
    EXPECT_EQ(categories->names(), expected) << text;
  }
}

TEST(ResolveUpdate, StartsFromTheDefaultSetWhenNothingIsCaptured) {
  const auto categories = resolve_update(request(R"({"browser":{"page":{"enabled":true}}})"), CategorySet{});
  ASSERT_TRUE(categories);
  EXPECT_THAT(categories->names(), ElementsAre("page", "control", "connection", "system", "captcha"));
  EXPECT_EQ(resolve_update(request(R"({"browser":{}})"), CategorySet{})->names(), kDefault);
  EXPECT_TRUE(resolve_update(request("{}"), CategorySet{})->empty());
}

TEST(ResolveUpdate, RefusesCategoriesOfDisabledTelemetry) {
  const auto categories = resolve_update(request(R"({"enabled":false,"browser":{}})"), {Category::page});
  ASSERT_FALSE(categories);
  EXPECT_EQ(categories.error().code, Errc::invalid_argument);
}

TEST(EffectiveCategories, AddMonitorOnlyWithACategoryOfTheBrowser) {
  for (const Category category :
       {Category::console, Category::network, Category::page, Category::interaction}) {
    EXPECT_TRUE(effective_categories({category}).contains(Category::monitor)) << base::enum_name(category);
  }
  for (const Category category :
       {Category::control, Category::connection, Category::system, Category::screenshot, Category::captcha}) {
    EXPECT_FALSE(effective_categories({category}).contains(Category::monitor)) << base::enum_name(category);
  }
  EXPECT_TRUE(effective_categories({}).empty());
}

TEST(ToConfig, ShowsOneFlagPerSelectableCategory) {
  EXPECT_EQ(base::to_json(to_config({Category::console, Category::captcha}), base::Secrets::mask),
            R"({"browser":{"console":{"enabled":true},"network":{"enabled":false},"page":{"enabled":false},)"
            R"("interaction":{"enabled":false},"control":{"enabled":false},"connection":{"enabled":false},)"
            R"("system":{"enabled":false},"screenshot":{"enabled":false},"captcha":{"enabled":true}}})");
}

TEST(TelemetryRequest, NamesAMistypedCategory) {
  const auto value = base::decode_json<BrowserTelemetryRequest>(R"({"browser":{"consol":{"enabled":true}}})");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message, "browser.consol: is not known; did you mean console?");
}

TEST(TelemetryRequest, HasNoFlagForMonitor) {
  EXPECT_FALSE(base::decode_json<BrowserTelemetryRequest>(R"({"browser":{"monitor":{"enabled":true}}})"));
}

}  // namespace
}  // namespace telltale::telemetry

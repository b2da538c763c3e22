#include "api/stream_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "telemetry/catalog.hpp"

namespace telltale::api {
namespace {

using ::testing::ElementsAre;

std::set<std::string_view> passing(const StreamFilter& filter) {
  std::set<std::string_view> names;
  const auto types = telemetry::all_event_types();
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (filter.mask.test(i)) names.insert(types[i].name);
  }
  return names;
}

TEST(StreamFilter, LetsEverythingPassWhenNothingIsNamed) {
  const auto filter = parse_stream_filter({{"replay", "all"}, {"category", ""}});
  ASSERT_TRUE(filter);
  EXPECT_FALSE(filter->filtered);
  EXPECT_TRUE(filter->mask.all());
}

TEST(StreamFilter, KnowsOneKindOfReplay) {
  for (const char* value : {"x", "", "ALL", "all ", "true", "1", "0", "none"}) {
    const auto filter = parse_stream_filter({{"replay", value}});
    ASSERT_FALSE(filter) << value;
    EXPECT_EQ(filter.error().front().path, "replay");
  }
}

TEST(StreamFilter, SelectsTheTypesOfACategory) {
  const auto filter = parse_stream_filter({{"category", "console"}});
  ASSERT_TRUE(filter);
  EXPECT_TRUE(filter->filtered);
  EXPECT_THAT(passing(*filter), ElementsAre("console_error", "console_log"));
}

TEST(StreamFilter, JoinsRepeatedAndCommaSeparatedNames) {
  const auto filter = parse_stream_filter(
      {{"type", "page_load,page_lcp"}, {"category", "console"}, {"type", "network_idle"}});
  ASSERT_TRUE(filter);
  EXPECT_THAT(passing(*filter),
              ElementsAre("console_error", "console_log", "network_idle", "page_lcp", "page_load"));
}

TEST(StreamFilter, RefusesUnknownNamesAndListsTheValidOnes) {
  const auto filter = parse_stream_filter({{"category", "console,networks"}, {"type", "page_lod"}});
  ASSERT_FALSE(filter);
  ASSERT_EQ(filter.error().size(), 2u);
  EXPECT_EQ(filter.error()[0].path, "category");
  EXPECT_TRUE(
      filter.error()[0].message.contains("'networks' is not known; valid are console, network, page"));
  EXPECT_EQ(filter.error()[1].path, "type");
  EXPECT_TRUE(filter.error()[1].message.contains("page_load"));
}

}  // namespace
}  // namespace telltale::api

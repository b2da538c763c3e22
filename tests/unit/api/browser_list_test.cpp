#include "api/browser_list.hpp"

#include <gtest/gtest.h>

namespace telltale::api {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

session::SessionInfo session_of(session::SessionState state) {
  session::SessionInfo info;
  info.id = base::SessionId("6f1c-aa");
  info.state = state;
  info.spec.name = "shop";
  info.spec.tags.members = {{"team", "web"}, {"tier", "one"}};
  return info;
}

bool matches(const Query& query, session::SessionState state = session::SessionState::ready) {
  const auto parsed = parse_browser_list_query(query);
  EXPECT_TRUE(parsed);
  return parsed && parsed->matches(session_of(state));
}

TEST(BrowserListQuery, ListsLiveSessionsByDefault) {
  EXPECT_TRUE(matches({}));
  EXPECT_TRUE(matches({}, session::SessionState::reconnecting));
  EXPECT_FALSE(matches({}, session::SessionState::timed_out));
}

TEST(BrowserListQuery, SelectsByStatus) {
  EXPECT_FALSE(matches({{"status", "deleted"}}));
  EXPECT_TRUE(matches({{"status", "deleted"}}, session::SessionState::failed));
  EXPECT_TRUE(matches({{"status", "all"}}, session::SessionState::ended));
  EXPECT_TRUE(matches({{"include_deleted", "true"}}, session::SessionState::ended));
  EXPECT_FALSE(matches({{"include_deleted", "true"}, {"status", "active"}}, session::SessionState::ended));
}

TEST(BrowserListQuery, SearchesIdAndName) {
  EXPECT_TRUE(matches({{"query", "sho"}}));
  EXPECT_TRUE(matches({{"query", "f1c-"}}));
  EXPECT_FALSE(matches({{"query", "web"}}));
}

TEST(BrowserListQuery, NeedsEveryTag) {
  EXPECT_TRUE(matches({{"tags[team]", "web"}, {"tags[tier]", "one"}}));
  EXPECT_FALSE(matches({{"tags[team]", "web"}, {"tags[tier]", "two"}}));
}

TEST(BrowserListQuery, RefusesWrongValues) {
  for (const Query& query : {Query{{"limit", "0"}}, Query{{"limit", "101"}}, Query{{"limit", "x"}},
                             Query{{"offset", "-1"}}, Query{{"status", "live"}}}) {
    const auto parsed = parse_browser_list_query(query);
    ASSERT_FALSE(parsed) << query.front().first;
    EXPECT_EQ(parsed.error().front().path, query.front().first);
  }
}

}  // namespace
}  // namespace telltale::api

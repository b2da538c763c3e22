// Sessions over REST: create, look, list, delete; what is refused and how.

#include <set>

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

class Sessions : public ::testing::Test {
 protected:
  TelltaleProcess server{telltale_binary(), {"--chromium", "chromium-headless-shell", "--max-sessions", "3"}};
};

std::string id_of(const json& session) { return session.at("session_id"); }

TEST_F(Sessions, AreCreatedAsAskedForAndSayWhatTheyAre) {
  const auto created = server.create({{"name", "first-one"},
                                      {"tags", {{"team", "blue"}}},
                                      {"viewport", {{"width", 800}, {"height", 600}}},
                                      {"timeout_seconds", 120},
                                      {"start_url", "data:text/html,hello"},
                                      {"telemetry", {{"browser", {{"network", {{"enabled", true}}}}}}}});
  EXPECT_EQ(id_of(created).size(), 36u);
  EXPECT_TRUE(created.at("cdp_ws_url").get<std::string>().starts_with("ws://127.0.0.1:"));
  EXPECT_EQ(created.at("status"), "ready");
  EXPECT_EQ(created.at("name"), "first-one");
  EXPECT_EQ(created.at("tags"), json({{"team", "blue"}}));
  EXPECT_EQ(created.at("viewport"), json({{"width", 800}, {"height", 600}}));
  EXPECT_EQ(created.at("timeout_seconds"), 120);
  EXPECT_EQ(created.at("headless"), true);
  EXPECT_EQ(created.at("stealth"), false);
  EXPECT_FALSE(created.contains("deleted_at"));
  const auto flags = created.at("telemetry").at("browser");
  for (const char* on : {"network", "control", "connection", "system", "captcha"})
    EXPECT_EQ(flags[on]["enabled"], true);
  for (const char* off : {"console", "page", "interaction"}) EXPECT_EQ(flags[off]["enabled"], false);
  EXPECT_FALSE(flags.contains("monitor"));

  for (const std::string& key : {id_of(created), std::string("first-one")}) {
    const auto found = server.get("/browsers/" + key);
    EXPECT_EQ(found.status, 200u);
    EXPECT_EQ(id_of(found.body), id_of(created));
    EXPECT_EQ(found.body.at("created_at"), created.at("created_at"));
  }
  CdpDriver driver(TelltaleProcess::debugger_url(created));
  const auto page = driver.attach("data:text/html,hello");
  EXPECT_EQ(driver.evaluate(page, "[innerWidth, innerHeight]"), json({800, 600}));
}

TEST_F(Sessions, AreListedUntilTheyAreDeleted) {
  const auto first = server.create({{"name", "one"}, {"tags", {{"team", "blue"}}}});
  const auto second = server.create({{"name", "two"}});
  const auto listed = server.get("/browsers");
  EXPECT_EQ(listed.status, 200u);
  ASSERT_EQ(listed.body.size(), 2u);
  EXPECT_EQ(id_of(listed.body[0]), id_of(first));
  EXPECT_EQ(listed.headers.find("X-Has-More"), "false");
  const auto page = server.get("/browsers?limit=1&offset=1");
  ASSERT_EQ(page.body.size(), 1u);
  EXPECT_EQ(id_of(page.body[0]), id_of(second));
  EXPECT_EQ(server.get("/browsers?limit=1").headers.find("X-Next-Offset"), "1");
  EXPECT_EQ(server.get("/browsers?tags[team]=blue").body.size(), 1u);
  EXPECT_EQ(server.get("/browsers?query=tw").body.size(), 1u);

  const auto deleted = server.remove("/browsers/one");
  EXPECT_EQ(deleted.status, 204u);
  EXPECT_EQ(deleted.text, "");
  EXPECT_EQ(server.get("/browsers").body.size(), 1u);
  EXPECT_EQ(server.get("/browsers?status=all").body.size(), 2u);
  EXPECT_EQ(id_of(server.get("/browsers?status=deleted").body.at(0)), id_of(first));
  EXPECT_EQ(server.get("/browsers/" + id_of(first)).status, 404u);
  const auto kept = server.get("/browsers/" + id_of(first) + "?include_deleted=true");
  EXPECT_EQ(kept.body.at("status"), "ended");
  EXPECT_TRUE(kept.body.contains("deleted_at"));
  EXPECT_EQ(kept.body.at("cdp_ws_url"), "");
  EXPECT_EQ(server.remove("/browsers/" + id_of(first)).status, 404u);
}

TEST_F(Sessions, LeaveNoBrowserBehindWhenTheyAreDeleted) {
  const auto created = server.create(json::object());
  EXPECT_FALSE(server.browser_processes().empty());
  EXPECT_EQ(server.remove("/browsers/" + id_of(created)).status, 204u);
  EXPECT_TRUE(testing::eventually([&] { return server.browser_processes().empty(); }));
}

TEST_F(Sessions, MayReuseTheNameOfAnEndedOneOnly) {
  server.create({{"name", "taken"}});
  const auto refused = server.post("/browsers", {{"name", "taken"}});
  EXPECT_EQ(refused.status, 409u);
  EXPECT_EQ(refused.body.at("code"), "conflict");
  EXPECT_NE(refused.body.at("message").get<std::string>().find("taken"), std::string::npos);
  server.remove("/browsers/taken");
  server.create({{"name", "taken"}});
}

TEST_F(Sessions, AreLimitedInNumber) {
  for (int i = 0; i < 3; ++i) server.create(json::object());
  const auto refused = server.post("/browsers", json::object());
  EXPECT_EQ(refused.status, 429u);
  EXPECT_EQ(refused.body.at("code"), "limit");
}

TEST_F(Sessions, RefuseWhatTheyCannotDoNamingTheField) {
  const std::pair<json, const char*> bad[] = {
      {{{"timeout_seconds", 9}}, "timeout_seconds"},
      {{{"timeout_seconds", "60"}}, "timeout_seconds"},
      {{{"start_url", "file:///etc/passwd"}}, "start_url"},
      {{{"start_url", "javascript:alert(1)"}}, "start_url"},
      {{{"name", "Not Allowed"}}, "name"},
      {{{"stealth", true}}, "stealth"},
      {{{"proxy_id", "p"}}, "proxy_id"},
      {{{"headless", false}}, "headless"},
      {{{"viewport", {{"width", 0}, {"height", 10}}}}, "viewport"},
      {{{"telemetry", {{"enabled", false}, {"browser", json::object()}}}}, "telemetry"},
      {{{"cdp_url", "https://example.org"}}, "cdp_url"},
  };
  for (const auto& [request, field] : bad) {
    const auto refused = server.post("/browsers", request);
    SCOPED_TRACE(request.dump() + " -> " + refused.text);
    EXPECT_EQ(refused.status, 400u);
    EXPECT_EQ(refused.body.at("code"), "invalid_argument");
    EXPECT_NE(refused.body.at("message").get<std::string>().find(field), std::string::npos);
  }
  const auto two = server.post("/browsers", {{"gpu", true}, {"stealth", true}});
  EXPECT_EQ(two.body.at("details").size(), 2u);
  EXPECT_EQ(server.post("/browsers", json::array()).status, 400u);
  EXPECT_EQ(server.get("/browsers?limit=0").status, 400u);
  EXPECT_EQ(server.get("/browsers?status=maybe").status, 400u);
  EXPECT_TRUE(server.browser_processes().empty());
}

TEST_F(Sessions, AcceptOptionsThatAreOff) {
  const auto created =
      server.create({{"stealth", false}, {"proxy_id", nullptr}, {"extensions", json::array()}});
  EXPECT_EQ(created.at("telemetry"), nullptr);
}

TEST_F(Sessions, WantTheToken) {
  for (const char* path : {"/browsers", "/browsers/x", "/browsers/x/telemetry/stream"}) {
    net::HttpRequest request;
    request.path = path;
    const auto refused = server.send(request);
    EXPECT_EQ(refused.status, 401u) << path;
    EXPECT_EQ(refused.body.at("code"), "unauthorized");
    EXPECT_TRUE(refused.headers.find("WWW-Authenticate"));
    request.headers.set("Authorization", "Bearer " + server.token() + "x");
    EXPECT_EQ(server.send(request).status, 401u) << path;
  }
  net::HttpRequest with_key;
  with_key.path = "/browsers";
  with_key.headers.set("X-API-Key", server.token());
  EXPECT_EQ(server.send(with_key).status, 200u);
  // A token in a query would be logged by proxies: it opens streams only, for which browsers know no other
  // way.
  net::HttpRequest with_query;
  with_query.path = "/browsers";
  with_query.query.emplace_back("token", server.token());
  EXPECT_EQ(server.send(with_query).status, 401u);
  with_query.path = "/browsers/nobody/telemetry/stream";
  EXPECT_EQ(server.send(with_query).status, 404u);
  net::HttpRequest health;
  health.path = "/healthz";
  EXPECT_EQ(server.send(health).status, 200u);
}

TEST_F(Sessions, AnswerInOneShapeWhatIsNotThere) {
  for (const char* target : {"/browsers/nobody", "/browsers/nobody/telemetry/stream", "/nowhere"}) {
    const auto missing = server.get(target);
    EXPECT_EQ(missing.status, 404u) << target;
    EXPECT_EQ(missing.body.at("code"), "not_found");
    EXPECT_FALSE(missing.body.at("message").get<std::string>().empty());
  }
  const auto wrong = server.remove("/browsers");
  EXPECT_EQ(wrong.status, 405u);
  EXPECT_EQ(wrong.headers.find("Allow"), "POST, GET, HEAD");
}

}  // namespace
}  // namespace telltale::e2e

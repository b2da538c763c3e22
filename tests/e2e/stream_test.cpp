// The event stream of a session: filters, resuming, silence, and how it ends.

#include <signal.h>

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

class Stream : public ::testing::Test {
 protected:
  /// A recorded page that logs "tick N" for each call of say().
  void open(const json& telemetry = capture({"console", "page"})) {
    site.add_page(
        "/",
        "<script>let count = 0; function say(n) { while (n--) console.log('tick ' + ++count); }</script>");
    session = server.create({{"start_url", site.url("/")}, {"telemetry", telemetry}, {"timeout_seconds", 0}});
    id = session.at("session_id");
    driver = std::make_unique<CdpDriver>(TelltaleProcess::debugger_url(session));
    page = driver->attach(site.url("/"));
  }
  void say(int times) { driver->evaluate(page, "say(" + std::to_string(times) + ")"); }
  static json tick(int number) { return {{"text", "tick " + std::to_string(number)}}; }

  TestSite site;
  TelltaleProcess server{telltale_binary(), {"--chromium", "chromium-headless-shell"}};
  json session;
  std::string id;
  std::unique_ptr<CdpDriver> driver;
  std::string page;
};

TEST_F(Stream, HasTheHeadersOfAnEventStream) {
  open();
  EventStream events(server, id);
  EXPECT_EQ(events.status(), 200u);
  EXPECT_EQ(events.head().headers.find("Content-Type"), "text/event-stream");
  EXPECT_EQ(events.head().headers.find("X-SSE-Content-Type"), "application/json");
}

TEST_F(Stream, BeginsNowOrAtTheOldestOrBehindAnEvent) {
  open();
  EventStream everything(server, id);
  say(3);
  const auto third = everything.wait_for("console_log", tick(3));
  const auto first = everything.wait_for("console_log", tick(1));

  EventStream from_now(server, id, StreamQuery::from_now());
  EventStream resumed(server, id, StreamQuery::after(first.at("seq")));
  EventStream resumed_despite_replay(server, id, {.last_event_id = third.at("seq").get<std::uint64_t>()});
  EventStream zero(server, id, {.last_event_id = 0});
  say(1);
  for (EventStream* events : {&everything, &from_now, &resumed, &resumed_despite_replay, &zero}) {
    events->wait_for("console_log", tick(4));
  }
  EXPECT_EQ(testing::gap_in(everything.all()), "");
  EXPECT_EQ(from_now.all().front().at("event").at("data").at("text"), "tick 4");
  EXPECT_EQ(testing::gap_in(resumed.all(), first.at("seq").get<std::uint64_t>() + 1), "");
  EXPECT_EQ(resumed_despite_replay.all(), from_now.all());
  EXPECT_EQ(zero.all(), from_now.all());
}

TEST_F(Stream, FiltersByTypeAndCategory) {
  open();
  EventStream console(server, id, {.query = "replay=all&category=console"});
  EventStream loads(server, id, {.query = "replay=all&type=page_load,console_error&type=page_navigation"});
  EventStream everything(server, id);
  say(2);
  console.wait_for("console_log", tick(2));
  loads.wait_for("page_load", {{"url", site.url("/")}});
  everything.wait_for("console_log", tick(2));
  for (const auto& envelope : console.all()) EXPECT_EQ(envelope.at("event").at("category"), "console");
  EXPECT_FALSE(loads.all("page_navigation").empty());
  for (const auto& envelope : loads.all()) EXPECT_NE(envelope.at("event").at("type"), "console_log");
  // Filters hide events; they do not renumber them.
  EXPECT_EQ(console.all().back(), everything.all().back());

  const auto wrong = server.get("/browsers/" + id + "/telemetry/stream?type=page_laod");
  EXPECT_EQ(wrong.status, 400u);
  EXPECT_NE(wrong.body.at("message").get<std::string>().find("page_laod"), std::string::npos);
}

TEST_F(Stream, IsSilentButOpenWithoutTelemetry) {
  open(json{{"enabled", false}});
  EventStream events(server, id);
  EXPECT_EQ(events.status(), 200u);
  say(3);
  EXPECT_EQ(server.remove("/browsers/" + id).status, 204u);
  EXPECT_TRUE(events.wait_end());
  EXPECT_TRUE(events.all().empty());
}

TEST_F(Stream, LeavesOutCategoriesThatAreNotCapturedWithoutLosingSeq) {
  open(capture({"page"}));
  EventStream events(server, id);
  say(3);
  driver->evaluate(page, "void (location.href = location.href + '?again')");
  events.wait_for("page_load", {{"url", site.url("/?again")}});
  EXPECT_TRUE(events.all("console_log").empty());
  EXPECT_EQ(testing::gap_in(events.all()), "");
}

TEST_F(Stream, HasWhatHappenedBeforeTheSessionWasDeleted) {
  open();
  EventStream events(server, id);
  say(200);
  EXPECT_EQ(server.remove("/browsers/" + id).status, 204u);
  EXPECT_TRUE(events.wait_end());
  const auto logs = events.all("console_log");
  ASSERT_FALSE(logs.empty());
  EXPECT_EQ(data_of(logs.back()).at("text"), "tick 200");
}

TEST_F(Stream, DeliversWhatIsRecordedBeforeItEnds) {
  open();
  EventStream events(server, id);
  say(200);
  events.wait_for("console_log", tick(200));
  EXPECT_EQ(server.remove("/browsers/" + id).status, 204u);
  EXPECT_TRUE(events.wait_end());
  EXPECT_EQ(testing::gap_in(events.all()), "");
  // A later reader gets the same.
  EventStream late(server, id);
  EXPECT_TRUE(late.wait_end());
  EXPECT_EQ(late.all(), events.all());
  EventStream rest(server, id, StreamQuery::after(events.last_id() - 2));
  EXPECT_TRUE(rest.wait_end());
  EXPECT_EQ(rest.all().size(), 2u);
}

TEST_F(Stream, IsNotFoundFromNowOnWhenTheSessionHasEnded) {
  open();
  server.remove("/browsers/" + id);
  const auto missing = server.get("/browsers/" + id + "/telemetry/stream");
  EXPECT_EQ(missing.status, 404u);
  EXPECT_NE(missing.body.at("message").get<std::string>().find("replay=all"), std::string::npos);
}

TEST_F(Stream, EndsWithTheReasonWhenTheBrowserIsKilled) {
  open();
  EventStream events(server, id);
  ::kill(session.at("browser_pid").get<pid_t>(), SIGKILL);
  const auto lost = events.wait_for("monitor_disconnected");
  EXPECT_EQ(lost.at("event").at("category"), "monitor");
  EXPECT_EQ(lost.at("event").at("source"), json({{"kind", "local_process"}}));
  EXPECT_EQ(data_of(lost), json({{"reason", "browser_exited"}}));
  EXPECT_TRUE(events.wait_end());
  EXPECT_EQ(testing::gap_in(events.all()), "");
  const auto failed = server.get("/browsers/" + id + "?include_deleted=true").body;
  EXPECT_EQ(failed.at("status"), "failed");
  EXPECT_NE(failed.at("error").get<std::string>().find("signal 9"), std::string::npos) << failed.at("error");
  EXPECT_TRUE(failed.contains("deleted_at"));
  EXPECT_EQ(server.get("/healthz").status, 200u);
}

TEST_F(Stream, KeepsItsSessionAliveAndWithoutItTheSessionTimesOut) {
  const auto idle = server.create({{"timeout_seconds", 10}, {"telemetry", capture({"console"})}});
  const auto watched = server.create({{"timeout_seconds", 10}, {"telemetry", capture({"console"})}});
  const auto id_of = [](const json& one) { return one.at("session_id").get<std::string>(); };
  EventStream events(server, id_of(watched));
  const auto created = std::chrono::steady_clock::now();
  // Listing is no use of a session; looking at it would be.
  const bool ended = testing::eventually([&] { return server.get("/browsers").body.size() == 1; });
  EXPECT_TRUE(ended);
  EXPECT_GE(std::chrono::steady_clock::now() - created, std::chrono::seconds(9));
  EXPECT_EQ(server.get("/browsers/" + id_of(idle) + "?include_deleted=1").body.at("status"), "timed_out");
  EXPECT_EQ(server.get("/browsers/" + id_of(watched)).body.at("status"), "ready");
}

}  // namespace
}  // namespace telltale::e2e

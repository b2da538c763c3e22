// The commands that people and scripts use.

#include <signal.h>

#include <sstream>

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

std::vector<json> envelopes_in(const std::string& lines) {
  std::vector<json> envelopes;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) {
    envelopes.push_back(json::parse(line, nullptr, false));
    EXPECT_TRUE(envelopes.back().is_object()) << line;
  }
  return envelopes;
}

class Command : public ::testing::Test {
 protected:
  Command() { site.add_page("/", "<script>console.log('hello')</script>"); }
  /// Runs a client command to its end.
  std::unique_ptr<testing::ChildProcess> run(const std::vector<std::string>& arguments,
                                             int expected_exit = 0) {
    auto command = server.start_command(arguments);
    EXPECT_EQ(command->wait_exit(2 * kPatience), expected_exit) << command->out() << command->err();
    return command;
  }

  TestSite site;
  TelltaleProcess server{telltale_binary(), {"--chromium", "chromium-headless-shell"}};
};

TEST_F(Command, WatchPrintsUntilTheEventThatItWasAskedFor) {
  const auto watch = run({"watch", site.url("/"), "--until", "page_load", "-o", "json"});
  const auto envelopes = envelopes_in(watch->out());
  ASSERT_FALSE(envelopes.empty());
  EXPECT_EQ(testing::gap_in(envelopes), "");
  EXPECT_EQ(envelopes.back().at("event").at("type"), "page_load");
  EXPECT_EQ(data_of(envelopes.back()).at("url"), site.url("/"));
  EXPECT_TRUE(server.get("/browsers").body.empty());
  EXPECT_EQ(server.get("/browsers?status=all").body.size(), 1u);
}

TEST_F(Command, WatchNeedsNoServer) {
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait_exit(), 0);
  const auto watch =
      run({"watch", site.url("/"), "--until", "console_log", "--chromium", "chromium-headless-shell"});
  EXPECT_NE(watch->out().find("console_log"), std::string::npos) << watch->out();
  EXPECT_NE(watch->out().find("hello"), std::string::npos) << watch->out();
  EXPECT_EQ(watch->out().find('\x1b'), std::string::npos);
  EXPECT_TRUE(server.browser_processes().empty());
}

TEST_F(Command, WatchFailsWhenTheEventDoesNotCome) {
  const auto watch = run({"watch", site.url("/"), "--until", "interaction_click", "--for", "1"}, 1);
  EXPECT_NE(watch->err().find("interaction_click"), std::string::npos) << watch->err();
  run({"watch", site.url("/"), "--until", "page_laod"}, 2);
}

TEST_F(Command, WatchEndsItsSessionOnInterrupt) {
  const auto watch = server.start_command({"watch", site.url("/"), "-o", "json"});
  EXPECT_TRUE(testing::eventually([&] { return watch->out().find("page_load") != std::string::npos; }));
  watch->signal(SIGINT);
  EXPECT_EQ(watch->wait_exit(), 0) << watch->err();
  EXPECT_TRUE(server.get("/browsers").body.empty());
}

TEST_F(Command, TelemetryStreamFollowsASessionToItsEnd) {
  const auto session = server.create(
      {{"name", "watched"}, {"start_url", site.url("/")}, {"telemetry", capture({"console", "page"})}});
  const auto stream =
      server.start_command({"telemetry", "stream", "watched", "--replay", "all", "-o", "json"});
  EXPECT_TRUE(testing::eventually([&] { return stream->out().find("page_load") != std::string::npos; }));
  server.remove("/browsers/watched");
  EXPECT_EQ(stream->wait_exit(), 0) << stream->err();
  const auto envelopes = envelopes_in(stream->out());
  EXPECT_EQ(testing::gap_in(envelopes), "");
  EventStream events(server, session.at("session_id").get<std::string>());
  EXPECT_TRUE(events.wait_end());
  EXPECT_EQ(envelopes, events.all());
  const auto logs = run({"telemetry", "stream", session.at("session_id"), "--replay", "all", "--types",
                         "console_log", "-o", "json"});
  EXPECT_EQ(envelopes_in(logs->out()), events.all("console_log"));
  run({"telemetry", "stream", "nobody"}, 1);
}

TEST_F(Command, SessionsAreCreatedListedShownAndDeleted) {
  const auto created = run({"sessions", "create", "--name", "mine", "--url", site.url("/"), "--telemetry",
                            "page,network", "--timeout", "0", "--tag", "team=blue", "-o", "json"});
  const auto session = json::parse(created->out());
  EXPECT_EQ(session.at("name"), "mine");
  EXPECT_EQ(session.at("tags"), json({{"team", "blue"}}));
  EXPECT_EQ(session.at("telemetry").at("browser").at("page").at("enabled"), true);
  EXPECT_EQ(session.at("telemetry").at("browser").at("control").at("enabled"), false);
  const auto list = run({"sessions", "list"});
  EXPECT_NE(list->out().find(session.at("session_id").get<std::string>()), std::string::npos);
  EXPECT_NE(list->out().find("mine"), std::string::npos);
  EXPECT_EQ(json::parse(run({"sessions", "list", "-o", "json"})->out()).size(), 1u);
  EXPECT_NE(run({"sessions", "get", "mine"})->out().find("ready"), std::string::npos);
  EXPECT_EQ(run({"sessions", "delete", "mine"})->out(), "");
  EXPECT_EQ(json::parse(run({"sessions", "list", "-o", "json"})->out()), json::array());
  const auto missing = run({"sessions", "delete", "mine"}, 1);
  EXPECT_NE(missing->err().find("mine"), std::string::npos) << missing->err();
  run({"sessions", "create", "--telemetry", "nonsense"}, 2);
}

TEST_F(Command, SessionsAreChangedWhileTheyLive) {
  server.create({{"name", "before"}, {"tags", {{"a", "1"}}}, {"telemetry", capture({"page", "network"})}});
  const auto updated = run({"sessions", "update", "before", "--name", "after", "--tag", "b=2", "--telemetry",
                            "console,network=off", "--viewport", "800x600", "-o", "json"});
  const auto session = json::parse(updated->out());
  EXPECT_EQ(session.at("name"), "after");
  EXPECT_EQ(session.at("tags"), json({{"b", "2"}}));
  EXPECT_EQ(session.at("viewport"), json({{"width", 800}, {"height", 600}}));
  const auto& flags = session.at("telemetry").at("browser");
  EXPECT_EQ(flags.at("console").at("enabled"), true);
  EXPECT_EQ(flags.at("network").at("enabled"), false);
  EXPECT_EQ(flags.at("page").at("enabled"), true) << "what is not named stays";
  EXPECT_EQ(flags.at("control").at("enabled"), false);
  EXPECT_EQ(server.get("/browsers/after").body.at("telemetry"), session.at("telemetry"));

  const auto off = run({"sessions", "update", "after", "--telemetry", "off", "--name", "", "-o", "json"});
  const auto quiet = json::parse(off->out());
  EXPECT_EQ(quiet.at("telemetry"), nullptr);
  EXPECT_FALSE(quiet.contains("name"));
  const auto all = run({"sessions", "update", session.at("session_id"), "--telemetry", "all", "-o", "json"});
  for (const auto& flag : json::parse(all->out()).at("telemetry").at("browser")) {
    EXPECT_EQ(flag.at("enabled"), true);
  }
  run({"sessions", "update", "after", "--telemetry", "all"}, 1);
  run({"sessions", "update", "after"}, 2);
}

TEST_F(Command, DoctorTellsWhetherTelltaleCanWork) {
  const auto well = run({"doctor", "--chromium", "chromium-headless-shell", "--listen", "127.0.0.1:0"});
  EXPECT_NE(well->out().find("/usr/lib/chromium/chromium-headless-shell"), std::string::npos) << well->out();
  const auto checks =
      run({"doctor", "--chromium", "chromium-headless-shell", "--listen", "127.0.0.1:0", "-o", "json"});
  EXPECT_FALSE(json::parse(checks->out(), nullptr, false).is_discarded()) << checks->out();
  const auto ill = run({"doctor", "--chromium", "/nowhere/chromium", "--listen", "127.0.0.1:0"}, 1);
  EXPECT_NE(ill->out().find("/nowhere/chromium"), std::string::npos) << ill->out();
}

}  // namespace
}  // namespace telltale::e2e

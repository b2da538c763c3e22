#include "cli/command_line.hpp"

#include <gtest/gtest.h>

#include <CLI/Error.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/session_request.hpp"
#include "cli/stream_selection.hpp"
#include "cli/telemetry_selection.hpp"
#include "unit/cli/surroundings.hpp"

namespace telltale::cli {
namespace {

/// Empty when the command line is accepted, else what is wrong with it.
std::string complaint(std::vector<std::string> arguments) {
  CLI::App app;
  Command chosen;
  declare_commands(app, chosen);
  std::reverse(arguments.begin(), arguments.end());  // the order that CLI11 takes from a vector
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    EXPECT_FALSE(chosen);
    return error.what();
  }
  return chosen ? "" : "nothing to run";
}

TEST(CommandLine, AcceptsWhatTheManualShows) {
  EXPECT_EQ(complaint({"serve"}), "");
  EXPECT_EQ(complaint({"serve", "--listen", "[::1]:0", "--no-auth", "--threads", "2", "--dialogs", "leave"}),
            "");
  EXPECT_EQ(complaint({"serve", "--attach", "http://127.0.0.1:9222", "--telemetry", "console,page"}), "");
  EXPECT_EQ(complaint({"serve", "--allow-origin", "http://a", "--allow-origin", "http://b"}), "");
  EXPECT_EQ(complaint({"serve", "--allow-origin", "devtools://devtools,chrome-extension://abc"}), "");
  EXPECT_EQ(complaint({"watch"}), "");
  EXPECT_EQ(complaint({"watch", "http://h/", "--for", "1.5", "--until", "page_load", "-o", "json"}), "");
  EXPECT_EQ(complaint({"sessions", "create", "--viewport", "1280x720", "--tag", "a=b", "--tag", "c="}), "");
  EXPECT_EQ(complaint({"sessions", "create", "--telemetry", "network=off"}), "");
  EXPECT_EQ(complaint({"sessions", "update", "ID", "--telemetry", "console,network=off", "-o", "json"}), "");
  EXPECT_EQ(complaint({"sessions", "update", "ID", "--name", "", "--tag", "a=b", "--viewport", "800x600"}),
            "");
  EXPECT_EQ(complaint({"sessions", "update", "ID", "--no-tags"}), "");
  EXPECT_EQ(complaint({"browsers", "list", "-o", "json"}), "");
  EXPECT_EQ(complaint({"telemetry", "stream", "ID", "--after", "17", "--types", "page_load,page_lcp"}), "");
  EXPECT_EQ(complaint({"doctor", "-o", "json"}), "");
}

TEST(CommandLine, AcceptsOptionsFromTheEnvironment) {
  const ScopedVariable listen("TELLTALE_LISTEN", "nowhere");
  EXPECT_NE(complaint({"serve"}).find("expected HOST:PORT"), std::string::npos);
}

TEST(CommandLine, RefusesAnAddressThatIsNone) {
  EXPECT_NE(complaint({"serve", "--listen", "8090"}).find("--listen"), std::string::npos);
  EXPECT_NE(complaint({"serve", "--listen", ":8090"}), "");
  EXPECT_NE(complaint({"doctor", "--listen", "x"}), "");
}

TEST(CommandLine, RefusesToServeEverybodyWithoutAToken) {
  EXPECT_NE(complaint({"serve", "--listen", "0.0.0.0:8090", "--no-auth"}).find("--no-auth"),
            std::string::npos);
  EXPECT_EQ(complaint({"serve", "--listen", "0.0.0.0:8090"}), "");
  EXPECT_NE(complaint({"serve", "--no-auth", "--token-file", "f"}), "");
}

TEST(CommandLine, RefusesValuesThatMakeNoSense) {
  EXPECT_NE(complaint({"serve", "--threads", "0"}), "");
  EXPECT_NE(complaint({"serve", "--max-sessions", "0"}), "");
  EXPECT_NE(complaint({"serve", "--dialogs", "maybe"}), "");
  EXPECT_NE(complaint({"serve", "--attach", "nonsense"}), "");
  EXPECT_NE(complaint({"serve", "--telemetry", "all"}), "") << "without --attach";
  EXPECT_NE(complaint({"sessions", "create", "--viewport", "large"}), "");
  EXPECT_NE(complaint({"sessions", "create", "--tag", "novalue"}), "");
  EXPECT_NE(complaint({"sessions", "create", "--timeout", "-1"}), "");
  EXPECT_NE(complaint({"sessions", "get"}), "") << "without id";
  EXPECT_NE(complaint({"sessions", "update", "--name", "n"}), "") << "without id";
  EXPECT_NE(complaint({"sessions", "update", "ID"}).find("nothing to change"), std::string::npos);
  EXPECT_NE(complaint({"sessions", "update", "ID", "--tag", "a=b", "--no-tags"}), "");
  EXPECT_NE(complaint({"sessions", "update", "ID", "--tag", "novalue"}), "");
  EXPECT_NE(complaint({"sessions", "update", "ID", "--viewport", "large"}), "");
  EXPECT_NE(complaint({"sessions", "update", "ID", "--telemetry", "console=maybe"}).find("console=off"),
            std::string::npos);
  EXPECT_NE(complaint({"telemetry", "stream", "ID", "--after", "0"}), "");
  EXPECT_NE(complaint({"telemetry", "stream", "ID", "--after", "3", "--replay", "all"}), "");
  EXPECT_NE(complaint({"telemetry", "stream", "ID", "--replay", "some"}), "");
  EXPECT_NE(complaint({"watch", "--for", "0"}), "");
  EXPECT_NE(complaint({"watch", "-o", "xml"}), "");
  EXPECT_NE(complaint({"nonsense"}), "");
  EXPECT_NE(complaint({}), "");
}

TEST(CommandLine, NamesTheValidCategoriesAndTypes) {
  EXPECT_NE(complaint({"sessions", "create", "--telemetry", "console,nope"}).find("interaction"),
            std::string::npos);
  EXPECT_NE(complaint({"telemetry", "stream", "ID", "--categories", "nope"}).find("monitor"),
            std::string::npos);
  EXPECT_NE(complaint({"watch", "--until", "nope"}).find("page_lcp"), std::string::npos);
}

TEST(CommandLine, RefusesToWaitForWhatItsFiltersHoldBack) {
  EXPECT_NE(complaint({"watch", "--until", "page_load", "--categories", "console"}), "");
  EXPECT_EQ(complaint({"watch", "--until", "page_load", "--categories", "console", "--types", "page_load"}),
            "");
}

TEST(TelemetrySelection, SelectsExactlyTheNamedCategories) {
  EXPECT_EQ(parse_telemetry("page,console")->names(), (std::vector<std::string_view>{"console", "page"}));
  EXPECT_EQ(parse_telemetry("all")->names().size(), 9u);
  EXPECT_TRUE(parse_telemetry("off")->empty());
  EXPECT_FALSE(parse_telemetry("monitor"));
  EXPECT_FALSE(parse_telemetry(""));
}

TEST(TelemetrySelection, LeavesCategoriesOff) {
  EXPECT_EQ(parse_telemetry("network=off")->names().size(), 8u);
  EXPECT_FALSE(parse_telemetry("network=off")->contains(telemetry::Category::network));
  EXPECT_EQ(parse_telemetry("page,console=on,network=off")->names(),
            (std::vector<std::string_view>{"console", "page"}));
  EXPECT_FALSE(parse_telemetry("console=of"));
  EXPECT_FALSE(parse_telemetry("all=off"));
  EXPECT_FALSE(parse_telemetry("monitor=off"));
}

TEST(TelemetrySelection, ChangesTheNamedCategoriesOnly) {
  const auto request = [](std::string_view text) {
    return nlohmann::json::parse(telemetry_request(*parse_telemetry_change(text)));
  };
  const nlohmann::json on{{"enabled", true}};
  const nlohmann::json off{{"enabled", false}};
  EXPECT_EQ(request("console,network=off"),
            (nlohmann::json{{"browser", {{"console", on}, {"network", off}}}}));
  EXPECT_EQ(request("console,console=off"), (nlohmann::json{{"browser", {{"console", off}}}}));
  EXPECT_EQ(request("off"), off);
  EXPECT_EQ(request("all")["browser"].size(), 9u);
  EXPECT_EQ(request("all")["browser"]["screenshot"], on);
}

TEST(SessionChange, SaysOnlyWhatTheOptionsSay) {
  const auto body = [](const SessionChange& change) { return nlohmann::json::parse(*to_json(change)); };
  SessionChange nameless;
  nameless.name = "";
  EXPECT_EQ(body(nameless), (nlohmann::json{{"name", ""}}));
  SessionChange untagged;
  untagged.no_tags = true;
  EXPECT_EQ(body(untagged), (nlohmann::json{{"tags", nlohmann::json::object()}}));
  SessionChange all;
  all.name = "n";
  all.tags = {"k=v"};
  all.viewport = "800x600";
  all.telemetry = *parse_telemetry_change("off");
  EXPECT_EQ(body(all), (nlohmann::json{{"name", "n"},
                                       {"tags", {{"k", "v"}}},
                                       {"viewport", {{"width", 800}, {"height", 600}}},
                                       {"telemetry", {{"enabled", false}}}}));
}

TEST(SessionRequest, SaysWhatTheOptionsSay) {
  SessionRequest request;
  request.name = "n";
  request.start_url = "http://h/";
  request.viewport = "800x600";
  request.tags = {"k=v=w"};
  request.categories = *parse_telemetry("page");
  const auto text = to_json(request);
  ASSERT_TRUE(text);
  const auto body = nlohmann::json::parse(*text);
  EXPECT_EQ(body["name"], "n");
  EXPECT_EQ(body["start_url"], "http://h/");
  EXPECT_EQ(body["timeout_seconds"], 0);
  EXPECT_EQ(body["headless"], true);
  EXPECT_EQ(body["viewport"], (nlohmann::json{{"width", 800}, {"height", 600}}));
  EXPECT_EQ(body["tags"], (nlohmann::json{{"k", "v=w"}}));
  EXPECT_EQ(body["telemetry"]["browser"]["page"]["enabled"], true);
  EXPECT_EQ(body["telemetry"]["browser"]["control"]["enabled"], false);
  EXPECT_FALSE(body.contains("cdp_url"));
}

TEST(SessionRequest, SwitchesTelemetryOff) {
  const auto body = nlohmann::json::parse(*to_json(SessionRequest{}));
  EXPECT_EQ(body["telemetry"], (nlohmann::json{{"enabled", false}}));
}

}  // namespace
}  // namespace telltale::cli

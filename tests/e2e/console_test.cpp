// console_log and console_error, from pages, frames and workers.

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

class Console : public BrowserTest {};
INSTANTIATE_TEST_SUITE_P(Browsers, Console, kBrowsers, browser_name);

constexpr const char* kApiCalled = "Runtime.consoleAPICalled";
constexpr const char* kThrown = "Runtime.exceptionThrown";

TEST_P(Console, ReportsEveryMethodWithItsLevel) {
  site.add_page("/", R"(<script>
console.log('a log'); console.info('an info'); console.debug('a debug'); console.warn('a warning');
console.error('an error'); console.table([{a: 1}]); console.assert(false, 'an assertion');
</script>)");
  open("/");
  const auto navigation = navigation_to("/");
  for (const auto& [text, level] : {std::pair{"a log", "log"},
                                    {"an info", "info"},
                                    {"a debug", "debug"},
                                    {"a warning", "warning"},
                                    {"an assertion", "assert"}}) {
    const auto event = events->wait_for("console_log", {{"text", text}});
    expect_cdp_event(event, "console", kApiCalled);
    expect_context(event, navigation, nav_seq_of(navigation));
    EXPECT_EQ(data_of(event).at("level"), level);
    EXPECT_EQ(data_of(event).at("args"), json::array({text}));
    EXPECT_EQ(data_of(event).at("stack_trace").at("callFrames").at(0).at("url"), site.url("/"));
  }
  const auto error = events->wait_for("console_error", {{"text", "an error"}});
  expect_cdp_event(error, "console", kApiCalled);
  EXPECT_EQ(data_of(error).at("level"), "error");
  EXPECT_FALSE(data_of(error).contains("line"));
  events->wait_for("console_log", {{"level", "table"}});
}

TEST_P(Console, ShowsArgumentsAsTextThatAPersonCanRead) {
  site.add_page("/", R"(<script>
console.log('text', 42, true, null, undefined, -0, 10n);
console.log({a: 1, b: 'x', c: {d: 2}}, [1, 'two'], new Map([['k', 1]]), /re/g);
console.log(new TypeError('broken'));
</script>)");
  open("/");
  const auto primitives = events->wait_for("console_log", {{"text", "text"}});
  EXPECT_EQ(data_of(primitives).at("args"), json({"text", "42", "true", "null", "undefined", "-0", "10n"}));
  const auto objects = events->wait_for_any("objects", [](const json& envelope) {
    return data_of(envelope).value("args", json::array()).size() == 4;
  });
  EXPECT_EQ(data_of(objects).at("args").at(0), "{a: 1, b: \"x\", c: Object}");
  EXPECT_EQ(data_of(objects).at("args").at(1), "[1, \"two\"]");
  EXPECT_EQ(data_of(objects).at("args").at(2), "Map(1) {\"k\" => 1}");
  EXPECT_EQ(data_of(objects).at("args").at(3), "/re/g");
  events->wait_for_any("error with its stack", [](const json& envelope) {
    return data_of(envelope).value("text", "").starts_with("TypeError: broken\n");
  });
}

TEST_P(Console, ReportsAnUncaughtExceptionWithItsPlace) {
  site.add("/thrower.js", "text/javascript", "// first line\n  throw new RangeError('boom');\n");
  site.add_page("/", "<script src=/thrower.js></script>");
  open("/");
  const auto navigation = navigation_to("/");
  const auto event = events->wait_for("console_error");
  expect_cdp_event(event, "console", kThrown);
  expect_context(event, navigation, nav_seq_of(navigation));
  EXPECT_EQ(data_of(event).at("text"), "Uncaught RangeError: boom");
  EXPECT_EQ(data_of(event).at("line"), 1);
  EXPECT_EQ(data_of(event).at("column"), 8);  // of `new`
  EXPECT_EQ(data_of(event).at("source_url"), site.url("/thrower.js"));
  EXPECT_FALSE(data_of(event).contains("level"));
  EXPECT_EQ(data_of(event).at("stack_trace").at("callFrames").at(0).at("lineNumber"), 1);
}

TEST_P(Console, ReportsAnUnhandledRejection) {
  site.add_page("/", "<script>Promise.reject(new TypeError('refused'))</script>");
  open("/");
  const auto event = events->wait_for("console_error");
  expect_cdp_event(event, "console", kThrown);
  EXPECT_EQ(data_of(event).at("text"), "Uncaught (in promise) TypeError: refused");
}

TEST_P(Console, ReportsFramesOfThePageAndOfOtherSites) {
  site.add_page("/same", "<script>console.log('from the same site')</script>");
  site.add_page("/other", "<script>console.log('from another site')</script>");
  site.add_page("/",
                "<iframe src=/same></iframe><iframe src='" + site.cross_site_url("/other") + "'></iframe>");
  open("/");
  const auto navigation = navigation_to("/");
  const auto same = events->wait_for("console_log", {{"text", "from the same site"}});
  expect_cdp_event(same, "console", kApiCalled, "page");
  expect_context(same, navigation, nav_seq_of(navigation));

  // A target of its own, but part of the same document of the same tab.
  const auto other = events->wait_for("console_log", {{"text", "from another site"}});
  expect_cdp_event(other, "console", kApiCalled, "iframe");
  expect_context(other, navigation, nav_seq_of(navigation));
  EXPECT_NE(data_of(other).at("target_id"), data_of(same).at("target_id"));
  EXPECT_NE(data_of(other).at("session_id"), data_of(same).at("session_id"));

  const auto frame = events->wait_for("page_navigation", {{"url", site.cross_site_url("/other")}});
  expect_cdp_event(frame, "page", "Page.frameNavigated", "iframe");
  EXPECT_EQ(data_of(frame).at("parent_frame_id"), data_of(navigation).at("frame_id"));
  EXPECT_EQ(data_of(frame).at("target_id"), data_of(other).at("target_id"));
  const auto inner = events->wait_for("page_navigation", {{"url", site.url("/same")}});
  expect_cdp_event(inner, "page", "Page.frameNavigated", "page");
  EXPECT_EQ(data_of(inner).at("parent_frame_id"), data_of(navigation).at("frame_id"));
}

TEST_P(Console, ReportsWhatAWorkerLogsAndFetches) {
  site.add("/data", "text/plain", "some data");
  site.add("/worker.js", "text/javascript",
           "console.log('from a worker'); fetch('/data').then((r) => r.text()).then((t) => console.log(t));");
  site.add_page("/", "<script>new Worker('/worker.js')</script>");
  open("/");
  const auto navigation = navigation_to("/");
  const auto log = events->wait_for("console_log", {{"text", "from a worker"}});
  expect_cdp_event(log, "console", kApiCalled, "worker");
  expect_context(log, navigation, nav_seq_of(navigation));

  const auto script = events->wait_for("network_request", {{"url", site.url("/worker.js")}});
  expect_cdp_event(script, "network", "Network.requestWillBeSent", "page");
  const auto request = events->wait_for("network_request", {{"url", site.url("/data")}});
  expect_cdp_event(request, "network", "Network.requestWillBeSent", "worker");
  EXPECT_EQ(data_of(request).at("nav_seq"), nav_seq_of(navigation));
  EXPECT_EQ(data_of(request).at("session_id"), data_of(log).at("session_id"));
  const auto response = events->wait_for("network_response", {{"url", site.url("/data")}});
  expect_cdp_event(response, "network", "Network.loadingFinished", "worker");
  EXPECT_EQ(data_of(response).at("status"), 200);
  events->wait_for("console_log", {{"text", "some data"}});
  // Chromium puts a worker's messages into the log of its page as well.
  EXPECT_EQ(events->all("console_log").size(), 2u);
}

}  // namespace
}  // namespace telltale::e2e

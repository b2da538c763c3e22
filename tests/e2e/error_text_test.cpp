// What was thrown or logged, whole.

#include <sstream>

#include "browser_test.hpp"

namespace telltale::e2e {
namespace {

class ErrorText : public BrowserTest {
 protected:
  /// Runs the script in a page; its console_error texts and console_log texts are asked for below.
  void run(const std::string& script) {
    site.add("/script.js", "text/javascript", script);
    site.add_page("/", "<script src=/script.js></script>");
    open("/", capture({"console"}));
  }
  void expect_error(const std::string& text) {
    SCOPED_TRACE(text);
    const auto event = events->wait_for("console_error", {{"text", text}});
    EXPECT_FALSE(event.at("event").contains("truncated"));
  }
  void expect_log(const std::string& first) {
    SCOPED_TRACE(first);
    events->wait_for_any(first, [&](const json& envelope) {
      const auto args = data_of(envelope).value("args", json::array());
      return !args.empty() && args.at(0) == first;
    });
  }
  /// The text of an error, without the calls in it.
  [[nodiscard]] std::string without_calls(const std::string& beginning) {
    const auto event = events->wait_for_any(beginning, [&](const json& envelope) {
      return data_of(envelope).value("text", "").starts_with(beginning);
    });
    std::string out;
    std::istringstream lines(data_of(event).at("text").get<std::string>());
    for (std::string line; std::getline(lines, line);) {
      if (line.find("    at ") == line.npos || line.find("script.js:") == line.npos) out += line + '\n';
    }
    return out;
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, ErrorText, kBrowsers, browser_name);

// F3
TEST_P(ErrorText, HasTheWholeMessageAndTheMembersOfWhatWasThrown) {
  run(R"(
const raise = (make) => setTimeout(() => { throw make() });
raise(() => new Error('Invalid input\n  at path: user.email'));
raise(() => new Error('Four\n    at the.place\n    at f (a.js:1:2)'));
raise(() => ({code: 7, message: 'obj'}));
raise(() => null);
raise(() => undefined);
raise(() => 'text\nof two lines');
raise(() => -0);
raise(() => 10n);
raise(() => Symbol('mark'));
raise(() => [1, , 'two']);
raise(() => new DOMException('gone', 'AbortError'));
raise(() => Object.assign(new Error('with members'), {code: 'E1', status: 404}));
raise(() => { const e = new Error('before'); e.message = 'changed'; return e; });
raise(() => { const e = new Error('hostile'); Object.defineProperty(e, 'stack', {get() { window.hit = 1; return 'x' }});
              return e; });
raise(() => { class ValidationError extends Error { constructor(m) { super(m); this.name = 'ValidationError';
              this.a = 1; this.b = 2; this.c = 3; this.d = 4; this.e = 5; this.f = 6; } }
              return new ValidationError('bad'); });
Promise.reject({status: 500});
Promise.reject();
)");
  expect_error("Uncaught Error: Invalid input\n  at path: user.email");
  expect_error("Uncaught Error: Four\n    at the.place\n    at f (a.js:1:2)");
  expect_error("Uncaught {code: 7, message: \"obj\"}");
  expect_error("Uncaught null");
  expect_error("Uncaught undefined");
  expect_error("Uncaught text\nof two lines");
  expect_error("Uncaught -0");
  expect_error("Uncaught 10n");
  expect_error("Uncaught Symbol(mark)");
  expect_error("Uncaught [1, empty, \"two\"]");
  expect_error("Uncaught AbortError: gone");
  expect_error("Uncaught Error: with members {code: \"E1\", status: 404}");
  expect_error("Uncaught Error: changed");
  expect_error("Uncaught Error: hostile");
  expect_error("Uncaught ValidationError: bad {a: 1, b: 2, c: 3, d: 4, …}");
  expect_error("Uncaught (in promise) {status: 500}");
  expect_error("Uncaught (in promise) undefined");
}

TEST_P(ErrorText, FollowsCausesAndLists) {
  run(R"(
const cause = (cause) => ({cause});
setTimeout(() => { throw new Error('outer', cause(new TypeError('second', cause(new RangeError('third',
  cause(new Error('fourth', cause({code: 9})))))))) });
setTimeout(() => { throw new Error('because', cause('of a text')) });
setTimeout(() => { const e = new Error('round'); e.cause = new Error('and', cause(e)); throw e; });
setTimeout(() => { throw Object.defineProperty(new Error('trap'), 'cause', {get() { window.hit = 1; return 1 }}) });
Promise.any([Promise.reject(new Error('first')), Promise.reject('plain')]);
console.error(new AggregateError([new Error('one', cause(new Error('deep'))), new TypeError('two')], 'several'));
console.error('failed:', new Error('logged', cause(new Error('inner'))));
console.log('after the errors');
)");
  EXPECT_EQ(without_calls("Uncaught Error: outer"),
            "Uncaught Error: outer\nCaused by: TypeError: second\nCaused by: RangeError: third\n"
            "Caused by: Error: fourth\nCaused by: {code: 9}\n");
  EXPECT_EQ(without_calls("Uncaught Error: because"), "Uncaught Error: because\nCaused by: \"of a text\"\n");
  EXPECT_EQ(without_calls("Uncaught Error: round"),
            "Uncaught Error: round\nCaused by: Error: and\nCaused by: [circular]\n");
  EXPECT_EQ(without_calls("Uncaught Error: trap"), "Uncaught Error: trap\nCaused by: (...)\n");
  EXPECT_EQ(without_calls("Uncaught (in promise) AggregateError"),
            "Uncaught (in promise) AggregateError: All promises were rejected\n  [0]: Error: first\n  [1]: plain\n");
  EXPECT_EQ(without_calls("AggregateError: several"),
            "AggregateError: several\n  [0]: Error: one\n  Caused by: Error: deep\n  [1]: TypeError: two\n");
  const auto logged = events->wait_for("console_error", {{"text", "failed:"}});
  EXPECT_NE(data_of(logged).at("args").at(1).get<std::string>().find("\nCaused by: Error: inner"), std::string::npos);
  // What was asked for did not change the order: what was logged after the errors comes after them.
  EXPECT_LT(logged.at("seq"), events->wait_for("console_log", {{"text", "after the errors"}}).at("seq"));
  EXPECT_EQ(driver().evaluate(driver().attach(site.url("/")), "window.hit"), nullptr) << "no getter was run";
}

TEST_P(ErrorText, IsWholeInWorkersAndFramesOfOtherSites) {
  site.add("/worker.js", "text/javascript", "throw new Error('in a worker', {cause: new Error('below', {cause: 1})})");
  site.add_page("/frame", "<script>throw new Error('in a frame', {cause: new Error('under', {cause: 2})})</script>");
  site.add_page("/", "<script>new Worker('/worker.js')</script><iframe src='" +
                         site.cross_site_url("/frame") + "'></iframe>");
  open("/", capture({"console"}));
  for (const auto& [first, last] : {std::pair{"Uncaught Error: in a worker", "Caused by: 1"},
                                    {"Uncaught Error: in a frame", "Caused by: 2"}}) {
    const auto event = events->wait_for_any(first, [&, begin = std::string(first)](const json& envelope) {
      return data_of(envelope).value("text", "").starts_with(begin);
    });
    EXPECT_TRUE(data_of(event).at("text").get<std::string>().ends_with(last)) << event.dump();
  }
}

// A page that hangs after an error does not hold the record up.
TEST_P(ErrorText, IsPublishedThoughThePageAnswersNoMore) {
  run("setTimeout(() => { throw new Error('stuck', {cause: new Error('known')}) });"
      "addEventListener('error', () => setTimeout(() => { for (const end = Date.now() + 3000; Date.now() < end;);"
      " }));");
  EXPECT_TRUE(without_calls("Uncaught Error: stuck").starts_with("Uncaught Error: stuck\nCaused by: Error: known\n"));
}

// F19
TEST_P(ErrorText, ShowsLogsAsDevToolsDoes) {
  run(R"(
console.log([1, , 3]); console.log([, , 1]); console.log([1, , ]); console.log([, ]); console.log(new Array(5));
console.log(Object.assign([1, , 2], {x: 1})); console.log([[1, , 2], [, 'a']]); console.log([undefined, , null]);
console.log([]); console.log(new Map([[1, [, 2]]])); console.log([-0, 5n, Symbol('s')]);
class Point { constructor() { this.x = 1 } get y() { return 2 } } console.log(new Point());
console.log({get a() { return 1 }, f() {}}); console.log({e: new Error('in an object')});
console.log('%s is %d and %i, %f %o %O%c styled%c %% %x', 'A', 42.5, 42.9, 1.5, {a: 1}, [1, , 2],
            'color:red', '', 'rest', 9);
console.log('100% of %s'); console.log('%s'); console.error('%s failed', 'it');
)");
  for (const char* shown :
       {"[1, empty, 3]", "[empty × 2, 1]", "[1, empty]", "[empty]", "[empty × 5]", "[1, empty, 2, x: 1]",
        "[undefined, empty, null]", "[]", "[-0, 5n, Symbol(s)]", "Point {x: 1}",
        "{a: (...), f: function}", "{e: Error: in an object}"}) {
    expect_log(shown);
  }
  const auto formatted = events->wait_for_any("the formatted message", [](const json& envelope) {
    return data_of(envelope).value("text", "").starts_with("A is");
  });
  EXPECT_EQ(data_of(formatted).at("text"), "A is 42 and 42, 1.5 {a: 1} [1, empty, 2] styled % %x rest 9");
  EXPECT_EQ(data_of(formatted).at("args").at(0), "%s is %d and %i, %f %o %O%c styled%c %% %x");
  events->wait_for("console_log", {{"text", "100% of %s"}});
  events->wait_for("console_error", {{"text", "it failed"}});
}

}  // namespace
}  // namespace telltale::e2e

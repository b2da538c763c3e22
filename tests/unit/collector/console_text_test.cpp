#include "collector/console_text.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "cdp/decode.hpp"
#include "support/paths.hpp"

namespace telltale::collector {
namespace {

// console.log("hello", 1, {a:1,b:"x",c:[1,2],d:{e:1}}, [1,"2",null], new Map([["k",{z:1}]]), new Set([1]),
// undefined, 10n,
//             Symbol("q"), function f(){}, new Error("boom"), document.body, new Date(0), /x/g, NaN)
TEST(ConsoleText, ShowsTheArgumentsOfARealCallUsefully) {
  std::ifstream in(testing::source_path("tests/unit/cdp/frames/Runtime.consoleAPICalled.json"));
  std::ostringstream text;
  text << in.rdbuf();
  const auto frame = cdp::decode_copy(text.str());
  ASSERT_TRUE(frame);
  const auto& call = std::get<cdp::runtime::ConsoleApiCalled>(std::get<cdp::Notification>(*frame).event);
  std::vector<std::string> shown;
  for (const auto& arg : call.args) shown.push_back(console_text(arg));
  ASSERT_EQ(shown.size(), 15u);
  EXPECT_EQ(shown[0], "hello");
  EXPECT_EQ(shown[1], "1");
  EXPECT_EQ(shown[2], R"({a: 1, b: "x", c: Array(2), d: Object})");
  EXPECT_EQ(shown[3], R"([1, "2", null])");
  EXPECT_EQ(shown[4], R"(Map(1) {"k" => {z: 1}})");
  EXPECT_EQ(shown[5], "Set(1) {1}");
  EXPECT_EQ(shown[6], "undefined");
  EXPECT_EQ(shown[7], "10n");
  EXPECT_EQ(shown[8], "Symbol(q)");
  EXPECT_EQ(shown[9], "function f(){}");
  EXPECT_TRUE(shown[10].starts_with("Error: boom\n    at ")) << shown[10];
  EXPECT_EQ(shown[11], "body");
  EXPECT_TRUE(shown[12].starts_with("Thu Jan 01 1970")) << shown[12];
  EXPECT_EQ(shown[13], "/x/g");
  EXPECT_EQ(shown[14], "NaN");
}

cdp::runtime::ExceptionDetails details(std::string text, std::optional<cdp::runtime::RemoteObject> thrown) {
  cdp::runtime::ExceptionDetails out;
  out.text = std::move(text);
  out.exception = std::move(thrown);
  return out;
}

cdp::runtime::RemoteObject value(std::string text, bool is_string) {
  cdp::runtime::RemoteObject out;
  out.value = base::JsonScalar{std::move(text), is_string};
  return out;
}

TEST(ExceptionText, JoinsTheLabelAndWhatWasThrown) {
  cdp::runtime::RemoteObject error;
  error.description = "Error: boom\n    at f (x.js:1)";
  EXPECT_EQ(exception_text(details("Uncaught (in promise)", error)), "Uncaught (in promise) Error: boom");
  error.description = "Uncaught Error: boom";
  EXPECT_EQ(exception_text(details("Uncaught", error)), "Uncaught Error: boom");
  EXPECT_EQ(exception_text(details("Uncaught", value("plain text", true))), "Uncaught plain text");
  EXPECT_EQ(exception_text(details("Uncaught", value("42", false))), "Uncaught 42");
  EXPECT_EQ(exception_text(details("Uncaught", value("null", false))), "Uncaught null");
  EXPECT_EQ(exception_text(details("Script error.", std::nullopt)), "Script error.");
}

std::string head_of(std::string_view description, std::optional<std::string_view> message = std::nullopt) {
  return std::string(split_error(description, message).head);
}

TEST(SplitError, TellsTheCallsFromTheMessage) {
  EXPECT_EQ(head_of("Error: a\n  at path: b\n    at f (http://x/a.js:1:2)\n    at http://x/a.js:3:4"),
            "Error: a\n  at path: b");
  EXPECT_EQ(head_of("Error: a\n    at Array.map (<anonymous>)\n    at async Promise.all (index 0)"), "Error: a");
  EXPECT_EQ(head_of("Error: a\n    at eval (eval at f (a.js:1:2), <anonymous>:1:7)"), "Error: a");
  EXPECT_EQ(head_of("Error: a\n    at wasm://wasm/0a1b:wasm-function[3]:0x1f"), "Error: a");
  EXPECT_EQ(head_of("Error: a\n    at path: user.email"), "Error: a\n    at path: user.email");
  EXPECT_EQ(head_of("Error\n    at f (a.js:1:2)"), "Error");
  EXPECT_EQ(head_of("Error: only"), "Error: only");
  // A message that looks like calls is known from the error itself.
  EXPECT_EQ(head_of("Error: a\n    at g (b.js:1:2)\n    at f (a.js:3:4)", "a\n    at g (b.js:1:2)"),
            "Error: a\n    at g (b.js:1:2)");
}

cdp::runtime::RemoteObject error_object(std::string description) {
  cdp::runtime::RemoteObject out;
  out.type = "object";
  out.subtype = "error";
  out.description = std::move(description);
  return out;
}

TEST(ErrorText, ShowsTheTreeOfCausesAndLists) {
  using Way = ErrorNode::Way;
  const std::vector<ErrorNode> nodes = {{Way::root, 0, error_object("AggregateError: all\n    at f (a.js:1:2)")},
                                        {Way::listed, 1, error_object("Error: one\n    at g (a.js:1:2)")},
                                        {Way::cause, 2, error_object("Error: deep")},
                                        {Way::listed, 1, value("two", true)},
                                        {Way::cause, 1, error_object("Error: why")},
                                        {Way::circular_cause, 2, {}}};
  EXPECT_EQ(error_text(nodes, false),
            "AggregateError: all\n  [0]: Error: one\n    at g (a.js:1:2)\n  Caused by: Error: deep\n  [1]: two\n"
            "Caused by: Error: why\nCaused by: [circular]");
  EXPECT_TRUE(error_text(nodes, true).starts_with("AggregateError: all\n    at f (a.js:1:2)\n  [0]: "));
}

TEST(ErrorNodes, RefuseWhatIsNoWalk) {
  const auto nodes = [](std::string ways, std::size_t objects) {
    cdp::runtime::GetPropertiesResult result;
    result.result.push_back({"0", value(std::move(ways), true)});
    for (std::size_t i = 1; i <= objects; ++i) result.result.push_back({std::to_string(i), value("1", false)});
    return error_nodes(result);
  };
  ASSERT_EQ(nodes("r0c1r0", 3).size(), 2u);
  EXPECT_EQ(nodes("r0c1r0", 3).at(0).size(), 2u);
  EXPECT_TRUE(nodes("c1", 1).empty());
  EXPECT_TRUE(nodes("r0", 2).empty());
  EXPECT_TRUE(nodes("x0", 1).empty());
  EXPECT_TRUE(nodes("", 1).empty());
}

}  // namespace
}  // namespace telltale::collector

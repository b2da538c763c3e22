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
  EXPECT_EQ(exception_text(details("Uncaught", value("null", false))), "Uncaught");
  EXPECT_EQ(exception_text(details("Script error.", std::nullopt)), "Script error.");
}

}  // namespace
}  // namespace telltale::collector

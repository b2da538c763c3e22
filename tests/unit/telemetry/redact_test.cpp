#include "telemetry/redact.hpp"

#include <gtest/gtest.h>

namespace telltale::telemetry {
namespace {

std::string url(std::string text) {
  SecretText({"session"}).mask_url(text);
  return text;
}

TEST(SecretText, MasksQueryValuesByName) {
  EXPECT_EQ(url("https://h/p?q=1&token=abc&x=2"), "https://h/p?q=1&token=[redacted]&x=2");
  EXPECT_EQ(url("/p?Password=a%20b#top"), "/p?Password=[redacted]#top");
  EXPECT_EQ(url("https://h/?api_key=1;secret=2"), "https://h/?api_key=[redacted];secret=[redacted]");
  EXPECT_EQ(url("https://h/?user[password]=1&user%5Bpassword%5D=2"),
            "https://h/?user[password]=[redacted]&user%5Bpassword%5D=[redacted]");
  EXPECT_EQ(url("https://h/?%74oken=1&tok%zz=2"), "https://h/?%74oken=[redacted]&tok%zz=2");
  EXPECT_EQ(url("https://h/?SESSION=1"), "https://h/?SESSION=[redacted]") << "a configured name";
}

TEST(SecretText, MasksWhatSignInFlowsHandBackInTheFragment) {
  EXPECT_EQ(url("https://h/cb#access_token=abc&state=1"), "https://h/cb#access_token=[redacted]&state=1");
  EXPECT_EQ(url("https://h/#/cb?access_token=abc"), "https://h/#/cb?access_token=[redacted]");
}

TEST(SecretText, MasksThePasswordInFrontOfAHost) {
  EXPECT_EQ(url("https://me:pass@h:8080/a@b:c"), "https://me:[redacted]@h:8080/a@b:c");
  EXPECT_EQ(url("https://h:8080/a@b"), "https://h:8080/a@b");
}

TEST(SecretText, LeavesOtherUrlsByteForByte) {
  for (const char* text :
       {"", "about:blank", "https://h/token=1/password", "https://h/?tokens=1&xpassword=2&token",
        "https://h/?token=", "https://h/?token&x=1", "data:text/plain,hello", "?", "#", "://"}) {
    EXPECT_EQ(url(text), text);
  }
}

std::string body(std::string text) {
  SecretText().mask_body(text);
  return text;
}

TEST(SecretText, MasksMembersOfJsonAtAnyDepth) {
  EXPECT_EQ(body(R"({"user":"u","password":"p\"q","n":{"token" : [1,{"a":"]"}],"k":2}})"),
            R"({"user":"u","password":"[redacted]","n":{"token" : "[redacted]","k":2}})");
  EXPECT_EQ(body(R"([{"secret":12.5},{"secret":null},{"note":"token"}])"),
            R"([{"secret":"[redacted]"},{"secret":"[redacted]"},{"note":"token"}])");
  EXPECT_EQ(body("{\"a\":1}\n{\"api_key\":\"k\"}\n"), "{\"a\":1}\n{\"api_key\":\"[redacted]\"}\n")
      << "JSON lines";
}

TEST(SecretText, MasksJsonThatWasCutOff) {
  EXPECT_EQ(body(R"({"a":1,"token":"abc)"), R"({"a":1,"token":"[redacted]")");
  EXPECT_EQ(body(R"({"a":1,"token":{"x":"y)"), R"({"a":1,"token":"[redacted]")");
  for (const char* text :
       {R"({"a":1,"token":)", R"({"a":1,"token")", R"({"a":1,"tok)", R"({"a":"\)", "{", "["}) {
    EXPECT_EQ(body(text), text);
  }
}

TEST(SecretText, MasksForms) {
  EXPECT_EQ(body("user=u&password=p%26q"), "user=u&password=[redacted]");
  EXPECT_EQ(body("--B\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nu\r\n"
                 "--B\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\np\r\nq\r\n--B--\r\n"),
            "--B\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nu\r\n"
            "--B\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n[redacted]\r\n--B--\r\n");
  EXPECT_EQ(body("--B\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nab"),
            "--B\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n[redacted]");
}

TEST(SecretText, LeavesOtherTextAlone) {
  for (const char* text : {"", " ", "hello", "the token=1", "<a href='?token=1'>", "--", "--x\r\n"}) {
    EXPECT_EQ(body(text), text);
  }
}

NetworkRequest request() {
  NetworkRequest data;
  data.context.url = "https://h/?token=1";
  data.document_url = "https://h/doc?secret=1";
  data.headers.members = {{"Authorization", {R"("Bearer b")"}},
                          {"Referer", {R"("https://h/?token=1&a=\"")"}},
                          {"X-Team", {R"("t")"}},
                          {"Accept", {R"("*/*")"}}};
  data.post_data = base::Secret<std::string>("password=1");
  return data;
}

NetworkRequest redacted(Redaction level) {
  Event event{.source = {}, .data = request()};
  Redactor(level, {"x-team"}).apply(event);
  return std::get<NetworkRequest>(event.data);
}

TEST(Redactor, MasksHeadersUrlsAndBodies) {
  const auto data = redacted(Redaction::standard);
  EXPECT_EQ(data.context.url, "https://h/?token=[redacted]");
  EXPECT_EQ(data.document_url, "https://h/doc?secret=[redacted]");
  EXPECT_EQ(data.headers.members[0].second.text, R"("[redacted]")");
  EXPECT_EQ(data.headers.members[1].second.text, R"("https://h/?token=[redacted]&a=\"")");
  EXPECT_EQ(data.headers.members[2].second.text, R"("[redacted]")") << "a configured name";
  EXPECT_EQ(data.headers.members[3].second.text, R"("*/*")");
  EXPECT_EQ(data.post_data->reveal(), "password=[redacted]");
}

TEST(Redactor, LeavesBodiesOutWhereItIsStrict) {
  const auto data = redacted(Redaction::strict);
  EXPECT_FALSE(data.post_data);
  EXPECT_EQ(data.context.url, "https://h/?token=[redacted]");
}

TEST(Redactor, LeavesEverythingWhereItIsNone) {
  EXPECT_EQ(base::to_json(redacted(Redaction::none), base::Secrets::reveal),
            base::to_json(request(), base::Secrets::reveal));
}

TEST(Redactor, ReachesUrlsInsideStructures) {
  ConsoleError data;
  data.source_url = "https://h/a.js?token=1";
  CallStack inner;
  inner.call_frames.push_back({"f", "1", "https://h/b.js?token=2", 0, 0});
  CallStack outer;
  outer.parent = base::Boxed<CallStack>(inner);
  data.stack_trace = outer;
  Event event{.source = {}, .data = data};
  Redactor(Redaction::standard).apply(event);
  const auto& result = std::get<ConsoleError>(event.data);
  EXPECT_EQ(result.source_url, "https://h/a.js?token=[redacted]");
  EXPECT_EQ((*result.stack_trace->parent)->call_frames[0].url, "https://h/b.js?token=[redacted]");
}

}  // namespace
}  // namespace telltale::telemetry

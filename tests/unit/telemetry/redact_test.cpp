#include "telemetry/redact.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "golden/derived_files.hpp"
#include "support/paths.hpp"

namespace telltale::telemetry {
namespace {

std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 1 < text.size();
    const char c = escape ? text[++i] : text[i];
    result += !escape ? c : c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
  }
  return result;
}

std::string masked(const SecretText& secrets, const std::string& where, const std::string& redact, std::string text) {
  if (where == "url") {
    secrets.mask_url(text);
  } else if (where == "body") {
    secrets.mask_body(text);
  } else if (where == "text" && redact == "strict") {
    secrets.mask_everything(text);
  } else if (where == "text") {
    secrets.mask_text(text);
  } else {
    base::Object<base::RawJson> headers;
    headers.members.emplace_back(where.substr(where.find(' ') + 1), base::RawJson{text});
    Redactor(Redaction::standard).apply(headers);
    text = headers.members.front().second.text;
  }
  return text;
}

// C4
TEST(SecretText, MasksWhatItsTableShows) {
  const auto samples = golden::redactions(testing::source_path());
  EXPECT_GE(samples.size(), 90u);
  for (const auto& [where, redact, before, after, note] : samples) {
    const auto input = unescaped(before);
    const auto output = masked(SecretText(), where, redact, input);
    EXPECT_EQ(output, unescaped(after)) << where << ' ' << redact << ": " << before;
    EXPECT_EQ(masked(SecretText(), where, redact, output), output) << "what is masked stays: " << before;
  }
}

TEST(SecretText, StaysInsideOfTextThatIsCutOffAnywhere) {
  for (const auto& sample : golden::redactions(testing::source_path())) {
    const auto input = unescaped(sample.before);
    for (std::size_t size = 0; size <= input.size(); ++size) {
      masked(SecretText(), sample.where.starts_with("header") ? "text" : sample.where, sample.redact, input.substr(0, size));
    }
  }
}

TEST(SecretText, TakesConfiguredNamesAsItTakesItsOwn) {
  const SecretText secrets({"X-Team", "pin2"});
  EXPECT_TRUE(secrets.is_secret("x_team"));
  EXPECT_TRUE(secrets.is_secret("user[xTeam]"));
  EXPECT_TRUE(secrets.is_secret_header("x-team"));
  EXPECT_TRUE(secrets.is_secret("PIN2"));
  EXPECT_FALSE(secrets.is_secret("pin"));
  EXPECT_FALSE(secrets.is_secret(""));
  EXPECT_FALSE(secrets.is_secret("[]"));
}

// A page may choose its texts so that looking through them take long.
TEST(SecretText, TakesTimeInProportionToTheText) {
  for (const std::string_view unit : {"a://", "eyJ", "&", "<a ", "<token>", "token=a ", "{\"a\":", "\"", "%22", "?a=b%26", ";a",
                                      "earer ", "\\\"", "[{\"name\":\"token\",", "\"code\":", "--\r\n\r\n", "x.eyJ.", "token:"}) {
    std::string text;
    while (text.size() < 200'000) text += unit;
    const auto cpu = std::clock();
    for (const auto* where : {"url", "body", "text"}) masked(SecretText(), where, "strict", text);
    // Some tenths of a second even so; a scan that were quadratic would take minutes.
    EXPECT_LT(static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC, 10) << unit;
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

TEST(Redactor, MasksTokensInAnyText) {
  ConsoleLog data;
  data.text = "sent Bearer abc.123";
  data.args = {{"Bearer abc.123", "password: x"}};
  Event event{.source = {}, .data = data};
  Redactor(Redaction::standard).apply(event);
  const auto& result = std::get<ConsoleLog>(event.data);
  EXPECT_EQ(result.text, "sent Bearer [redacted]");
  EXPECT_THAT(*result.args, ::testing::ElementsAre("Bearer [redacted]", "password: x"));
  Redactor(Redaction::strict).apply(event);
  EXPECT_EQ(std::get<ConsoleLog>(event.data).args->at(1), "password: [redacted]");
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

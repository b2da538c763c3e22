#include "api/event_request.hpp"

#include <gtest/gtest.h>

namespace telltale::api {
namespace {

using telemetry::SourceKind;

ExternalEvent accepted(std::string_view body) {
  auto event = parse_event_request(body);
  EXPECT_TRUE(event) << body << ": " << base::to_string(event.error());
  return event ? std::move(*event) : ExternalEvent{};
}

// Everything that is wrong, as one line.
std::string refused(std::string_view body) {
  const auto event = parse_event_request(body);
  EXPECT_FALSE(event) << body;
  return event ? "" : base::to_string(event.error());
}

constexpr std::string_view kSolved =
    R"({"type":"captcha_solve_result","source":{"kind":"extension","event":"solved","metadata":{"solver":"s"}},)"
    R"("data":{"captcha_type":"turnstile","duration_ms":1200,"status":"success","website_host":"a.test"}})";

TEST(EventRequest, IsReadIntoTheTypeThatItNames) {
  const auto event = accepted(kSolved);
  const auto& result = std::get<telemetry::CaptchaSolveResult>(event.data);
  EXPECT_EQ(result.captcha_type, telemetry::CaptchaType::turnstile);
  EXPECT_EQ(result.duration_ms, 1200);
  EXPECT_EQ(result.website_host, "a.test");
  EXPECT_FALSE(result.error_code);
  EXPECT_EQ(event.source.kind, SourceKind::extension);
  EXPECT_EQ(event.source.event, "solved");
  EXPECT_EQ(event.source.metadata->members.front(), std::pair(std::string("solver"), std::string("s")));
}

TEST(EventRequest, HasASourceOfItsTypeByDefaultButNeverTheBrowserOrTelltale) {
  const auto kind = [](std::string_view body) { return accepted(body).source.kind; };
  EXPECT_EQ(kind(R"({"type":"captcha_solve_result",)"
                 R"("data":{"captcha_type":"other","duration_ms":1,"status":"timeout"}})"),
            SourceKind::extension);
  EXPECT_EQ(kind(R"({"type":"service_crashed","data":{"phase":"running","service_name":"solver"}})"),
            SourceKind::local_process);
  EXPECT_EQ(kind(R"({"type":"console_error","data":{"text":"no"}})"), SourceKind::local_process);
  EXPECT_EQ(kind(R"({"type":"cdp_connect","source":{}})"), SourceKind::local_process);
  EXPECT_EQ(kind(R"({"type":"cdp_connect","source":{"kind":"extension","event":"","metadata":{}}})"),
            SourceKind::extension);
}

TEST(EventRequest, LeavesEmptySourceFieldsOut) {
  const auto event = accepted(R"({"type":"cdp_connect","source":{"event":"","metadata":{}}})");
  EXPECT_FALSE(event.source.event || event.source.metadata);
}

TEST(EventRequest, TakesTheCategoryFromTheType) {
  accepted(R"({"type":"cdp_connect","category":"console"})");
  EXPECT_TRUE(refused(R"({"type":"cdp_connect","category":"nonsense"})").starts_with("category: "));
}

TEST(EventRequest, NamesWhatIsWrong) {
  EXPECT_TRUE(refused("").contains("JSON"));
  EXPECT_TRUE(refused("{}").starts_with("type: "));
  EXPECT_TRUE(refused(R"({"type":"no_such_type"})").starts_with("type: "));
  EXPECT_TRUE(refused(R"({"type":"captcha_solve_result"})").starts_with("data: "));
  EXPECT_TRUE(refused(R"({"type":"captcha_solve_result","data":null})").starts_with("data: "));
  EXPECT_TRUE(refused(R"({"type":"captcha_solve_result","data":[]})").starts_with("data: "));
  EXPECT_TRUE(refused(R"({"type":"captcha_solve_result","data":{"captcha_type":"chess","duration_ms":1,)"
                      R"("status":"success"}})")
                  .starts_with("data.captcha_type: "));
  EXPECT_TRUE(refused(R"({"type":"captcha_solve_result","data":{"captcha_type":"other","status":"success"}})")
                  .starts_with("data.duration_ms: "));
  EXPECT_TRUE(
      refused(R"({"type":"console_error","data":{"text":"x","txet":"y"}})").starts_with("data.txet: "));
  EXPECT_TRUE(
      refused(R"({"type":"cdp_connect","source":{"kind":"kernel_api"}})").starts_with("source.kind: "));
  EXPECT_TRUE(refused(R"({"type":"cdp_connect","source":{"kind":"me"}})").starts_with("source.kind: "));
  EXPECT_TRUE(refused(R"({"type":"cdp_connect","ts":5})").starts_with("ts: "));
  EXPECT_TRUE(refused(R"({"type":"cdp_connect","seq":5})").starts_with("seq: "));
}

TEST(EventRequest, BoundsWhatStandsBeforeTheData) {
  const auto with_source = [](const std::string& source) {
    return R"({"type":"cdp_connect","source":)" + source + "}";
  };
  EXPECT_TRUE(
      refused(with_source(R"({"event":")" + std::string(257, 'e') + "\"}")).starts_with("source.event"));
  EXPECT_TRUE(refused(with_source(R"({"metadata":{"k":")" + std::string(1025, 'v') + "\"}}"))
                  .starts_with("source.metadata.k: "));
  EXPECT_TRUE(refused(with_source(R"({"metadata":{")" + std::string(129, 'k') + R"(":"v"}})"))
                  .starts_with("source.metadata: "));
  std::string many;
  for (int i = 0; i < 33; ++i) many += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":\"v\"";
  EXPECT_TRUE(refused(with_source(R"({"metadata":{)" + many + "}}")).starts_with("source.metadata: "));
}

}  // namespace
}  // namespace telltale::api

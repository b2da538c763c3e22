#include "telemetry/envelope.hpp"
#include "telemetry/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>


namespace telltale::telemetry {
namespace {

using base::Errc;
using base::Secrets;
using testing::HasSubstr;
using testing::Not;

std::string encode(const Event& event, Secrets secrets = Secrets::mask) {
  std::string out;
  encode_envelope(out, base::Seq{7}, event, secrets);
  return out;
}

Event key_event() {
  Event event;
  event.ts_us = 1763704800000000;
  event.source = source_of(InteractionKey::kEvent);
  event.data = InteractionKey{
      .context = {}, .key = base::Secret<std::string>(std::string("a")), .selector = "#pin", .tag = "INPUT"};
  return event;
}

Event event_with_text_of(std::size_t bytes) {
  Event event;
  event.source = source_of(ConsoleLog::kEvent);
  ConsoleLog data;
  data.text = std::string(bytes, 'x');
  event.data = std::move(data);
  return event;
}

TEST(Envelope, HasSeqTimeTypeCategorySourceAndData) {
  EXPECT_EQ(encode(key_event(), Secrets::reveal),
            R"({"seq":7,"event":{"ts":1763704800000000,"type":"interaction_key","category":"interaction",)"
            R"("source":{"kind":"cdp","event":"Runtime.bindingCalled"},)"
            R"("data":{"key":"a","selector":"#pin","tag":"INPUT"}}})");
}

TEST(Envelope, MasksSecretsUnlessRedactionIsOff) {
  EXPECT_THAT(encode(key_event()), HasSubstr(R"("data":{"key":"[redacted]",)"));
}

TEST(Envelope, IsAppendedToTheBuffer) {
  std::string out = "data: ";
  encode_envelope(out, base::Seq{1}, key_event(), Secrets::mask);
  EXPECT_TRUE(out.starts_with(R"(data: {"seq":1,)"));
}

TEST(Envelope, LeavesDataOutForTypesWithoutMembers) {
  Event event;
  event.source = source_of(CdpConnect::kEvent);
  event.data = CdpConnect{};
  EXPECT_EQ(encode(event), R"({"seq":7,"event":{"ts":0,"type":"cdp_connect","category":"connection",)"
                           R"("source":{"kind":"kernel_api"}}})");
}

TEST(Envelope, KeepsEmptyDataForTypesWithOnlyOptionalMembers) {
  Event event;
  event.data = NetworkIdle{};
  EXPECT_THAT(encode(event), HasSubstr(R"("data":{}}})"));
}

TEST(Envelope, IsTruncatedAboveTheLimitAndNotAtIt) {
  const std::string mark = R"(,"truncated":true)";
  const std::size_t overhead = encode(event_with_text_of(0)).size() + mark.size();
  const std::size_t fits = telemetry::limits::kEnvelopeBytes - overhead;
  EXPECT_THAT(encode(event_with_text_of(fits)), Not(HasSubstr("truncated")));
  const auto cut = encode(event_with_text_of(fits + 1));
  EXPECT_EQ(cut.size(), telemetry::limits::kEnvelopeBytes);
  EXPECT_TRUE(cut.ends_with(R"(xxx...[truncated]"},"truncated":true}})"));
}

Event event_with_arguments(std::size_t count, std::size_t bytes) {
  Event event;
  event.source = source_of(ConsoleLog::kEvent);
  ConsoleLog data;
  data.args.emplace(count, std::string(bytes, 'x'));
  event.data = std::move(data);
  return event;
}

TEST(Envelope, LosesItsDataWhenCuttingStringsIsNotEnough) {
  EXPECT_EQ(encode(event_with_arguments(30'000, 60)),
            R"({"seq":7,"event":{"ts":0,"type":"console_log","category":"console",)"
            R"("source":{"kind":"cdp","event":"Runtime.consoleAPICalled"},"data":null,"truncated":true}})");
}

TEST(Envelope, StaysTruncatedWhenReadAndWrittenAgain) {
  for (const auto& event :
       {event_with_text_of(2 * telemetry::limits::kEnvelopeBytes), event_with_arguments(30'000, 60)}) {
    const std::string text = encode(event);
    const auto envelope = decode_envelope(text);
    ASSERT_TRUE(envelope) << envelope.error().message;
    EXPECT_NE(envelope->event.truncation, Truncation::none);
    EXPECT_TRUE(std::holds_alternative<ConsoleLog>(envelope->event.data));
    EXPECT_EQ(encode(envelope->event), text);
  }
}

TEST(DecodeEnvelope, SkipsMembersOfANewerVersion) {
  const auto envelope = decode_envelope(
      R"({"seq":3,"epoch":1,"event":{"ts":5,"type":"page_load","category":"page","severity":2,)"
      R"("source":{"kind":"cdp","host":"h"},"data":{"cdp_timestamp":1.5,"paint":7}}})");
  ASSERT_TRUE(envelope) << envelope.error().message;
  EXPECT_EQ(envelope->seq, base::Seq{3});
  EXPECT_EQ(std::get<PageLoad>(envelope->event.data).cdp_timestamp, 1.5);
}

TEST(DecodeEnvelope, AnswersNotFoundForAnUnknownType) {
  const auto envelope = decode_envelope(
      R"({"seq":3,"event":{"ts":5,"type":"page_melted","category":"page","source":{"kind":"cdp"},"data":{}}})");
  ASSERT_FALSE(envelope);
  EXPECT_EQ(envelope.error().code, Errc::not_found);
  EXPECT_THAT(envelope.error().message, HasSubstr("page_melted"));
}

TEST(DecodeEnvelope, NamesEveryViolation) {
  const auto envelope = decode_envelope(
      R"({"event":{"ts":"now","type":"page_load","category":"page","source":{"kind":"dream"}}})");
  ASSERT_FALSE(envelope);
  EXPECT_EQ(envelope.error().code, Errc::invalid_argument);
  EXPECT_EQ(
      envelope.error().message,
      "seq: is required; event.ts: must be an integer, not a string; event.source.kind: must be one of cdp, "
      "kernel_api, extension, local_process; event.data: is required");
}

TEST(DecodeEnvelope, RefusesWhatIsNoEnvelope) {
  for (const char* text :
       {"", "7", "[]", "{}", R"({"seq":1,"event":{}})", R"({"seq":1,"event":{"type":5}})"}) {
    const auto envelope = decode_envelope(text);
    ASSERT_FALSE(envelope) << text;
    EXPECT_EQ(envelope.error().code, Errc::invalid_argument) << text;
  }
}

TEST(Catalog, HasTheThirtyTypesOfThePublicContract) {
  constexpr std::array<std::string_view, 30> kNames = {"console_log",
                                                       "console_error",
                                                       "network_request",
                                                       "network_response",
                                                       "network_loading_failed",
                                                       "network_idle",
                                                       "page_navigation",
                                                       "page_dom_content_loaded",
                                                       "page_load",
                                                       "page_tab_opened",
                                                       "page_layout_shift",
                                                       "page_lcp",
                                                       "page_layout_settled",
                                                       "page_navigation_settled",
                                                       "interaction_click",
                                                       "interaction_key",
                                                       "interaction_scroll_settled",
                                                       "api_call",
                                                       "cdp_connect",
                                                       "cdp_disconnect",
                                                       "live_view_connect",
                                                       "live_view_disconnect",
                                                       "service_crashed",
                                                       "system_oom_kill",
                                                       "monitor_screenshot",
                                                       "captcha_solve_result",
                                                       "monitor_disconnected",
                                                       "monitor_reconnected",
                                                       "monitor_reconnect_failed",
                                                       "monitor_init_failed"};
  for (const auto name : kNames) EXPECT_NE(find_event_type(name), nullptr) << name;
}

TEST(Catalog, NamesEachTypeOnce) {
  std::set<std::string_view> names;
  for (const auto& type : all_event_types()) EXPECT_TRUE(names.insert(type.name).second) << type.name;
}

TEST(Catalog, FindsTypesByName) {
  ASSERT_NE(find_event_type("network_request"), nullptr);
  EXPECT_EQ(find_event_type("network_request")->category, Category::network);
  EXPECT_EQ(find_event_type("network_requests"), nullptr);
  EXPECT_EQ(event_type(EventData(PageLcp{})).name, "page_lcp");
}

}  // namespace
}  // namespace telltale::telemetry

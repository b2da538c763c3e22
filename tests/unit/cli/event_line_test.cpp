#include "cli/event_line.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include "cli/event_essence.hpp"

namespace telltale::cli {
namespace {

using namespace telemetry;

std::string essence(EventData data) { return essence_of(data).text; }

EventContext at(std::string url) {
  EventContext context;
  context.url = std::move(url);
  return context;
}

Event event(EventData data) {
  Event result;
  result.ts_us = 1'700'000'000'123'456;
  result.data = std::move(data);
  return result;
}

ConsoleError exception(std::string text) {
  ConsoleError error;
  error.text = std::move(text);
  return error;
}

TEST(EventEssence, TellsConsoleMessagesWithLevelAndPlace) {
  CallStack stack;
  stack.call_frames = {{.function_name = "f",
                        .script_id = "1",
                        .url = "http://h/js/app.js?v=1",
                        .line_number = 11,
                        .column_number = 0}};
  ConsoleLog log;
  log.text = "a";
  log.args = {{"a", "b"}};
  log.level = "warning";
  log.stack_trace = stack;
  EXPECT_EQ(essence(log), "warning a b (app.js:12)");
  EXPECT_EQ(essence_of(log).severity, Severity::warning);
  ConsoleError error;
  error.text = "Uncaught Error: boom";
  error.source_url = "http://h/";
  error.line = 0;
  EXPECT_EQ(essence(error), "Uncaught Error: boom (http://h/:1)");
  EXPECT_EQ(essence_of(error).severity, Severity::error);
}

TEST(EventEssence, TellsRequestsAndHowTheyEnded) {
  NetworkRequest request;
  request.context = at("http://h/b");
  request.method = "GET";
  request.initiator_type = "script";
  request.redirect_url = "http://h/a";
  EXPECT_EQ(essence(request), "GET http://h/b (script) redirected from http://h/a");

  NetworkResponse response;
  response.context = at("http://h/b");
  response.method = "GET";
  response.status = 404;
  response.mime_type = "text/html";
  EXPECT_EQ(essence(response), "404 GET http://h/b text/html");
  response.decoded_size = 1234;
  response.encoded_size = 500;
  response.timing.emplace().total_ms = 34.4;
  EXPECT_EQ(essence(response), "404 GET http://h/b text/html 1.2 kB 34 ms");
  response.body_read = false;
  response.timing->total_ms.reset();
  EXPECT_EQ(essence(response), "404 GET http://h/b text/html 1.2 kB (body not read)");
  EXPECT_EQ(essence_of(response).severity, Severity::warning);

  NetworkLoadingFailed failed;
  failed.context = at("http://h/b");
  failed.error_text = "net::ERR_ABORTED";
  EXPECT_EQ(essence_of(failed).severity, Severity::error);
  failed.canceled = true;
  EXPECT_EQ(essence(failed), "net::ERR_ABORTED http://h/b (canceled)");
  failed.canceled = false;
  failed.error_text = "net::ERR_FAILED";
  failed.blocked_reason = "CORS: the response has no Access-Control-Allow-Origin";
  EXPECT_EQ(essence(failed), "net::ERR_FAILED http://h/b CORS: the response has no Access-Control-Allow-Origin");

  EXPECT_EQ(essence(NetworkIdle{at("http://h/")}), "http://h/");
}

TEST(EventEssence, TellsSizeAndTimeAsPeopleReadThem) {
  const auto end = [](std::int64_t bytes, double ms) {
    NetworkResponse response;
    response.context = at("u");
    response.method = "GET";
    response.status = 200;
    response.decoded_size = bytes;
    response.timing.emplace().total_ms = ms;
    return essence(response).substr(std::string("200 GET u ").size());
  };
  EXPECT_EQ(end(0, 0), "0 B 0 ms");
  EXPECT_EQ(end(999, 999.4), "999 B 999 ms");
  EXPECT_EQ(end(1000, 999.6), "1.0 kB 1.0 s");
  EXPECT_EQ(end(9949, 12'340), "9.9 kB 12.3 s");
  EXPECT_EQ(end(9950, 1), "10 kB 1 ms");
  EXPECT_EQ(end(999'499, 1), "999 kB 1 ms");
  EXPECT_EQ(end(999'500, 1), "1.0 MB 1 ms");
  EXPECT_EQ(end(2'345'000'000, 1), "2.3 GB 1 ms");
}

TEST(EventEssence, TellsWhatPagesDo) {
  PageNavigation navigation;
  navigation.url = "http://h/frame";
  navigation.parent_frame_id = FrameId("F");
  EXPECT_EQ(essence(navigation), "http://h/frame (iframe)");
  EXPECT_EQ(essence(PageDomContentLoaded{.context = at("http://h/"), .cdp_timestamp = 1}), "http://h/");
  EXPECT_EQ(essence(PageLoad{.context = at("http://h/"), .cdp_timestamp = 1}), "http://h/");
  PageTabOpened tab;
  tab.url = "http://h/";
  tab.title = "Home";
  EXPECT_EQ(essence(tab), "http://h/ 'Home'");
  PageLayoutShift shift;
  shift.layout_shift_details = LayoutShiftDetails{.value = 0.125, .had_recent_input = true};
  EXPECT_EQ(essence(shift), "0.1250 (after input)");
  PageLcp lcp;
  EXPECT_EQ(essence(lcp), "");
  lcp.lcp_details = LcpDetails{};
  lcp.lcp_details->size = 4096;
  lcp.lcp_details->render_time = 812.4;
  lcp.lcp_details->element_id = "hero";
  EXPECT_EQ(essence(lcp), "4096 px² at 812 ms #hero");
  EXPECT_EQ(essence(PageLayoutSettled{at("http://h/")}), "http://h/");
  EXPECT_EQ(essence(PageNavigationSettled{at("http://h/")}), "http://h/");
}

TEST(EventEssence, TellsHowPagesFare) {
  EXPECT_EQ(essence(PageRouteChanged{.context = at("http://h/#a"), .navigation_type = "fragment"}),
            "http://h/#a");
  PageDialog dialog;
  dialog.dialog_type = "confirm";
  dialog.message = base::Secret<std::string>("Sure?");
  EXPECT_EQ(essence(dialog), "confirm 'Sure?'");
  PageDialogClosed closed;
  closed.dialog_type = "confirm";
  closed.answered_by_telltale = true;
  closed.open_ms = 1200;
  EXPECT_EQ(essence(closed), "confirm dismissed by telltale after 1.2 s");
  PageDownloadStarted started;
  started.download_url = "http://h/f";
  started.suggested_filename = "f.pdf";
  EXPECT_EQ(essence(started), "http://h/f 'f.pdf'");
  PageDownloadFinished finished;
  finished.download_url = "http://h/f";
  finished.state = "completed";
  finished.received_bytes = 10;
  EXPECT_EQ(essence(finished), "http://h/f completed after 10 bytes");
  PageVitals vitals;
  vitals.context = at("http://h/");
  vitals.cls = 0.125;
  vitals.lcp_ms = 912.4;
  EXPECT_EQ(essence(vitals), "CLS 0.125 LCP 912 ms of http://h/");
  PageCrashed crashed;
  crashed.url = "http://h/";
  EXPECT_EQ(essence(crashed), "http://h/");
}

TEST(EventEssence, TellsWhatUsersDo) {
  InteractionClick click;
  click.x = 10;
  click.y = 20.4;
  click.tag = "BUTTON";
  click.selector = "#save";
  click.text = base::Secret<std::string>("Save");
  EXPECT_EQ(essence(click), "BUTTON #save 'Save' at 10,20");
  InteractionKey key;
  key.key = base::Secret<std::string>("Enter");
  key.tag = "INPUT";
  key.selector = "#q";
  EXPECT_EQ(essence(key), "Enter in INPUT #q");
  InteractionScrollSettled scroll;
  scroll.to_y = 600;
  scroll.target_selector = "document";
  EXPECT_EQ(essence(scroll), "document from 0,0 to 0,600");
}

TEST(EventEssence, TellsWhatClientsDo) {
  EXPECT_EQ(
      essence(ApiCall{.operation_id = "getBrowser", .request_id = "r", .status = 404, .duration_ms = 1.25}),
      "getBrowser 404 in 1.2 ms");
  EXPECT_EQ(essence(CdpConnect{}), "a client has connected");
  EXPECT_EQ(essence(CdpDisconnect{
                .duration_ms = 2500, .message_count = 7, .reason = CdpDisconnectReason::upstream_error}),
            "upstream_error after 2.5 s, 7 messages");
  EXPECT_EQ(essence(LiveViewConnect{"v1"}), "viewer v1");
  EXPECT_EQ(essence(LiveViewDisconnect{.session_id = "v1", .duration_ms = 61'000}), "viewer v1 after 61.0 s");
}

TEST(EventEssence, TellsTroubleOfTheMachine) {
  EXPECT_EQ(essence(ServiceCrashed{.phase = ServicePhase::running, .service_name = "chromium", .pid = 42}),
            "chromium (running) pid 42");
  SystemOomKill kill;
  kill.pid = 42;
  kill.process_name = "chrome";
  kill.rss_kb = 2048;
  EXPECT_EQ(essence(kill), "chrome (pid 42) was using 2 MiB");
  MonitorScreenshot screenshot;
  screenshot.png = base::Secret<std::string>(std::string(8192, 'A'));
  EXPECT_EQ(essence(screenshot), "PNG of 6 KiB");
  CaptchaSolveResult captcha;
  captcha.captcha_type = CaptchaType::turnstile;
  captcha.status = CaptchaStatus::failure;
  captcha.duration_ms = 1000;
  captcha.website_host = "h";
  captcha.error_code = "E1";
  EXPECT_EQ(essence(captcha), "turnstile failure after 1.0 s on h: E1");
}

TEST(EventEssence, TellsGapsOfTheCapturing) {
  EXPECT_EQ(essence(MonitorDisconnected{"chrome_restarted"}),
            "chrome_restarted: events are lost until it is connected again");
  EXPECT_EQ(essence(MonitorReconnected{250}), "after 250 ms");
  EXPECT_EQ(essence(MonitorReconnectFailed{"reconnect_exhausted"}), "reconnect_exhausted");
  EXPECT_EQ(essence(MonitorInitFailed{"Target.setAutoAttach"}), "Target.setAutoAttach");
}

class EventLineInUtc : public testing::Test {
 protected:
  EventLineInUtc() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
};

TEST_F(EventLineInUtc, AlignsTimeCategoryTypeAndEssence) {
  EXPECT_EQ(to_text(describe_event(event(PageLoad{.context = at("http://h/"), .cdp_timestamp = 1})), {}),
            "22:13:20.123 page        page_load                http://h/");
}

TEST_F(EventLineInUtc, LeavesNoSpaceBehindALineWithoutEssence) {
  EXPECT_EQ(to_text(describe_event(event(MonitorReconnected{})), {}),
            "22:13:20.123 monitor     monitor_reconnected");
}

TEST_F(EventLineInUtc, CutsTheEssenceAtTheWidthOfTheTerminal) {
  const auto line = describe_event(event(PageLoad{.context = at("http://host/path"), .cdp_timestamp = 1}));
  EXPECT_EQ(to_text(line, {.colours = false, .columns = 60}),
            "22:13:20.123 page        page_load                http://ho…");
}

TEST_F(EventLineInUtc, ColoursOnlyWhenAsked) {
  const auto line = describe_event(event(exception("boom")));
  EXPECT_EQ(to_text(line, {}).find('\x1b'), std::string::npos);
  EXPECT_NE(to_text(line, {.colours = true}).find("\x1b[31mboom\x1b[0m"), std::string::npos);
}

TEST(EventLine, LetsNoPageControlTheTerminal) {
  const auto line =
      describe_event(event(exception("\x1b]0;owned\x07 a\nb \xC2\x9B"
                                     "31m")));
  EXPECT_EQ(line.essence, "\\x1b]0;owned\\x07 a\\nb \\u009b31m");
}

TEST(EventLine, SaysThatTruncatedDataAreLost) {
  auto truncated = event(ConsoleError{});
  truncated.truncation = telemetry::Truncation::data;
  EXPECT_EQ(describe_event(truncated).essence, "(too large: its data are lost)");
}

TEST(EventText, ReadsEnvelopes) {
  std::string json;
  encode_envelope(json, base::Seq{7}, event(NetworkIdle{at("http://h/")}), base::Secrets::reveal);
  const auto text = event_text(json, {});
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_NE(text->find("network_idle             http://h/"), std::string::npos);
}

TEST(EventText, ShowsTypesOfANewerServerWithoutEssence) {
  const auto text = event_text(
      R"({"seq":1,"event":{"ts":1,"type":"page_crashed","category":"page","source":{"kind":"cdp"},"data":{}}})",
      {});
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_TRUE(text->ends_with("page        page_crashed")) << *text;
}

TEST(EventText, RefusesWhatIsNoEnvelope) {
  EXPECT_FALSE(event_text("{}", {}));
  EXPECT_FALSE(event_text("hello", {}));
}

}  // namespace
}  // namespace telltale::cli

// Routes, dialogs, downloads, vitals, crashes; what the browser says in its log; what was before the attach.

#include "collector/limits.hpp"
#include "collector_fixture.hpp"

namespace telltale::collector {
namespace {

using namespace std::chrono_literals;

class PageLife : public CollectorTest {
 protected:
  double unix_ms() { return static_cast<double>(clock_.now().unix_us()) / 1000; }

  Output& log(const json& members) {
    json entry{{"source", "javascript"}, {"level", "error"}, {"text", "blocked"}, {"timestamp", unix_ms()}};
    entry.update(members);
    return notify("Log.entryAdded", {{"entry", entry}});
  }
  Output& console(double at) {
    return notify("Runtime.consoleAPICalled",
                  {{"type", "log"}, {"args", json::array()}, {"executionContextId", 1}, {"timestamp", at}});
  }
  Output& shift(double time, double value, bool after_input = false, const std::string& frame = "T1") {
    return notify("PerformanceTimeline.timelineEventAdded", {{"event",
                                                              {{"frameId", frame},
                                                               {"type", "layout-shift"},
                                                               {"name", ""},
                                                               {"time", time},
                                                               {"layoutShiftDetails",
                                                                {{"value", value},
                                                                 {"hadRecentInput", after_input},
                                                                 {"lastInputTime", 0},
                                                                 {"sources", json::array()}}}}}});
  }
  Output& paint(double time, const std::string& frame = "T1") {
    return notify("PerformanceTimeline.timelineEventAdded",
                  {{"event",
                    {{"frameId", frame},
                     {"type", "largest-contentful-paint"},
                     {"name", ""},
                     {"time", time},
                     {"lcpDetails", {{"renderTime", time}, {"loadTime", 0}, {"size", 100}}}}}});
  }
  void know_world() {
    notify("Runtime.executionContextCreated",
           {{"context",
             {{"id", 4},
              {"origin", ""},
              {"name", "world"},
              {"uniqueId", "u"},
              {"auxData", {{"isDefault", false}, {"type", "isolated"}, {"frameId", "T1"}}}}}});
    report({{"type", "document"}, {"time_origin", 1800000000000}});
  }
  Output& report(const json& payload, int context = 4) {
    return notify("Runtime.bindingCalled",
                  {{"name", "binding"}, {"payload", payload.dump()}, {"executionContextId", context}});
  }
};

// --- the browser's log

TEST_F(PageLife, PublishesErrorsOfTheBrowserAsConsoleErrors) {
  open_page();
  const auto& out = log({{"source", "security"}, {"url", "http://site.test/"}, {"lineNumber", 3}});
  const auto error = only<telemetry::ConsoleError>(out);
  EXPECT_EQ(error.text, "blocked");
  EXPECT_EQ(error.level, "error");
  EXPECT_EQ(error.source_url, "http://site.test/");
  EXPECT_EQ(error.line, 3);
  EXPECT_EQ(error.log_source, "security");
  EXPECT_EQ(error.context.nav_seq, 1);
  EXPECT_FALSE(error.before_attach);
  EXPECT_EQ(out.events[0].source.event, "Log.entryAdded");
}

TEST_F(PageLife, PublishesOtherMessagesOfTheBrowserAsConsoleLogs) {
  open_page();
  const auto warning = only<telemetry::ConsoleLog>(log({{"source", "deprecation"}, {"level", "warning"}}));
  EXPECT_EQ(warning.level, "warning");
  EXPECT_EQ(warning.log_source, "deprecation");
  EXPECT_FALSE(warning.source_url);
}

TEST_F(PageLife, DoesNotRepeatWhatTheNetworkReports) {
  open_page();
  const json failed{{"source", "network"}, {"networkRequestId", "7.1"}, {"url", "http://site.test/x"}};
  EXPECT_TRUE(log(failed).events.empty());
  EXPECT_EQ(log({{"source", "network"}}).events.size(), 1u) << "of no request";
  collector_.configure({Category::console}, out_);
  EXPECT_EQ(log(failed).events.size(), 1u);
  collector_.configure({Category::page}, out_);
  EXPECT_TRUE(log(failed).events.empty());
}

TEST_F(PageLife, DoesNotRepeatWhatAWorkerReports) {
  open_page();
  EXPECT_TRUE(log({{"source", "worker"}, {"workerId", "W3"}}).events.empty());
}

// --- before the attach

TEST_F(PageLife, MarksWhatChromiumRepeatsOfTheTimeBeforeTheAttach) {
  attach("S1", "page", "T1", "", false);
  EXPECT_EQ(only<telemetry::ConsoleLog>(console(unix_ms() - 1)).before_attach, true);
  EXPECT_EQ(only<telemetry::ConsoleError>(log({{"timestamp", unix_ms() - 1}})).before_attach, true);
  EXPECT_EQ(
      only<telemetry::ConsoleError>(
          notify("Runtime.exceptionThrown",
                 {{"timestamp", unix_ms() - 1},
                  {"exceptionDetails",
                   {{"exceptionId", 1}, {"text", "Uncaught"}, {"lineNumber", 0}, {"columnNumber", 0}}}}))
          .before_attach,
      true);
  EXPECT_FALSE(only<telemetry::ConsoleLog>(console(unix_ms())).before_attach);
}

TEST_F(PageLife, DoesNotTakeAClockThatWasSetBackForTheTimeBeforeTheAttach) {
  attach("S1", "page", "T1", "", false);
  const double hour_ago = unix_ms() - 3'600'000;
  clock_.advance(collector::limits::kReplayWindow);
  EXPECT_FALSE(only<telemetry::ConsoleLog>(console(hour_ago)).before_attach);
}

// --- routes

TEST_F(PageLife, ReportsARouteWithoutOpeningAnEpoch) {
  open_page("http://site.test/app");
  const auto route = only<telemetry::PageRouteChanged>(
      notify("Page.navigatedWithinDocument",
             {{"frameId", "T1"}, {"url", "http://site.test/app#b"}, {"navigationType", "fragment"}}));
  EXPECT_EQ(route.context.url, "http://site.test/app#b");
  EXPECT_EQ(route.context.frame_id, base::FrameId("T1"));
  EXPECT_EQ(route.context.nav_seq, 1);
  EXPECT_EQ(route.navigation_type, "fragment");
  const auto load = only<telemetry::PageLoad>(notify("Page.loadEventFired", {{"timestamp", 1}}));
  EXPECT_EQ(load.context.url, "http://site.test/app") << "of the last navigation";
}

// --- dialogs

TEST_F(PageLife, ReportsADialogAndItsAnswer) {
  open_page();
  const auto dialog =
      only<telemetry::PageDialog>(notify("Page.javascriptDialogOpening", {{"url", "http://site.test/"},
                                                                          {"message", "your name?"},
                                                                          {"type", "prompt"},
                                                                          {"hasBrowserHandler", false},
                                                                          {"defaultPrompt", "Ada"}}));
  EXPECT_EQ(dialog.dialog_type, "prompt");
  EXPECT_EQ(dialog.message.reveal(), "your name?");
  EXPECT_EQ(dialog.default_prompt->reveal(), "Ada");
  clock_.advance(7ms);
  const auto closed = only<telemetry::PageDialogClosed>(
      notify("Page.javascriptDialogClosed", {{"result", false}, {"userInput", ""}}));
  EXPECT_EQ(closed.dialog_type, "prompt");
  EXPECT_FALSE(closed.accepted);
  EXPECT_TRUE(closed.answered_by_telltale);
  EXPECT_EQ(closed.open_ms, 7);
}

// --- downloads

TEST_F(PageLife, ReportsTheStartAndTheEndOfADownload) {
  open_page("http://site.test/a");
  const json begin{{"frameId", "T1"},
                   {"guid", "g1"},
                   {"url", "http://site.test/file"},
                   {"suggestedFilename", "report.bin"}};
  const auto started = only<telemetry::PageDownloadStarted>(notify("Page.downloadWillBegin", begin));
  EXPECT_EQ(started.download_url, "http://site.test/file");
  EXPECT_EQ(started.suggested_filename, "report.bin");
  EXPECT_TRUE(notify("Page.downloadWillBegin", begin).events.empty()) << "the same on another session";
  const auto progress = [&](const char* state, double total) -> Output& {
    return notify("Page.downloadProgress",
                  {{"guid", "g1"}, {"totalBytes", total}, {"receivedBytes", 50}, {"state", state}});
  };
  EXPECT_TRUE(progress("inProgress", 0).events.empty());
  navigate("http://site.test/b", "L2");
  const auto finished = only<telemetry::PageDownloadFinished>(progress("canceled", 0));
  EXPECT_EQ(finished.state, "canceled");
  EXPECT_EQ(finished.received_bytes, 50);
  EXPECT_FALSE(finished.total_bytes);
  EXPECT_EQ(finished.download_url, "http://site.test/file");
  EXPECT_EQ(finished.context.nav_seq, 1) << "of its start";
  EXPECT_TRUE(progress("completed", 50).events.empty()) << "once";
}

// --- vitals

TEST_F(PageLife, PublishesTheVitalsOfADocumentWhenItIsLeft) {
  open_page("http://site.test/a");
  know_world();
  shift(1800000001, 0.25);
  shift(1800000001.5, 0.5, true);
  shift(1800000001.6, 0.125);
  shift(1800000001.7, 1, false, "another frame");
  paint(1800000000.5);
  paint(1800000000.75);
  paint(1800000002, "another frame");
  EXPECT_TRUE(report({{"type", "vitals"}, {"fcp", 500}, {"ttfb", 20}}).events.empty());
  report({{"type", "vitals"}, {"fcp", 500}, {"ttfb", 20}, {"inp", 96}});
  report({{"type", "vitals"}, {"fcp", 1}}, 5);  // of an unknown document
  const auto& out = navigate("http://site.test/b", "L2");
  ASSERT_EQ(out.events.size(), 2u);
  const auto vitals = std::get<telemetry::PageVitals>(out.events[0].data);
  EXPECT_EQ(vitals.context.url, "http://site.test/a");
  EXPECT_EQ(vitals.context.nav_seq, 1);
  EXPECT_EQ(vitals.cls, 0.375);
  EXPECT_NEAR(vitals.lcp_ms.value(), 750, 0.001);
  EXPECT_EQ(vitals.inp_ms, 96);
  EXPECT_EQ(vitals.fcp_ms, 500);
  EXPECT_EQ(vitals.ttfb_ms, 20);
  EXPECT_TRUE(std::holds_alternative<telemetry::PageNavigation>(out.events[1].data));

  collector_.finish(clock_.now(), out_);
  ASSERT_EQ(all<telemetry::PageVitals>(out_).size(), 2u) << "the next document's, empty, after the first";
  EXPECT_EQ(all<telemetry::PageVitals>(out_)[1].cls, 0);
  EXPECT_FALSE(all<telemetry::PageVitals>(out_)[1].lcp_ms);
  out_.clear();
  collector_.finish(clock_.now(), out_);
  EXPECT_TRUE(out_.events.empty()) << "once per navigation";
}

TEST_F(PageLife, PublishesTheVitalsOfAPageThatClosesOrCrashes) {
  open_page();
  EXPECT_EQ(all<telemetry::PageVitals>(notify("Inspector.targetCrashed", json::object())).size(), 1u);
  EXPECT_TRUE(notify("Target.detachedFromTarget", {{"sessionId", "S1"}}, "").events.empty());
  open_page();
  EXPECT_EQ(all<telemetry::PageVitals>(notify("Target.detachedFromTarget", {{"sessionId", "S1"}}, "")).size(),
            1u);
}

TEST_F(PageLife, PublishesVitalsOnlyOfDocumentsThatWereCapturedAsAWhole) {
  open_page();
  collector_.configure({}, out_);
  collector_.configure({Category::page}, out_);
  EXPECT_TRUE(all<telemetry::PageVitals>(navigate("http://site.test/b", "L2")).empty());
  EXPECT_EQ(all<telemetry::PageVitals>(navigate("http://site.test/c", "L3")).size(), 1u);
}

// --- crashes

TEST_F(PageLife, ReportsACrashWithWhatThePageShowed) {
  open_page("http://site.test/a");
  const auto& out = notify("Inspector.targetCrashed", json::object());
  const auto crashes = all<telemetry::PageCrashed>(out);
  ASSERT_EQ(crashes.size(), 1u);
  EXPECT_EQ(crashes[0].target_id, base::TargetId("T1"));
  EXPECT_EQ(crashes[0].target_type, telemetry::TargetType::page);
  EXPECT_EQ(crashes[0].url, "http://site.test/a");
}

TEST_F(PageLife, ReportsTheCrashOfAnIframeWithItsOwnAddress) {
  open_page();
  attach("S2", "iframe", "F2", "S1", true, {{"parentFrameId", "T1"}});
  notify("Page.frameNavigated",
         {{"frame", {{"id", "F2"}, {"loaderId", "L3"}, {"url", "http://other.test/"}}}}, "S2");
  const auto crash = only<telemetry::PageCrashed>(notify("Inspector.targetCrashed", json::object(), "S2"));
  EXPECT_EQ(crash.target_type, telemetry::TargetType::iframe);
  EXPECT_EQ(crash.url, "http://other.test/");
}

}  // namespace
}  // namespace telltale::collector

#include "collector/collector.hpp"
#include "collector/limits.hpp"

#include "collector_fixture.hpp"
#include "network_fixture.hpp"

namespace telltale::collector {
namespace {

const std::vector<std::string> kPageEnables = {"Network.enable",      "Runtime.enable",
                                               "Log.enable",          "Page.enable",
                                               "Inspector.enable",    "PerformanceTimeline.enable",
                                               "Runtime.addBinding",  "Page.addScriptToEvaluateOnNewDocument",
                                               "Target.setAutoAttach"};
const std::vector<std::string> kRun = {"Runtime.runIfWaitingForDebugger"};

// --- attaching
// ---------------------------------------------------------------------------------------------------------

TEST_F(CollectorTest, StartsWithDiscoveryAndAFilteredFlatAutoAttach) {
  collector_.start(out_);
  EXPECT_EQ(methods(out_, ""),
            (std::vector<std::string>{"Target.setDiscoverTargets", "Target.setAutoAttach"}));
  EXPECT_EQ(json::parse(out_.commands[1].command.params), json::parse(R"({"autoAttach":true,
    "waitForDebuggerOnStart":true,"flatten":true,"filter":[{"type":"browser","exclude":true},
    {"type":"tab","exclude":true},{"type":"browser_ui","exclude":true},{"type":"other","exclude":true},{}]})"));
}

TEST_F(CollectorTest, EnablesTheDomainsOfAPageInOrderAndHoldsIt) {
  EXPECT_EQ(methods(attach("S1", "page", "T1"), "S1"), kPageEnables);
}

TEST_F(CollectorTest, LeavesPageDomainsOutForWorkers) {
  EXPECT_EQ(
      methods(attach("S2", "worker", "W1"), "S2"),
      (std::vector<std::string>{"Network.enable", "Runtime.enable", "Log.enable", "Target.setAutoAttach"}));
}

TEST_F(CollectorTest, TurnsOnlyWhatACategoryNeedsOnAndOff) {
  using Methods = std::vector<std::string>;
  const auto configured = [&](telemetry::CategorySet categories) {
    out_.clear();
    collector_.configure(categories, out_);
    return methods(out_, "S1");
  };
  attach("S1", "page", "T1");
  EXPECT_EQ(configured({Category::console, Category::page}), Methods{"Network.disable"});
  EXPECT_EQ(configured({Category::console}), Methods{"PerformanceTimeline.enable"});
  EXPECT_EQ(json::parse(out_.commands[0].command.params), json::parse(R"({"eventTypes":[]})"));
  EXPECT_EQ(configured({}), Methods{});
  EXPECT_EQ(configured({Category::network, Category::page}),
            (Methods{"Network.enable", "PerformanceTimeline.enable"}));
  const auto enables = methods(attach("S2", "page", "T2"), "S2");
  EXPECT_EQ(enables, kPageEnables);
}

TEST_F(CollectorTest, EnablesForANewPageOnlyWhatIsCaptured) {
  out_.clear();
  collector_.configure({Category::console}, out_);
  EXPECT_EQ(methods(attach("S1", "page", "T1"), "S1"),
            (std::vector<std::string>{"Runtime.enable", "Log.enable", "Page.enable", "Inspector.enable",
                                      "Runtime.addBinding", "Page.addScriptToEvaluateOnNewDocument",
                                      "Target.setAutoAttach"}));
}

TEST_F(CollectorTest, RunsAPageOnceNetworkRuntimeAndPageHaveAnswered) {
  std::vector<std::string> held_for;
  for (const auto& request : attach("S1", "page", "T1").commands) {
    if (request.tag.kind == ReplyTag::Kind::enabled) held_for.emplace_back(request.command.method);
  }
  EXPECT_EQ(held_for, (std::vector<std::string>{"Network.enable", "Runtime.enable",
                                                "Page.addScriptToEvaluateOnNewDocument"}));
  EXPECT_TRUE(reply(ReplyTag::Kind::enabled, "S1").commands.empty());
  EXPECT_TRUE(reply(ReplyTag::Kind::enabled, "S1").commands.empty());
  EXPECT_EQ(methods(reply(ReplyTag::Kind::enabled, "S1"), "S1"), kRun);
  clock_.advance(collector::limits::kAttachHold);
  EXPECT_TRUE(tick().commands.empty()) << "run only once";
}

TEST_F(CollectorTest, RunsATargetThatDoesNotAnswerAfterTheHold) {
  attach("S1", "page", "T1");
  ASSERT_EQ(collector_.next_deadline(), clock_.now().mono + collector::limits::kAttachHold);
  clock_.advance(collector::limits::kAttachHold - std::chrono::milliseconds(1));
  EXPECT_TRUE(tick().commands.empty());
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(methods(tick(), "S1"), kRun);
}

TEST_F(CollectorTest, RunsAServiceWorkerAtOnce) {
  auto commands = methods(attach("SW", "service_worker", "W1"), "SW");
  ASSERT_FALSE(commands.empty());
  EXPECT_EQ(commands.back(), "Runtime.runIfWaitingForDebugger");
}

TEST_F(CollectorTest, OnlyRunsTheFurtherSessionsOfAServiceWorker) {
  attach("SW", "service_worker", "W1");
  attach("S1", "page", "T1");
  EXPECT_EQ(methods(attach("SW2", "service_worker", "W1", "S1"), "SW2"), kRun);
}

TEST_F(CollectorTest, AllowsDrivingAPageOnceItsDomainsAreOnAndItRuns) {
  attach("S1", "page", "T1");
  clock_.advance(collector::limits::kAttachHold);
  tick();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(collector_.drivable_session(base::TargetId("T1")));
    reply(ReplyTag::Kind::enabled, "S1");
  }
  EXPECT_EQ(collector_.drivable_session(base::TargetId("T1")), CdpSessionId("S1"));
  notify("Target.detachedFromTarget", {{"sessionId", "S1"}}, "");
  EXPECT_FALSE(collector_.drivable_session(base::TargetId("T1")));
}

TEST_F(CollectorTest, ReportsThatItCouldNotAttach) {
  const auto& out = reply(ReplyTag::Kind::root_attach, "", base::fail(base::Errc::protocol, "no"));
  EXPECT_EQ(only<telemetry::MonitorInitFailed>(out).step, "Target.setAutoAttach");
}

TEST_F(CollectorTest, LeavesALostConnectionToItsOwner) {
  EXPECT_TRUE(reply(ReplyTag::Kind::root_attach, "", base::fail(base::Errc::closed, "gone")).events.empty());
}

TEST_F(CollectorTest, AnnouncesATabWithItsOpener) {
  const auto& out = attach("S1", "page", "T1", "", true,
                           {{"url", "http://site.test/"}, {"title", "Site"}, {"openerId", "T0"}});
  const auto& tab = only<telemetry::PageTabOpened>(out);
  EXPECT_EQ(tab.target_id.value, "T1");
  EXPECT_EQ(tab.url, "http://site.test/");
  EXPECT_EQ(tab.title, "Site");
  EXPECT_EQ(tab.opener_id, base::TargetId("T0"));
}

TEST_F(CollectorTest, LearnsTheDocumentOfAPageThatWasThereBefore) {
  EXPECT_EQ(methods(attach("S1", "page", "T1", "", false), "S1").back(), "Page.getFrameTree");
  reply(
      ReplyTag::Kind::frame_tree, "S1",
      std::string(
          R"({"frameTree":{"frame":{"id":"T1","loaderId":"L0","url":"http://old.test/","urlFragment":"#x"}}})"));
  const auto& log = only<telemetry::ConsoleLog>(
      notify("Runtime.consoleAPICalled",
             {{"type", "log"}, {"args", json::array()}, {"executionContextId", 1}, {"timestamp", 1}}));
  EXPECT_EQ(log.context.url, "http://old.test/#x");
  EXPECT_EQ(log.context.loader_id, base::LoaderId("L0"));
  EXPECT_EQ(log.context.nav_seq, 0);
}

TEST_F(CollectorTest, AsksForTheDocumentOfAPageThatAnotherClientCreatedWithAUrl) {
  EXPECT_EQ(methods(attach("S1", "page", "T1", "", true, {{"url", "http://site.test/"}}), "S1").back(),
            "Page.getFrameTree");
  EXPECT_EQ(methods(attach("S2", "page", "T2", "", true, {{"url", "about:blank"}}), "S2").back(),
            "Target.setAutoAttach");
}

// --- dialogs
// -----------------------------------------------------------------------------------------------------------

json dialog(const std::string& type) {
  return {{"url", "http://site.test/"}, {"message", "hi"}, {"type", type}, {"hasBrowserHandler", false}};
}

TEST_F(CollectorTest, DismissesAnAlertAtOnceAndLetsThePageLeave) {
  open_page();
  const auto& alert = notify("Page.javascriptDialogOpening", dialog("alert"));
  ASSERT_EQ(methods(alert, "S1"), std::vector<std::string>{"Page.handleJavaScriptDialog"});
  EXPECT_EQ(alert.commands[0].command.params, R"({"accept":false})");
  EXPECT_EQ(notify("Page.javascriptDialogOpening", dialog("beforeunload")).commands[0].command.params,
            R"({"accept":true})");
}

Options with_dialogs(Options options, DialogPolicy policy) {
  options.dialogs = policy;
  return options;
}

class AttachedDialogs : public CollectorTest {
 protected:
  AttachedDialogs() : CollectorTest(with_dialogs(everything(), DialogPolicy::answer_later)) {}
};

TEST_F(AttachedDialogs, AnswersOnlyWhatIsStillOpenAfterTheGrace) {
  open_page();
  clock_.advance(collector::limits::kAttachHold);
  tick();
  EXPECT_TRUE(notify("Page.javascriptDialogOpening", dialog("confirm")).commands.empty());
  ASSERT_TRUE(collector_.next_deadline());
  clock_.advance(collector::limits::kAttachedDialogGrace);
  EXPECT_EQ(methods(tick(), "S1"), std::vector<std::string>{"Page.handleJavaScriptDialog"});
}

TEST_F(AttachedDialogs, LeavesADialogThatItsOwnerClosed) {
  open_page();
  notify("Page.javascriptDialogOpening", dialog("confirm"));
  notify("Page.javascriptDialogClosed", {{"result", true}, {"userInput", ""}});
  clock_.advance(collector::limits::kAttachedDialogGrace);
  EXPECT_EQ(methods(tick(), "S1"), kRun) << "only the hold is due";
}

class LeftDialogs : public CollectorTest {
 protected:
  LeftDialogs() : CollectorTest(with_dialogs(everything(), DialogPolicy::leave)) {}
};

TEST_F(LeftDialogs, AreNeverAnswered) {
  open_page();
  EXPECT_TRUE(notify("Page.javascriptDialogOpening", dialog("alert")).commands.empty());
}

// --- navigation and context
// --------------------------------------------------------------------------------------------

TEST_F(CollectorTest, CountsTopLevelNavigationsAndGivesEventsTheirContext) {
  open_page("http://site.test/a");
  navigate("http://site.test/b", "L2");
  const auto navigation = all<telemetry::PageNavigation>(out_).at(0);
  EXPECT_EQ(navigation.url, "http://site.test/b");
  EXPECT_EQ(navigation.loader_id.value, "L2");
  EXPECT_FALSE(navigation.parent_frame_id);
  const auto& load = only<telemetry::PageLoad>(notify("Page.loadEventFired", {{"timestamp", 123.456789}}));
  EXPECT_EQ(load.cdp_timestamp, 123.456789);
  EXPECT_EQ(load.context.nav_seq, 2);
  EXPECT_EQ(load.context.url, "http://site.test/b");
  EXPECT_EQ(load.context.frame_id, base::FrameId("T1"));
  EXPECT_EQ(load.context.loader_id, base::LoaderId("L2"));
  EXPECT_EQ(load.context.session_id, CdpSessionId("S1"));
  EXPECT_EQ(load.context.target_type, telemetry::TargetType::page);
}

TEST_F(CollectorTest, ReportsTheNavigationOfAnIframeWithoutOpeningAnEpoch) {
  open_page();
  const auto& child = only<telemetry::PageNavigation>(
      notify("Page.frameNavigated",
             {{"frame",
               {{"id", "F2"}, {"parentId", "T1"}, {"loaderId", "L9"}, {"url", "http://site.test/frame"}}}}));
  EXPECT_EQ(child.parent_frame_id, base::FrameId("T1"));
  const auto& load = only<telemetry::PageLoad>(notify("Page.loadEventFired", {{"timestamp", 1}}));
  EXPECT_EQ(load.context.nav_seq, 1);
}

TEST_F(CollectorTest, GivesIframesAndWorkersTheContextOfTheirPage) {
  open_page("http://site.test/");
  attach("S2", "iframe", "F2", "S1", true, {{"parentFrameId", "T1"}});
  attach("S3", "worker", "W3", "S2");
  for (const auto& [session, type] :
       {std::pair{"S2", telemetry::TargetType::iframe}, {"S3", telemetry::TargetType::worker}}) {
    const auto& log = only<telemetry::ConsoleLog>(notify(
        "Runtime.consoleAPICalled",
        {{"type", "info"}, {"args", json::array()}, {"executionContextId", 1}, {"timestamp", 1}}, session));
    EXPECT_EQ(log.context.session_id, CdpSessionId(session));
    EXPECT_EQ(log.context.target_type, type);
    EXPECT_EQ(log.context.url, "http://site.test/");
    EXPECT_EQ(log.context.frame_id, base::FrameId("T1"));
    EXPECT_EQ(log.context.nav_seq, 1);
  }
}

TEST_F(CollectorTest, NamesTheParentOfAnOutOfProcessIframeFromItsTarget) {
  open_page();
  attach("S2", "iframe", "F2", "S1", true, {{"parentFrameId", "T1"}});
  const auto& child = only<telemetry::PageNavigation>(
      notify("Page.frameNavigated",
             {{"frame", {{"id", "F2"}, {"loaderId", "L3"}, {"url", "http://other.test/"}}}}, "S2"));
  EXPECT_EQ(child.parent_frame_id, base::FrameId("T1"));
  EXPECT_EQ(child.target_type, telemetry::TargetType::iframe);
  EXPECT_TRUE(notify("Page.loadEventFired", {{"timestamp", 1}}, "S2").events.empty())
      << "page_load is the page's";
}

TEST_F(CollectorTest, StampsTheSourceOfAnEvent) {
  open_page();
  const auto& out = notify("Page.loadEventFired", {{"timestamp", 1}});
  const auto& event = out.events.at(0);
  EXPECT_EQ(event.ts_us, clock_.now().unix_us());
  EXPECT_EQ(event.source.kind, telemetry::SourceKind::cdp);
  EXPECT_EQ(event.source.event, "Page.loadEventFired");
  const std::vector<std::pair<std::string, std::string>> ids = {
      {"cdp_session_id", "S1"}, {"target_id", "T1"}, {"target_type", "page"}};
  EXPECT_EQ(event.source.metadata->members, ids);
}

// --- console
// -----------------------------------------------------------------------------------------------------------

TEST_F(CollectorTest, MapsConsoleErrorsAndTheirStacks) {
  open_page();
  const auto& error = only<telemetry::ConsoleError>(notify(
      "Runtime.consoleAPICalled",
      {{"type", "error"},
       {"args", {{{"type", "string"}, {"value", "bad"}}, {{"type", "number"}, {"value", 7}}}},
       {"executionContextId", 1},
       {"timestamp", 1},
       {"stackTrace",
        {{"callFrames",
          {{{"functionName", "f"}, {"scriptId", "9"}, {"url", "u"}, {"lineNumber", 3}, {"columnNumber", 4}}}},
         {"parent", {{"description", "setTimeout"}, {"callFrames", json::array()}}}}}}));
  EXPECT_EQ(error.text, "bad");
  EXPECT_EQ(error.args, (std::vector<std::string>{"bad", "7"}));
  EXPECT_EQ(error.level, "error");
  ASSERT_TRUE(error.stack_trace);
  EXPECT_EQ(error.stack_trace->call_frames.at(0).line_number, 3);
  EXPECT_EQ((*error.stack_trace->parent)->description, "setTimeout");
}

TEST_F(CollectorTest, MapsUncaughtExceptions) {
  open_page();
  const auto& error = only<telemetry::ConsoleError>(
      notify("Runtime.exceptionThrown",
             {{"timestamp", 1},
              {"exceptionDetails",
               {{"exceptionId", 1},
                {"text", "Uncaught"},
                {"lineNumber", 4},
                {"columnNumber", 8},
                {"url", "http://site.test/a.js"},
                {"exception",
                 {{"type", "object"}, {"subtype", "error"}, {"description", "TypeError: x\n    at f"}}}}}}));
  EXPECT_EQ(error.text, "Uncaught TypeError: x");
  EXPECT_EQ(error.line, 4);
  EXPECT_EQ(error.column, 8);
  EXPECT_EQ(error.source_url, "http://site.test/a.js");
  EXPECT_FALSE(error.level);
}

// --- paint and layout
// --------------------------------------------------------------------------------------------------

TEST_F(CollectorTest, ConvertsPaintTimesToMillisecondsSinceTheTimeOrigin) {
  open_page();
  notify("Runtime.executionContextCreated",
         {{"context",
           {{"id", 4},
            {"origin", ""},
            {"name", "world"},
            {"uniqueId", "u"},
            {"auxData", {{"isDefault", false}, {"type", "isolated"}, {"frameId", "T1"}}}}}});
  notify("Runtime.bindingCalled", {{"name", "binding"},
                                   {"payload", R"({"type":"document","time_origin":1800000000250})"},
                                   {"executionContextId", 4}});
  const auto& lcp = only<telemetry::PageLcp>(
      notify("PerformanceTimeline.timelineEventAdded", {{"event",
                                                         {{"frameId", "T1"},
                                                          {"type", "largest-contentful-paint"},
                                                          {"name", ""},
                                                          {"time", 1800000000.5},
                                                          {"lcpDetails",
                                                           {{"renderTime", 1800000000.5},
                                                            {"loadTime", 0},
                                                            {"size", 100},
                                                            {"elementId", ""},
                                                            {"url", ""},
                                                            {"nodeId", 12}}}}}}));
  EXPECT_NEAR(lcp.time.value(), 250, 0.001);
  EXPECT_NEAR(lcp.lcp_details->render_time.value(), 250, 0.001);
  EXPECT_FALSE(lcp.lcp_details->load_time);
  EXPECT_FALSE(lcp.lcp_details->element_id) << "absent, never empty";
  EXPECT_EQ(lcp.lcp_details->node_id, 12);
}

TEST_F(CollectorTest, LeavesTheTimeOutWhenTheOriginIsNotKnown) {
  open_page();
  const auto& shift = only<telemetry::PageLayoutShift>(
      notify("PerformanceTimeline.timelineEventAdded", {{"event",
                                                         {{"frameId", "T1"},
                                                          {"type", "layout-shift"},
                                                          {"name", ""},
                                                          {"time", 1800000000.5},
                                                          {"duration", 0},
                                                          {"layoutShiftDetails",
                                                           {{"value", 0.125},
                                                            {"hadRecentInput", true},
                                                            {"lastInputTime", 0},
                                                            {"sources", json::array()}}}}}}));
  EXPECT_FALSE(shift.time);
  EXPECT_EQ(shift.layout_shift_details->value, 0.125);
  EXPECT_TRUE(shift.layout_shift_details->had_recent_input);
}

// --- interactions
// ------------------------------------------------------------------------------------------------------

json report(const json& payload, const std::string& name = "binding") {
  return {{"name", name}, {"payload", payload.dump()}, {"executionContextId", 4}};
}

TEST_F(CollectorTest, MapsClicksKeysAndScrolls) {
  open_page();
  const auto& click =
      only<telemetry::InteractionClick>(notify("Runtime.bindingCalled", report({{"type", "click"},
                                                                                {"t", 10},
                                                                                {"x", 1.5},
                                                                                {"y", 2},
                                                                                {"selector", "#go"},
                                                                                {"tag", "BUTTON"},
                                                                                {"text", "Go"}})));
  EXPECT_EQ(click.x, 1.5);
  EXPECT_EQ(click.selector, "#go");
  EXPECT_EQ(click.text.reveal(), "Go");
  EXPECT_EQ(click.context.nav_seq, 1);
  const auto& key = only<telemetry::InteractionKey>(
      notify("Runtime.bindingCalled",
             report({{"type", "key"}, {"t", 10}, {"key", "a"}, {"selector", "#in"}, {"tag", "INPUT"}})));
  EXPECT_EQ(key.key.reveal(), "a");
  const auto& scroll = only<telemetry::InteractionScrollSettled>(
      notify("Runtime.bindingCalled", report({{"type", "scroll"},
                                              {"t", 10},
                                              {"from_x", 0},
                                              {"from_y", 0},
                                              {"to_x", 0},
                                              {"to_y", 300},
                                              {"target_selector", "document"}})));
  EXPECT_EQ(scroll.to_y, 300);
}

TEST_F(CollectorTest, SpacesReportsByThePagesOwnTime) {
  open_page();
  const auto key = [&](double t) {
    return notify("Runtime.bindingCalled",
                  report({{"type", "key"}, {"t", t}, {"key", "a"}, {"selector", ""}, {"tag", "INPUT"}}))
        .events.size();
  };
  EXPECT_EQ(key(100), 1u);
  EXPECT_EQ(key(100.5), 0u);
  EXPECT_EQ(key(101.5), 1u);
  EXPECT_EQ(key(5), 1u) << "a new document starts its clock anew";
}

TEST_F(CollectorTest, IgnoresOtherBindingsAndBrokenReports) {
  open_page();
  EXPECT_TRUE(notify("Runtime.bindingCalled", report({{"type", "click"}}, "theirs")).events.empty());
  EXPECT_TRUE(
      notify("Runtime.bindingCalled", {{"name", "binding"}, {"payload", "{"}, {"executionContextId", 4}})
          .events.empty());
}

class NothingCaptured : public CollectorTest {
 protected:
  static Options nothing() {
    Options options = everything();
    options.categories = {};
    return options;
  }
  NothingCaptured() : CollectorTest(nothing()) {}
};

TEST_F(NothingCaptured, PublishesNothingAndStillAnswersDialogs) {
  attach("S1", "page", "T1");
  EXPECT_TRUE(out_.events.empty());
  EXPECT_TRUE(navigate("http://site.test/").events.empty());
  EXPECT_TRUE(notify("Network.requestWillBeSent", network_request("R1", "http://site.test/x")).events.empty());
  EXPECT_FALSE(notify("Page.javascriptDialogOpening", dialog("alert")).commands.empty());
}

}  // namespace
}  // namespace telltale::collector

// network_idle and the settled events of whole pages: which requests and shifts count, and for what.

#include "collector/limits.hpp"
#include "collector_fixture.hpp"

namespace telltale::collector {
namespace {

using namespace std::chrono_literals;
using telemetry::NetworkIdle;
using telemetry::PageLayoutSettled;
using telemetry::PageNavigationSettled;

class Settle : public CollectorTest {
 protected:
  void begin(const std::string& id, const std::string& session = "S1") {
    notify("Network.requestWillBeSent",
           {{"requestId", id},
            {"loaderId", "L1"},
            {"documentURL", "http://site.test/"},
            {"request", {{"url", "http://site.test/" + id}, {"method", "GET"}, {"headers", json::object()}}},
            {"timestamp", 1},
            {"wallTime", 1800000000.5},
            {"initiator", {{"type", "script"}}},
            {"type", "Fetch"}},
           session);
  }
  void end(const std::string& id, const std::string& session = "S1") {
    notify("Network.loadingFailed",
           {{"requestId", id}, {"timestamp", 2}, {"type", "Fetch"}, {"errorText", "net::ERR_FAILED"}},
           session);
  }
  void shift(const std::string& session = "S1", const std::string& frame = "T1") {
    notify("PerformanceTimeline.timelineEventAdded",
           {{"event",
             {{"frameId", frame},
              {"type", "layout-shift"},
              {"name", ""},
              {"time", 1800000000.5},
              {"layoutShiftDetails",
               {{"value", 0.125},
                {"hadRecentInput", false},
                {"lastInputTime", 0},
                {"sources", json::array()}}}}}},
           session);
  }
  Output& after(std::chrono::milliseconds passed) {
    clock_.advance(passed);
    return tick();
  }
};

TEST_F(Settle, PublishesNetworkIdleInTheContextOfThePage) {
  open_page("http://site.test/");
  ASSERT_TRUE(collector_.next_deadline());
  const auto& out = after(500ms);
  const auto idle = only<NetworkIdle>(out);
  EXPECT_EQ(idle.context.nav_seq, 1);
  EXPECT_EQ(idle.context.url, "http://site.test/");
  EXPECT_EQ(out.events[0].source.kind, telemetry::SourceKind::cdp);
  EXPECT_FALSE(out.events[0].source.event) << "computed";
  EXPECT_TRUE(out.events[0].source.metadata);
}

TEST_F(Settle, AsksToBeCalledWhenItIsDue) {
  open_page();
  after(collector::limits::kAttachHold);
  EXPECT_EQ(collector_.next_deadline(), clock_.now().mono + (500ms - collector::limits::kAttachHold));
}

TEST_F(Settle, CountsTheRequestsOfIframesAndWorkersOfThePage) {
  open_page();
  attach("S2", "iframe", "F2", "S1", true, {{"parentFrameId", "T1"}});
  attach("S3", "worker", "W3", "S2");
  begin("R1", "S2");
  begin("R2", "S3");
  EXPECT_TRUE(all<NetworkIdle>(after(1min)).empty());
  end("R1", "S2");
  EXPECT_TRUE(all<NetworkIdle>(after(1min)).empty());
  end("R2", "S3");
  EXPECT_EQ(all<NetworkIdle>(after(500ms)).size(), 1u);
}

TEST_F(Settle, LeavesRequestsOfOtherPagesAndOfServiceWorkersOut) {
  attach("SW", "service_worker", "W1");
  attach("S9", "page", "T9");
  open_page();
  begin("R1", "SW");
  begin("R2", "S9");
  EXPECT_EQ(all<NetworkIdle>(after(500ms)).size(), 1u);
}

TEST_F(Settle, CountsARedirectChainOnce) {
  open_page();
  begin("R1");
  begin("R1");  // its next hop
  end("R1");
  EXPECT_EQ(all<NetworkIdle>(after(500ms)).size(), 1u);
}

TEST_F(Settle, DoesNotCountRequestsThatBeganBeforeTheNavigation) {
  open_page();
  begin("document");
  begin("late");
  navigate("http://site.test/b", "L2");
  begin("own");
  end("document");
  end("late");
  EXPECT_TRUE(all<NetworkIdle>(after(1min)).empty()) << "its own request is still there";
  end("own");
  const auto idle = only<NetworkIdle>(after(500ms));
  EXPECT_EQ(idle.context.nav_seq, 2);
}

TEST_F(Settle, IsNotHeldUpForEverByARequestThatNeverEnds) {
  open_page();
  begin("R1");
  after(collector::limits::kRequestAge + 1s);
  EXPECT_EQ(all<NetworkIdle>(after(500ms)).size(), 1u);
}

TEST_F(Settle, PublishesLayoutAndNavigationSettledInThisOrder) {
  open_page();
  notify("Page.domContentEventFired", {{"timestamp", 1}});
  notify("Page.loadEventFired", {{"timestamp", 2}});
  after(500ms);
  const auto& out = after(500ms);
  ASSERT_EQ(out.events.size(), 2u);
  EXPECT_EQ(std::get<PageLayoutSettled>(out.events[0].data).context.nav_seq, 1);
  EXPECT_EQ(std::get<PageNavigationSettled>(out.events[1].data).context.nav_seq, 1);
}

TEST_F(Settle, ShiftsOfIframesUnsettleTheirPage) {
  open_page();
  attach("S2", "iframe", "F2", "S1", true, {{"parentFrameId", "T1"}});
  notify("Page.loadEventFired", {{"timestamp", 2}});
  clock_.advance(900ms);
  shift("S2", "F2");
  EXPECT_TRUE(all<PageLayoutSettled>(after(999ms)).empty());
  EXPECT_EQ(all<PageLayoutSettled>(after(1ms)).size(), 1u);
}

TEST_F(Settle, BeginsAgainWithTheNextNavigationWhenACategoryWentOffAndOn) {
  open_page();
  notify("Page.loadEventFired", {{"timestamp", 2}});
  collector_.configure({Category::console}, out_);
  collector_.configure(everything().categories, out_);
  EXPECT_TRUE(after(1min).events.empty());
  navigate("http://site.test/b", "L2");
  EXPECT_EQ(all<NetworkIdle>(after(500ms)).size(), 1u);
}

TEST_F(Settle, ComputesOnlyWhatIsCaptured) {
  collector_.configure({Category::page}, out_);
  open_page();
  notify("Page.loadEventFired", {{"timestamp", 2}});
  const auto& out = after(1min);
  EXPECT_EQ(all<NetworkIdle>(out).size(), 0u);
  EXPECT_EQ(all<PageLayoutSettled>(out).size(), 1u);
}

TEST_F(Settle, StopsWhenThePageCrashes) {
  open_page();
  notify("Page.loadEventFired", {{"timestamp", 2}});
  notify("Inspector.targetCrashed", json::object());
  EXPECT_TRUE(after(1min).events.empty());
}

}  // namespace
}  // namespace telltale::collector

#include "collector/limits.hpp"
#include "collector/settle_timers.hpp"

#include <gtest/gtest.h>

namespace telltale::collector {
namespace {

using namespace std::chrono_literals;
using Settled = SettleTimers::Settled;
using What = std::vector<Settled>;

class SettleTimersTest : public ::testing::Test {
 protected:
  // Lets time pass and returns what has settled meanwhile.
  What after(std::chrono::milliseconds passed) {
    now_ += passed;
    return timers_.due(now_);
  }

  SettleTimers::TimePoint now_{1h};
  SettleTimers timers_;
};

TEST_F(SettleTimersTest, AreQuietBeforeTheFirstNavigation) {
  timers_.loaded(now_);
  timers_.shifted(now_);
  timers_.request_began();
  timers_.request_ended(now_);
  timers_.dom_content_loaded(now_);
  EXPECT_EQ(timers_.next(), std::nullopt);
  EXPECT_EQ(after(1h), What{});
}

TEST_F(SettleTimersTest, APageWithoutRequestsIsIdle500MsAfterItsNavigation) {
  timers_.navigated(now_, {true, true});
  EXPECT_EQ(timers_.next(), now_ + 500ms);
  EXPECT_EQ(after(499ms), What{});
  EXPECT_EQ(after(1ms), What{Settled::network});
  EXPECT_EQ(after(1h), What{}) << "once per navigation";
}

TEST_F(SettleTimersTest, IsIdle500MsAfterTheLastOfAllRequests) {
  timers_.navigated(now_, {true, true});
  timers_.request_began();
  timers_.request_began();
  EXPECT_EQ(after(1min), What{});
  timers_.request_ended(now_);
  EXPECT_EQ(after(1min), What{});
  timers_.request_ended(now_);
  EXPECT_EQ(after(499ms), What{});
  timers_.request_began();
  EXPECT_EQ(after(1min), What{}) << "a new request within the 500 ms stops the timer";
  timers_.request_ended(now_);
  EXPECT_EQ(after(500ms), What{Settled::network});
  timers_.request_began();
  timers_.request_ended(now_);
  EXPECT_EQ(after(1min), What{});
}

TEST_F(SettleTimersTest, ANavigationForgetsThePendingRequests) {
  timers_.navigated(now_, {true, false});
  timers_.request_began();
  timers_.navigated(now_, {true, false});
  EXPECT_EQ(after(500ms), What{Settled::network});
}

TEST_F(SettleTimersTest, LayoutSettlesASecondAfterLoadAndThenTheNavigation) {
  timers_.navigated(now_, {false, true});
  timers_.shifted(now_);
  EXPECT_EQ(timers_.next(), std::nullopt) << "shifts before load do nothing";
  timers_.dom_content_loaded(now_);
  timers_.loaded(now_);
  EXPECT_EQ(after(999ms), What{});
  EXPECT_EQ(after(1ms), (What{Settled::layout, Settled::navigation}));
  timers_.shifted(now_);
  EXPECT_EQ(after(1h), What{});
}

TEST_F(SettleTimersTest, AShiftAfterLoadRestartsTheSecond) {
  timers_.navigated(now_, {false, true});
  timers_.dom_content_loaded(now_);
  timers_.loaded(now_);
  EXPECT_EQ(after(900ms), What{});
  timers_.shifted(now_);
  EXPECT_EQ(after(999ms), What{});
  EXPECT_EQ(after(1ms), (What{Settled::layout, Settled::navigation}));
}

TEST_F(SettleTimersTest, APageThatShiftsForEverSettlesAtTheBound) {
  timers_.navigated(now_, {false, true});
  timers_.dom_content_loaded(now_);
  timers_.loaded(now_);
  const auto bound = now_ + collector::limits::kLayoutSettleBound;
  while (now_ + 500ms < bound) {
    EXPECT_EQ(after(500ms), What{});
    timers_.shifted(now_);
  }
  EXPECT_EQ(timers_.next(), bound);
  EXPECT_EQ(after(500ms), (What{Settled::layout, Settled::navigation}));
}

TEST_F(SettleTimersTest, TheNavigationSettlesOnlyWhenTheDocumentIsParsed) {
  timers_.navigated(now_, {false, true});
  timers_.loaded(now_);
  EXPECT_EQ(after(1s), What{Settled::layout});
  timers_.dom_content_loaded(now_);
  EXPECT_EQ(timers_.next(), now_);
  EXPECT_EQ(after(0ms), What{Settled::navigation});
}

TEST_F(SettleTimersTest, DoesNotWaitForTheNetworkToSettleTheNavigation) {
  timers_.navigated(now_, {true, true});
  timers_.request_began();
  timers_.dom_content_loaded(now_);
  timers_.loaded(now_);
  EXPECT_EQ(after(1s), (What{Settled::layout, Settled::navigation}));
}

TEST_F(SettleTimersTest, ReportsWhatIsOverdueInTheOrderInWhichItWasDue) {
  timers_.navigated(now_, {true, true});
  timers_.dom_content_loaded(now_);
  timers_.loaded(now_);
  timers_.request_began();
  now_ += 900ms;
  timers_.request_ended(now_);
  EXPECT_EQ(after(1min), (What{Settled::layout, Settled::navigation, Settled::network}));
}

TEST_F(SettleTimersTest, WatchesWhatWentOffOnlyFromTheNextNavigationOn) {
  timers_.navigated(now_, {true, true});
  timers_.dom_content_loaded(now_);
  timers_.loaded(now_);
  timers_.forget_network();
  timers_.forget_layout();
  timers_.request_began();
  timers_.request_ended(now_);
  timers_.loaded(now_);
  timers_.shifted(now_);
  EXPECT_EQ(timers_.next(), std::nullopt);
  timers_.navigated(now_, {true, false});
  EXPECT_EQ(after(1min), What{Settled::network});
}

}  // namespace
}  // namespace telltale::collector

// monitor_screenshot: triggers, spacing, sizes and failures.

#include "collector/limits.hpp"
#include "collector_fixture.hpp"

namespace telltale::collector {
namespace {

using namespace std::chrono_literals;
using Kind = ReplyTag::Kind;
using telemetry::MonitorScreenshot;

Options with_screenshots(Options options, std::optional<std::chrono::seconds> period = std::nullopt) {
  options.categories.insert(Category::screenshot);
  options.screenshot_period = period;
  return options;
}

class Screenshot : public CollectorTest {
 protected:
  explicit Screenshot(Options options = with_screenshots(everything())) : CollectorTest(std::move(options)) {}

  void open_running_page() {
    open_page();
    clock_.advance(collector::limits::kAttachHold);
    tick();
  }
  Output& load() { return notify("Page.loadEventFired", {{"timestamp", 1}}); }
  Output& throw_error(const std::string& session = "S1", double ms_before = 0) {
    const auto at = static_cast<double>(clock_.now().unix_us()) / 1000 - ms_before;
    return notify("Runtime.exceptionThrown",
                  {{"timestamp", at},
                   {"exceptionDetails",
                    {{"exceptionId", 1}, {"text", "Uncaught"}, {"lineNumber", 0}, {"columnNumber", 0}}}},
                  session);
  }
  // The answer to the last command of the kind; `bytes` of picture.
  Output& answer(const Output& asked, std::size_t bytes) {
    return answer(asked, json{{"data", std::string((bytes + 2) / 3 * 4, 'A')}}.dump());
  }
  Output& answer(const Output& asked, base::Result<std::string> result) {
    const auto tag = asked.commands.at(0).tag;
    out_.clear();
    collector_.on_reply(tag, result, clock_.now(), out_);
    return out_;
  }
  static bool captures_picture(const Output& out) {
    return methods(out, "S1") == std::vector<std::string>{"Page.captureScreenshot"};
  }
};

TEST_F(Screenshot, FollowsTheLoadEvent) {
  open_running_page();
  const auto asked = load();
  ASSERT_TRUE(captures_picture(asked));
  EXPECT_EQ(asked.commands[0].command.params, R"({"format":"png"})");
  const auto& out = answer(asked, 30);
  EXPECT_EQ(only<MonitorScreenshot>(out).png->reveal(), std::string(40, 'A'));
  EXPECT_FALSE(only<MonitorScreenshot>(out).scale);
  EXPECT_EQ(out.events[0].source.kind, telemetry::SourceKind::local_process);
  EXPECT_EQ(out.events[0].source.event, "Page.loadEventFired");
  const std::vector<std::pair<std::string, std::string>> ids = {
      {"cdp_session_id", "S1"}, {"target_id", "T1"}, {"target_type", "page"}};
  EXPECT_EQ(out.events[0].source.metadata->members, ids);
}

TEST_F(Screenshot, FollowsAnExceptionOfAnIframeWithAPictureOfItsPage) {
  open_running_page();
  attach("S2", "iframe", "F2", "S1", true, {{"parentFrameId", "T1"}});
  const auto asked = throw_error("S2");
  ASSERT_TRUE(captures_picture(asked));
  EXPECT_EQ(answer(asked, 30).events.at(0).source.event, "Runtime.exceptionThrown");
}

TEST_F(Screenshot, DoesNotFollowAnExceptionOfBeforeTheAttach) {
  open_running_page();
  EXPECT_FALSE(captures_picture(throw_error("S1", 60'000)));
}

TEST_F(Screenshot, IsTakenWhateverElseIsCaptured) {
  collector_.configure({Category::screenshot}, out_);
  open_running_page();
  EXPECT_TRUE(captures_picture(load()));
}

TEST_F(Screenshot, IsOneAtATimeAndTwoSecondsAfterTheLast) {
  open_running_page();
  const auto first = load();
  EXPECT_FALSE(captures_picture(throw_error())) << "one is in flight";
  answer(first, 30);
  clock_.advance(collector::limits::kScreenshotSpacing - 1ms);
  EXPECT_FALSE(captures_picture(throw_error()));
  clock_.advance(1ms);
  EXPECT_TRUE(captures_picture(throw_error()));
}

TEST_F(Screenshot, CountsTheSpacingOnlyFromThoseThatWereTaken) {
  open_running_page();
  const auto first = load();
  clock_.advance(collector::limits::kScreenshotSpacing);
  EXPECT_FALSE(captures_picture(throw_error())) << "one is in flight";
  answer(first, 30);
  EXPECT_TRUE(captures_picture(throw_error()));
}

TEST_F(Screenshot, IsGivenUpAfterTenSeconds) {
  open_running_page();
  const auto first = load();
  clock_.advance(collector::limits::kScreenshotTimeout);
  tick();
  const auto second = throw_error();
  ASSERT_TRUE(captures_picture(second));
  EXPECT_TRUE(answer(first, 30).events.empty()) << "a late answer";
  EXPECT_EQ(answer(second, 30).events.size(), 1u);
}

TEST_F(Screenshot, IsTakenSmallerUntilItFits) {
  open_running_page();
  auto asked = load();
  for (const double scale : {0.5, 0.25, 0.125, 0.0625}) {
    const auto place = answer(asked, collector::limits::kScreenshotBytes + 3);
    ASSERT_EQ(methods(place, "S1"), std::vector<std::string>{"Page.getLayoutMetrics"});
    asked = answer(place, std::string(R"({"cssVisualViewport":{"offsetX":0,"offsetY":0,"pageX":5,"pageY":700,
      "clientWidth":1280,"clientHeight":720,"scale":1,"zoom":1}})"));
    ASSERT_TRUE(captures_picture(asked));
    const json clip{{"x", 5.0}, {"y", 700.0}, {"width", 1280.0}, {"height", 720.0}, {"scale", scale}};
    EXPECT_EQ(json::parse(asked.commands[0].command.params).at("clip"), clip);
  }
  auto fits = asked;
  EXPECT_EQ(only<MonitorScreenshot>(answer(fits, collector::limits::kScreenshotBytes)).scale, 0.0625);
}

TEST_F(Screenshot, IsDroppedWhenEvenTheSmallestIsTooLarge) {
  open_running_page();
  auto asked = load();
  for (int i = 0; i < 4; ++i) {
    const auto place = answer(asked, collector::limits::kScreenshotBytes + 3);
    asked = answer(
        place,
        std::string(R"({"cssVisualViewport":{"pageX":0,"pageY":0,"clientWidth":1,"clientHeight":1}})"));
  }
  const auto& out = answer(asked, collector::limits::kScreenshotBytes + 3);
  EXPECT_TRUE(out.events.empty());
  EXPECT_TRUE(out.commands.empty());
  clock_.advance(collector::limits::kScreenshotSpacing);
  EXPECT_TRUE(captures_picture(throw_error())) << "the slot is free again";
}

TEST_F(Screenshot, SaysNothingOfAFailure) {
  open_running_page();
  const auto asked = load();
  EXPECT_TRUE(answer(asked, base::fail(base::Errc::protocol, "Internal error")).events.empty());
  clock_.advance(collector::limits::kScreenshotSpacing);
  EXPECT_TRUE(captures_picture(throw_error()));
}

TEST_F(Screenshot, IsNotAskedOfAPageThatCannotAnswer) {
  open_page();
  EXPECT_FALSE(captures_picture(load())) << "held";
  clock_.advance(collector::limits::kAttachHold);
  tick();
  notify("Inspector.targetCrashed", json::object());
  EXPECT_FALSE(captures_picture(load())) << "crashed";
  navigate("http://site.test/b", "L2");
  notify("Page.javascriptDialogOpening",
         {{"url", "u"}, {"message", "hi"}, {"type", "alert"}, {"hasBrowserHandler", false}});
  EXPECT_FALSE(captures_picture(throw_error())) << "stopped by a dialog";
  notify("Page.javascriptDialogClosed", {{"result", true}, {"userInput", ""}});
  EXPECT_TRUE(captures_picture(throw_error()));
}

TEST_F(Screenshot, FreesTheSlotOfAPageThatIsGone) {
  open_running_page();
  load();
  notify("Target.detachedFromTarget", {{"sessionId", "S1"}}, "");
  attach("S2", "page", "T2");
  clock_.advance(collector::limits::kScreenshotSpacing);
  tick();
  EXPECT_EQ(methods(notify("Page.loadEventFired", {{"timestamp", 1}}, "S2"), "S2"),
            std::vector<std::string>{"Page.captureScreenshot"});
}

TEST_F(Screenshot, IsDroppedWhenItsCategoryWentOff) {
  open_running_page();
  const auto asked = load();
  collector_.configure({Category::page}, out_);
  EXPECT_TRUE(answer(asked, 30).events.empty());
  clock_.advance(1min);
  EXPECT_FALSE(captures_picture(throw_error()));
}

class PeriodicScreenshot : public Screenshot {
 protected:
  PeriodicScreenshot() : Screenshot(with_screenshots(everything(), 5s)) {}
};

TEST_F(PeriodicScreenshot, ShowsThePageThatNavigatedLast) {
  open_running_page();
  clock_.advance(5s - collector::limits::kAttachHold);
  const auto asked = tick();
  ASSERT_TRUE(captures_picture(asked));
  EXPECT_FALSE(answer(asked, 30).events.at(0).source.event) << "nothing triggered it";
  EXPECT_EQ(collector_.next_deadline(), clock_.now().mono + 5s);
  clock_.advance(5s);
  EXPECT_TRUE(captures_picture(tick()));
}

TEST_F(PeriodicScreenshot, CountsFromTheMomentItsCategoryIsOn) {
  collector_.configure({Category::page}, out_);
  open_running_page();
  clock_.advance(1min);
  EXPECT_FALSE(captures_picture(tick()));
  collector_.configure({Category::page, Category::screenshot}, out_);
  ASSERT_LE(collector_.next_deadline(), clock_.now().mono);
  EXPECT_FALSE(captures_picture(tick()));
  clock_.advance(5s);
  EXPECT_TRUE(captures_picture(tick()));
}

}  // namespace
}  // namespace telltale::collector

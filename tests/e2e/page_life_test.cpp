// What happens to a document besides loading: routes, dialogs, downloads, vitals, crashes.

#include <signal.h>

#include <filesystem>

#include "browser_test.hpp"
#include "support/running_browser.hpp"

namespace telltale::e2e {
namespace {

class PageLife : public BrowserTest {};
INSTANTIATE_TEST_SUITE_P(Browsers, PageLife, kBrowsers, browser_name);

TEST_P(PageLife, ReportsTheRoutesOfAnApp) {
  site.add_page("/frame", "<script>location.hash = 'inner'</script>");
  site.add_page("/app", R"(<script>
history.pushState({}, '', '/app/settings');
location.hash = 'section';
</script><iframe src=/frame></iframe>)");
  open("/app");
  const auto navigation = navigation_to("/app");
  const auto pushed = events->wait_for("page_route_changed", {{"url", site.url("/app/settings")}});
  expect_cdp_event(pushed, "page", "Page.navigatedWithinDocument");
  EXPECT_EQ(data_of(pushed).at("navigation_type"), "historyApi");
  EXPECT_EQ(data_of(pushed).at("frame_id"), data_of(navigation).at("frame_id"));
  EXPECT_EQ(data_of(pushed).at("nav_seq"), nav_seq_of(navigation));
  const auto hash = events->wait_for("page_route_changed", {{"url", site.url("/app/settings#section")}});
  EXPECT_EQ(data_of(hash).at("navigation_type"), "fragment");
  const auto inner = events->wait_for("page_route_changed", {{"url", site.url("/frame#inner")}});
  EXPECT_NE(data_of(inner).at("frame_id"), data_of(navigation).at("frame_id"));
  EXPECT_EQ(data_of(inner).at("nav_seq"), nav_seq_of(navigation));
}

TEST_P(PageLife, ReportsDialogsAndTheirAnswers) {
  site.add_page("/", "<script>alert('hello'); confirm('sure?'); prompt('your name?', 'Ada')</script>");
  open("/");
  const auto navigation = navigation_to("/");
  for (const auto& [type, message] :
       {std::pair{"alert", "hello"}, {"confirm", "sure?"}, {"prompt", "your name?"}}) {
    const auto dialog = events->wait_for("page_dialog", {{"dialog_type", type}});
    expect_cdp_event(dialog, "page", "Page.javascriptDialogOpening");
    expect_context(dialog, navigation, nav_seq_of(navigation));
    EXPECT_EQ(data_of(dialog).at("message"), message);
    const auto closed = events->wait_for("page_dialog_closed", {{"dialog_type", type}});
    expect_cdp_event(closed, "page", "Page.javascriptDialogClosed");
    EXPECT_EQ(data_of(closed).at("answered_by_telltale"), true);
    EXPECT_GE(data_of(closed).at("open_ms"), 0);
    EXPECT_LT(dialog.at("seq"), closed.at("seq"));
  }
  EXPECT_EQ(data_of(events->wait_for("page_dialog", {{"dialog_type", "prompt"}})).at("default_prompt"),
            "Ada");
  EXPECT_EQ(data_of(events->wait_for("page_dialog_closed", {{"dialog_type", "confirm"}})).at("accepted"),
            false);
}

TEST_P(PageLife, ReportsADownload) {
  net::HttpResponse file;
  file.headers.set("Content-Type", "application/octet-stream");
  file.headers.set("Content-Disposition", "attachment; filename=\"report.bin\"");
  file.body = std::string(100'000, 'x');
  site.add("/file", file);
  site.add_page("/", "<a id=get href=/file>get it</a>");
  open("/");
  const auto navigation = navigation_to("/");
  events->wait_for("page_load", {{"url", site.url("/")}});
  const auto folder = std::filesystem::temp_directory_path() /
                      ("telltale-download-" + session.at("session_id").get<std::string>());
  std::filesystem::create_directory(folder);
  // headless-shell downloads nothing by default.
  driver().call("Browser.setDownloadBehavior",
                {{"behavior", "allow"}, {"downloadPath", folder.string()}, {"eventsEnabled", true}});
  driver().click_on(driver().attach(site.url("/")), "document.querySelector('#get')");
  const auto started = events->wait_for("page_download_started");
  expect_cdp_event(started, "page", "Page.downloadWillBegin");
  expect_context(started, navigation, nav_seq_of(navigation));
  EXPECT_EQ(data_of(started).at("download_url"), site.url("/file"));
  EXPECT_EQ(data_of(started).at("suggested_filename"), "report.bin");
  const auto finished = events->wait_for("page_download_finished");
  expect_cdp_event(finished, "page", "Page.downloadProgress");
  EXPECT_EQ(data_of(finished).at("download_id"), data_of(started).at("download_id"));
  EXPECT_EQ(data_of(finished).at("download_url"), site.url("/file"));
  EXPECT_EQ(data_of(finished).at("state"), "completed");
  EXPECT_EQ(data_of(finished).at("received_bytes"), 100'000);
  EXPECT_EQ(data_of(finished).at("total_bytes"), 100'000);
  std::filesystem::remove_all(folder);
}

TEST_P(PageLife, ReportsTheVitalsOfADocumentOnceItIsLeft) {
  site.add_page("/", R"(<div id=gap style='height:0'></div><h1>The largest text</h1>
<button id=slow onclick="const t = performance.now(); while (performance.now() - t < 80);">Slow</button><script>
window.measured = {shifts: 0, longest: 0};
new PerformanceObserver((list) => {
  for (const e of list.getEntries()) if (!e.hadRecentInput) measured.shifts += e.value;
}).observe({type: 'layout-shift', buffered: true});
window.interaction = new Promise((done) => new PerformanceObserver((list) => {
  for (const e of list.getEntries()) {
    if (e.interactionId) measured.longest = Math.max(measured.longest, e.duration);
    if (e.name === 'click') done();
  }
}).observe({type: 'event', durationThreshold: 16, buffered: true}));
requestAnimationFrame(() => requestAnimationFrame(() => { document.querySelector('#gap').style.height = '50px'; }));
</script>)");
  site.add_page("/next", "<p>next</p>");
  open("/");
  const auto navigation = navigation_to("/");
  events->wait_for("page_lcp");
  events->wait_for("page_layout_shift");
  const auto page = driver().attach(site.url("/"));
  driver().click_on(page, "document.querySelector('#slow')");
  // The script reports at most once per second: what it knew before this promise is on its way when it
  // resolves.
  const auto measured = driver().evaluate(page, R"(interaction.then(() => new Promise((done) =>
    setTimeout(() => done({...measured, fcp: performance.getEntriesByName('first-contentful-paint')[0].startTime,
                           ttfb: performance.getEntriesByType('navigation')[0].responseStart}), 1500))))");
  const auto lcp = data_of(events->all("page_lcp").back()).at("lcp_details").at("render_time");
  driver().evaluate(page, "void (location = '/next')");

  const auto next = navigation_to("/next");
  const auto vitals = events->wait_for("page_vitals");
  EXPECT_LT(vitals.at("seq"), next.at("seq"));
  EXPECT_EQ(vitals.at("event").at("category"), "page");
  EXPECT_FALSE(vitals.at("event").at("source").contains("event")) << "computed";
  expect_context(vitals, navigation, nav_seq_of(navigation));
  EXPECT_GT(measured.at("shifts").get<double>(), 0);
  EXPECT_NEAR(data_of(vitals).at("cls").get<double>(), measured.at("shifts").get<double>(), 1e-9);
  EXPECT_EQ(data_of(vitals).at("lcp_ms"), lcp);
  EXPECT_GE(measured.at("longest").get<double>(), 80);
  EXPECT_EQ(data_of(vitals).at("inp_ms"), measured.at("longest"));
  EXPECT_EQ(data_of(vitals).at("fcp_ms"), measured.at("fcp"));
  EXPECT_EQ(data_of(vitals).at("ttfb_ms"), measured.at("ttfb"));
}

TEST_P(PageLife, ReportsTheVitalsOfTheLastDocumentAtTheEndOfTheSession) {
  site.add_page("/", "<h1>The only page</h1>");
  open("/");
  events->wait_for("page_load", {{"url", site.url("/")}});
  events->wait_for("page_lcp");
  EXPECT_TRUE(events->all("page_vitals").empty());
  server.remove("/browsers/" + session.at("session_id").get<std::string>());
  EXPECT_TRUE(events->wait_end());
  const auto vitals = events->all("page_vitals");
  ASSERT_EQ(vitals.size(), 1u);
  EXPECT_EQ(data_of(vitals[0]).at("url"), site.url("/"));
  EXPECT_EQ(data_of(vitals[0]).at("cls"), 0);
  EXPECT_TRUE(data_of(vitals[0]).contains("lcp_ms"));
}

TEST_P(PageLife, ReportsACrashAndRecordsThePageAgainAfterIt) {
  site.add_page("/", "<p>will crash</p>");
  site.add_page("/again", "<script>console.log('back again')</script>");
  open("/");
  const auto navigation = navigation_to("/");
  events->wait_for("page_load", {{"url", site.url("/")}});
  const auto processes = driver().call("SystemInfo.getProcessInfo").at("processInfo");
  for (const auto& process : processes) {
    if (process.at("type") == "renderer") ::kill(process.at("id").get<int>(), SIGKILL);
  }
  const auto crash = events->wait_for("page_crashed", {{"url", site.url("/")}});
  expect_cdp_event(crash, "page", "Inspector.targetCrashed");
  EXPECT_EQ(data_of(crash).at("target_id"), data_of(navigation).at("target_id"));
  EXPECT_EQ(data_of(crash).at("target_type"), "page");
  const auto page =
      driver()
          .call("Target.attachToTarget", {{"targetId", data_of(crash).at("target_id")}, {"flatten", true}})
          .at("sessionId")
          .get<std::string>();
  driver().call("Page.navigate", {{"url", site.url("/again")}}, page);
  const auto again = navigation_to("/again");
  EXPECT_EQ(nav_seq_of(again), nav_seq_of(navigation) + 1);
  expect_context(events->wait_for("console_log", {{"text", "back again"}}), again, nav_seq_of(again));
}

TEST_P(PageLife, ReportsTheCrashOfAFrameOfAnotherProcess) {
  site.add_page("/frame", "<script>console.log('in the frame')</script>");
  site.add_page("/", "<iframe src='" + site.cross_site_url("/frame") + "'></iframe>");
  open("/");
  const auto frame = events->wait_for("console_log", {{"text", "in the frame"}});
  EXPECT_EQ(data_of(frame).at("target_type"), "iframe");
  const auto session_id =
      driver()
          .call("Target.attachToTarget", {{"targetId", data_of(frame).at("target_id")}, {"flatten", true}})
          .at("sessionId");
  driver().post("Page.crash", session_id);  // never answered
  const auto crash = events->wait_for("page_crashed", {{"url", site.cross_site_url("/frame")}});
  expect_cdp_event(crash, "page", "Inspector.targetCrashed", "iframe");
  EXPECT_EQ(data_of(crash).at("target_id"), data_of(frame).at("target_id"));
  EXPECT_EQ(data_of(crash).at("target_type"), "iframe");
  EXPECT_EQ(events->all("page_crashed").size(), 1u);
  // The page around it lives.
  driver().evaluate(driver().attach(site.url("/")), "console.log('still here')");
  events->wait_for("console_log", {{"text", "still here"}});
}

}  // namespace
}  // namespace telltale::e2e

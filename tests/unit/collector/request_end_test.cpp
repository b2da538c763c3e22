// Every request has exactly one end: Chromium's, or telltale's where Chromium reports none.

#include "collector/limits.hpp"
#include "network_fixture.hpp"

namespace telltale::collector {
namespace {

using namespace std::chrono_literals;
using telemetry::NetworkLoadingFailed;
using telemetry::NetworkResponse;
using Texts = std::vector<std::string>;

class RequestEnd : public NetworkTest {
 protected:
  /// The request of a document: its id is its loader's.
  Output& document(const std::string& loader, const std::string& frame = "T1",
                   const std::string& session = "S1") {
    return sent(loader, {{"loaderId", loader}, {"frameId", frame}, {"type", "Document"}}, session);
  }
  Output& frame_navigated(const std::string& frame, const std::string& loader,
                          const std::string& session = "S1", const std::string& parent = "") {
    json params{{"id", frame}, {"loaderId", loader}, {"url", "http://site.test/f"}};
    if (!parent.empty()) params["parentId"] = parent;
    return notify("Page.frameNavigated", {{"frame", params}}, session);
  }
  Output& frame_detached(const std::string& frame, const std::string& reason) {
    return notify("Page.frameDetached", {{"frameId", frame}, {"reason", reason}});
  }
};

// --- documents

TEST_F(RequestEnd, EndsTheRequestsOfADocumentThatIsReplaced) {
  open_page();
  sent("R1");
  sent("R2");
  received("R2");
  data("R2", 3);
  sent("P1", {{"loaderId", ""}, {"frameId", nullptr}, {"type", "Other"}});  // a preflight
  document("L2");
  const auto& out = navigate("http://site.test/next", "L2");
  EXPECT_EQ(ended(out), (Texts{"R1", "R2", "P1"}));
  EXPECT_EQ(errors(out), Texts(3, "document_gone"));
  EXPECT_TRUE(all<NetworkLoadingFailed>(out)[0].canceled);
  EXPECT_EQ(all<NetworkLoadingFailed>(out)[0].context.nav_seq, 1) << "the epoch of the request";
  EXPECT_TRUE(finished("R1").events.empty()) << "a late end is not a second one";
  EXPECT_TRUE(failed("R2").events.empty());
  received("L2");
  EXPECT_EQ(ended(finished("L2")), Texts{"L2"}) << "its own request goes on";
}

TEST_F(RequestEnd, LeavesANavigationToChromiumUntilItsDocumentIsThere) {
  open_page();
  document("L2");
  document("L3");  // supersedes it, and Chromium says so, before or after
  EXPECT_TRUE(errors(navigate("http://site.test/next", "L3")).empty());
  EXPECT_EQ(errors(failed("L2", true)), Texts{"net::ERR_ABORTED"});
  received("L3");  // its body never ends
  EXPECT_EQ(ended(navigate("http://site.test/last", "L4")), Texts{"L3"}) << "it has been shown and is left";
}

TEST_F(RequestEnd, EndsOnlyTheRequestsOfTheFrameThatNavigates) {
  open_page();
  sent("R1");
  document("F2L1", "F2");
  frame_navigated("F2", "F2L1", "S1", "T1");
  received("F2L1");
  finished("F2L1");
  sent("R2", {{"loaderId", "F2L1"}, {"frameId", "F2"}});
  EXPECT_EQ(ended(frame_navigated("F2", "F2L2", "S1", "T1")), Texts{"R2"});
}

TEST_F(RequestEnd, EndsTheRequestsOfAFrameThatIsRemovedButNotOfOneThatMoves) {
  open_page();
  sent("R1");
  document("F2L1", "F2");
  EXPECT_TRUE(frame_detached("F2", "swap").events.empty());
  const auto& out = frame_detached("F2", "remove");
  EXPECT_EQ(ended(out), Texts{"F2L1"});
  EXPECT_EQ(errors(out), Texts{"document_gone"});
}

// --- targets

TEST_F(RequestEnd, EndsTheRequestsOfATargetThatIsGone) {
  open_page();
  attach("S3", "worker", "W3", "S1");
  sent("R1");
  sent("R3", {{"loaderId", ""}, {"frameId", nullptr}}, "S3");
  const auto& out = detach("S3", "S1");
  EXPECT_EQ(ended(out), Texts{"R3"});
  EXPECT_EQ(errors(out), Texts{"target_gone"});
  document("L2");
  EXPECT_EQ(ended(detach("S1")), (Texts{"R1", "L2"}));
}

TEST_F(RequestEnd, MovesTheScriptOfAWorkerToTheWorker) {
  open_page();
  attach("S3", "worker", "W3", "S1");
  sent("R1", {{"loaderId", ""}, {"type", "Script"}});
  received("R1", {}, "S3");
  EXPECT_EQ(errors(detach("S3", "S1")), Texts{"target_gone"});
}

TEST_F(RequestEnd, KeepsTheNavigationOfAFrameThatComesBackToItsParentsProcess) {
  open_page();
  attach("S2", "iframe", "F2", "S1");
  frame_navigated("F2", "F2L1", "S2");
  sent("R2", {{"loaderId", "F2L1"}, {"frameId", "F2"}}, "S2");
  document("F2L2", "F2", "S2");
  received("F2L2", {}, "S2");
  EXPECT_EQ(ended(detach("S2", "S1")), Texts{"R2"});
  EXPECT_TRUE(errors(frame_navigated("F2", "F2L2", "S1", "T1")).empty());
  EXPECT_EQ(ended(finished("F2L2", "S1")), Texts{"F2L2"});
}

TEST_F(RequestEnd, EndsTheRequestsOfACrashedPageButNotItsNavigation) {
  open_page();
  sent("R1");
  sent("R2");
  received("R2");
  data("R2", 4);
  finished("R2");  // its body will never come
  document("L2");
  const auto& out = notify("Inspector.targetCrashed", json::object());
  EXPECT_EQ(ended(out), (Texts{"R1", "R2"}));
  EXPECT_EQ(errors(out), Texts{"target_crashed"});
}

// --- bodies that are not read

TEST_F(RequestEnd, PublishesAResponseThatIsNotReadWhenNothingHasComeForAWhile) {
  open_page();
  sent("R1");
  received("R1", {{"headers", {{"Content-Length", "3000000"}}}});
  EXPECT_TRUE(after(1s).events.empty());
  data("R1", 65536);
  EXPECT_TRUE(after(1s).events.empty()) << "something has come";
  const auto& got = only<NetworkResponse>(after(1s));
  EXPECT_EQ(got.body_read, false);
  EXPECT_EQ(got.decoded_size, 65536);
  EXPECT_FALSE(got.timing->total_ms);
  EXPECT_TRUE(finished("R1").events.empty()) << "a later end is not a second one";
}

TEST_F(RequestEnd, PublishesAResponseThatIsNotReadSoonerWhenAllOfItIsThere) {
  open_page();
  sent("R1");
  received("R1", {{"headers", {{"content-length", "4"}}}});
  data("R1", 4);
  EXPECT_TRUE(after(collector::limits::kUnreadGrace - 1ms).events.empty());
  EXPECT_EQ(only<NetworkResponse>(after(1ms)).body_read, false);
  sent("R2");
  received("R2", {{"headers", {{"content-length", "4"}}}});
  data("R2", 4);
  EXPECT_EQ(ended(failed("R2", true)), Texts{"R2"});
  EXPECT_EQ(std::get<NetworkResponse>(out_.events[0].data).body_read, false) << "nothing of it is missing";
}

TEST_F(RequestEnd, DoesNotCompareThePackedLengthWithUnpackedBytes) {
  open_page();
  sent("R1");
  received("R1", {{"headers", {{"content-length", "4"}, {"content-encoding", "gzip"}}}});
  data("R1", 65536);
  EXPECT_TRUE(after(collector::limits::kUnreadGrace).events.empty());
}

TEST_F(RequestEnd, TakesAResponseWithoutABodyForComplete) {
  open_page();
  sent("R1");
  received("R1", {{"status", 204}});
  const auto& none = only<NetworkResponse>(failed("R1", true));
  EXPECT_EQ(none.status, 204);
  EXPECT_FALSE(none.body_read) << "there was nothing to read";
  sent("R2", {{"request", {{"method", "HEAD"}}}});
  received("R2", {{"headers", {{"content-length", "1000"}}}});
  EXPECT_EQ(all<NetworkResponse>(failed("R2", true)).size(), 1u);
  sent("R3");
  received("R3", {{"headers", {{"content-length", "1000"}}}});
  data("R3", 999);
  EXPECT_EQ(errors(failed("R3", true)), Texts{"net::ERR_ABORTED"}) << "a download, or given up";
}

TEST_F(RequestEnd, DoesNotJudgeEventStreamsBySilence) {
  open_page();
  sent("R1");
  received("R1", {{"mimeType", "text/event-stream"}});
  data("R1", 4);
  EXPECT_TRUE(after(1min).events.empty());
  EXPECT_EQ(ended(failed("R1", true)), Texts{"R1"});
}

// --- what never ends

TEST_F(RequestEnd, EndsOldRequestsByItself) {
  open_page();
  sent("R1");
  sent("R2");
  received("R2", {{"mimeType", "text/event-stream"}});
  const auto& out = after(collector::limits::kRequestAge + 1s);
  EXPECT_EQ(ended(out), (Texts{"R1", "R2"}));
  EXPECT_EQ(errors(out), Texts{"timed_out"});
  EXPECT_EQ(all<NetworkResponse>(out)[0].body_read, false);
  EXPECT_TRUE(finished("R1").events.empty());
}

TEST_F(RequestEnd, WakesUpForOldRequests) {
  open_page();
  tick();
  sent("R1");
  ASSERT_TRUE(collector_.next_deadline());
  EXPECT_LE(*collector_.next_deadline() - clock_.now().mono, collector::limits::kRequestAge + 1min);
}

TEST_F(RequestEnd, EndsARequestWhoseResponseWasNeverReported) {
  open_page();
  sent("R1");
  EXPECT_EQ(errors(finished("R1")), Texts{"response_unknown"});
}

TEST_F(RequestEnd, EndsARequestWhoseIdIsUsedAgain) {
  open_page();
  sent("R1");
  EXPECT_EQ(errors(sent("R1")), Texts{"superseded"});
  EXPECT_EQ(errors(failed("R1")).size(), 1u);
}

TEST_F(RequestEnd, EndsWhatIsOpenAtTheEndOfTheObservation) {
  open_page();
  sent("R1");
  sent("R2");
  received("R2");
  data("R2", 4);
  finished("R2");
  out_.clear();
  collector_.finish(clock_.now(), out_);
  EXPECT_EQ(ended(out_), (Texts{"R1", "R2"}));
  EXPECT_EQ(errors(out_), Texts{"observation_ended"});
  out_.clear();
  collector_.finish(clock_.now(), out_);
  EXPECT_TRUE(ended(out_).empty());
}

TEST_F(RequestEnd, EndsTheOldestRequestWhenThereAreTooMany) {
  open_page();
  for (std::size_t i = 0; i < collector::limits::kTrackedRequests; ++i) sent("R" + std::to_string(i));
  const auto& out = sent("one more");
  EXPECT_EQ(ended(out), Texts{"R0"});
  EXPECT_EQ(errors(out), Texts{"not_tracked"});
}

}  // namespace
}  // namespace telltale::collector

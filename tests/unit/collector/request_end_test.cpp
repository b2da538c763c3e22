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

TEST_F(RequestEnd, NeverTakesAPauseForTheEndOfABody) {  // F5
  open_page();
  sent("R1");
  received("R1", {{"headers", {{"Content-Length", "3000000"}}}});
  data("R1", 65536);
  sent("R2");
  received("R2");
  data("R2", 10);
  EXPECT_TRUE(after(4min).events.empty());
  data("R1", 3000000 - 65536);
  const auto& got = only<NetworkResponse>(finished("R1"));
  EXPECT_FALSE(got.body_read);
  EXPECT_EQ(got.decoded_size, 3000000);
  EXPECT_TRUE(got.timing->total_ms);
  finished("R2");
  EXPECT_EQ(only<NetworkResponse>(body("R2", body_result("0123456789"))).body->reveal(), "0123456789");
}

TEST_F(RequestEnd, PublishesAResponseThatIsNotReadAWhileAfterAllOfItHasCome) {
  open_page();
  sent("R1");
  received("R1", {{"headers", {{"content-length", "4"}}}});
  data("R1", 4);
  EXPECT_TRUE(after(collector::limits::kUnreadGrace - 1ms).events.empty());
  const auto& got = only<NetworkResponse>(after(1ms));
  EXPECT_EQ(got.body_read, false);
  EXPECT_FALSE(got.timing->total_ms);
  EXPECT_TRUE(finished("R1").events.empty()) << "a later end is not a second one";
  sent("R2");
  received("R2", {{"headers", {{"content-length", "4"}}}});
  data("R2", 4);
  failed("R2", true);  // so ends one that was read as a stream, too
  const auto& whole = only<NetworkResponse>(body("R2", body_result("text")));
  EXPECT_FALSE(whole.body_read);
  EXPECT_EQ(whole.body->reveal(), "text");
}

TEST_F(RequestEnd, AsksWhetherASilentBodyIsThere) {  // F5: an unread body that was not announced
  open_page();
  attach("B1", "page", "T1", "", false);
  after(collector::limits::kAttachHold);
  sent("R1");
  received("R1");
  data("R1", 4);
  const auto asked = after(collector::limits::kProbeAfter).commands;
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].command.method, "Network.getResponseBody");
  EXPECT_EQ(asked[0].command.session, base::CdpSessionId("S1"));
  const auto answer = [&](base::Result<std::string> result) {
    out_.clear();
    collector_.on_reply(asked[0].tag, result, clock_.now(), out_);
  };
  answer(base::fail(base::Errc::protocol, "No data found"));
  EXPECT_TRUE(after(1s - 1ms).commands.empty());
  EXPECT_EQ(after(1ms).commands.size(), 1u) << "asks again";
  answer(body_result("text"));
  EXPECT_TRUE(out_.events.empty()) << "the page may still read it";
  const auto& got = only<NetworkResponse>(after(collector::limits::kUnreadGrace));
  EXPECT_EQ(got.body_read, false);
  EXPECT_FALSE(got.body);
}

TEST_F(RequestEnd, TellsABodyThatWasReadAsAStreamFromOneThatWasGivenUp) {  // F5
  open_page();
  for (const char* id : {"R1", "R2", "R3"}) {
    sent(id);
    received(id, {{"encodedDataLength", 100}});
    data(id, 4);
  }
  EXPECT_TRUE(failed("R1", true).events.empty()) << "asks for its body first";
  const auto& whole = only<NetworkResponse>(body("R1", body_result("text")));
  EXPECT_EQ(whole.body->reveal(), "text");
  EXPECT_EQ(whole.decoded_size, 4);
  EXPECT_EQ(whole.encoded_size, 104);
  EXPECT_FALSE(whole.body_read);
  failed("R2", true);
  EXPECT_EQ(errors(body("R2", base::fail(base::Errc::protocol, "No data found"))), Texts{"net::ERR_ABORTED"});
  failed("R3", true);
  EXPECT_EQ(errors(after(collector::limits::kBodyTimeout)), Texts{"net::ERR_ABORTED"});
}

TEST_F(RequestEnd, SaysThatABodyWasNotReadWhenItsDocumentIsLeft) {  // F5
  open_page();
  sent("R1");
  received("R1", {{"headers", {{"content-length", "4"}}}});
  data("R1", 4);
  sent("R2");  // a large one: Chromium takes in only its beginning
  received("R2", {{"headers", {{"content-length", "3000000"}}}});
  after(collector::limits::kUnreadSilence);
  sent("R3");
  received("R3", {{"headers", {{"content-length", "3000000"}}}});
  data("R3", 4);
  document("L2");
  const auto& out = navigate("http://site.test/next", "L2");
  EXPECT_EQ(ended(out), (Texts{"R1", "R2", "R3"}));
  EXPECT_EQ(errors(out), Texts{"document_gone"}) << "the last was still coming";
  for (const auto& got : all<NetworkResponse>(out)) EXPECT_EQ(got.body_read, false);
}

// --- requests of nobody: F4

TEST_F(RequestEnd, EndsTheScriptOfAWorkerThatIsGoneBeforeItHasCome) {
  open_page();
  const json script{{"loaderId", ""}, {"type", "Script"}, {"initiator", {{"type", "other"}}}};
  sent("A1", script);
  sent("A2", script);
  notify("Target.targetDestroyed", {{"targetId", "A1"}}, "");
  notify("Target.targetDestroyed", {{"targetId", "unknown"}}, "");
  const auto& out = after(collector::limits::kOrphanGrace);
  EXPECT_EQ(ended(out), Texts{"A1"});
  EXPECT_EQ(errors(out), Texts{"target_gone"});
  EXPECT_TRUE(finished("A1").events.empty());
  // Of one that is terminated while its script object lives, Chromium says nothing.
  EXPECT_TRUE(after(9s).events.empty());
  EXPECT_EQ(errors(after(1s)), Texts{"timed_out"});
}

TEST_F(RequestEnd, WaitsForTheScriptOfAWorkerThatIsSlow) {
  open_page();
  sent("A1", {{"loaderId", ""}, {"type", "Script"}, {"initiator", {{"type", "other"}}}});
  after(9s);
  attach("S3", "worker", "A1", "S1");
  received("A1", {}, "S3");
  EXPECT_TRUE(after(1min).events.empty()) << "it is on its way";
  EXPECT_EQ(ended(finished("A1", "S3")), Texts{"A1"});
}

TEST_F(RequestEnd, EndsAPreflightWithItsRequest) {
  open_page();
  const auto preflight = [&](const std::string& id, const std::string& of) {
    sent(id, {{"loaderId", ""},
              {"frameId", nullptr},
              {"type", "Other"},
              {"initiator", {{"type", "preflight"}, {"requestId", of}}}});
  };
  sent("R1");
  preflight("P1", "R1");
  EXPECT_EQ(ended(failed("R1", true)), Texts{"R1"});
  const auto& out = after(collector::limits::kOrphanGrace);
  EXPECT_EQ(ended(out), Texts{"P1"});
  EXPECT_EQ(errors(out), Texts{"request_gone"});
  // It may come before its request, but then that follows at once.
  preflight("P2", "R2");
  sent("R2");
  preflight("P3", "R3");
  after(collector::limits::kPreflightWait);
  EXPECT_EQ(ended(after(collector::limits::kOrphanGrace)), Texts{"P3"});
  received("P2");
  EXPECT_EQ(ended(finished("P2")), Texts{"P2"});
}

TEST_F(RequestEnd, EndsWhatIsFetchedForLaterWithItsDocument) {
  open_page();
  sent("L5", {{"loaderId", "L5"}, {"type", "Fetch"}});     // fetchLater
  sent("L6", {{"loaderId", "L6"}, {"type", "Prefetch"}});  // speculation rules
  document("L2");
  EXPECT_EQ(ended(navigate("http://site.test/next", "L2")), (Texts{"L5", "L6"}));
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
  EXPECT_TRUE(failed("R3", true).events.empty()) << "asks for its body, which may be there";
  EXPECT_EQ(errors(body("R3", base::fail(base::Errc::protocol, "No data found"))), Texts{"net::ERR_ABORTED"});
  sent("R4", {{"type", "Document"}});
  notify("Network.responseReceived",
         {{"requestId", "R4"}, {"type", "Document"}, {"response", network_response(200, "http://site.test/R4")}});
  data("R4", 999);
  EXPECT_EQ(errors(failed("R4", true)), Texts{"net::ERR_ABORTED"}) << "a download";
}

TEST_F(RequestEnd, DoesNotJudgeEventStreamsBySilence) {
  open_page();
  sent("R1");
  received("R1", {{"mimeType", "text/event-stream"}});
  data("R1", 4);
  EXPECT_TRUE(after(1min).events.empty());
  failed("R1", true);
  EXPECT_EQ(ended(body("R1", base::fail(base::Errc::protocol, "No data found"))), Texts{"R1"});
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

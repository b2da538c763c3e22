#include "collector/blocked_reason.hpp"

#include "collector/limits.hpp"
#include "network_fixture.hpp"

namespace telltale::collector {
namespace {

using telemetry::NetworkLoadingFailed;
using telemetry::NetworkRequest;

std::string reason(const std::string& blocked, const std::string& error = "", const std::string& url = "http://h/",
                   std::string_view policy = "", bool announced = true) {
  cdp::network::LoadingFailed failed;
  failed.error_text = error;
  if (!blocked.empty()) failed.blocked_reason = blocked;
  return blocked_reason(failed, {url, nullptr, announced, policy}).value_or("(none)");
}

std::string cors(const std::string& error, const std::string& parameter = "") {
  cdp::network::LoadingFailed failed;
  failed.error_text = "net::ERR_FAILED";
  failed.cors_error_status = cdp::network::CorsErrorStatus{error, parameter};
  return blocked_reason(failed, {"http://h/", nullptr, true, ""}).value_or("(none)");
}

std::string of_response(const std::string& name, const std::string& value) {
  cdp::network::LoadingFailed failed;
  failed.error_text = "net::ERR_BLOCKED_BY_RESPONSE";
  failed.blocked_reason = "other";
  cdp::network::Response response;
  response.headers.members.emplace_back(name, base::RawJson{'"' + value + '"'});
  return blocked_reason(failed, {"http://h/", &response, true, ""}).value_or("(none)");
}

TEST(BlockedReason, NamesThePolicyOfThePage) {
  EXPECT_EQ(reason("csp", "", "http://h/i.png", "img-src 'none'"),
            "Content Security Policy of the page: img-src 'none'");
  EXPECT_EQ(reason("csp"), "Content Security Policy of the page");
  EXPECT_EQ(reason("", "net::ERR_BLOCKED_BY_CSP", "http://h/", "frame-src 'self'"),
            "Content Security Policy of the page: frame-src 'self'");
  EXPECT_EQ(reason("integrity"), "Integrity-Policy of the page: the element has no integrity attribute");
}

TEST(BlockedReason, NamesWhatTheResponseForbids) {
  EXPECT_EQ(of_response("X-Frame-Options", "DENY"), "X-Frame-Options of the response: DENY");
  EXPECT_EQ(of_response("content-security-policy", "default-src 'self'; frame-ancestors 'none'"),
            "Content Security Policy of the response: frame-ancestors 'none'");
  EXPECT_EQ(of_response("server", "x"), "a policy of the response");
  EXPECT_EQ(reason("corp-not-same-origin", "net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin"),
            "Cross-Origin-Resource-Policy of the response: same-origin");
  EXPECT_EQ(reason("", "net::ERR_BLOCKED_BY_ORB").substr(0, 25), "Opaque Response Blocking:");
}

TEST(BlockedReason, TellsCorsInWords) {
  EXPECT_EQ(cors("MissingAllowOriginHeader"), "CORS: the response has no Access-Control-Allow-Origin");
  EXPECT_EQ(cors("PreflightMissingAllowOriginHeader"),
            "CORS: preflight: the response has no Access-Control-Allow-Origin");
  EXPECT_EQ(cors("AllowOriginMismatch", "http://other.test"),
            "CORS: Access-Control-Allow-Origin is another origin (http://other.test)");
  EXPECT_EQ(cors("HeaderDisallowedByPreflightResponse", "x-a"),
            "CORS: Access-Control-Allow-Headers of the preflight lacks a header (x-a)");
  EXPECT_EQ(cors("PreflightDisallowedRedirect"), "CORS: preflight: it was redirected");
  EXPECT_EQ(cors("SomethingOfALaterChromium"), "CORS: something of a later chromium");
}

TEST(BlockedReason, TellsUrlsThatMayNotBeLoaded) {
  EXPECT_EQ(reason("origin", "", "http://u:p@h/i.png"), "the URL of a subresource names a user or password");
  EXPECT_EQ(reason("origin", "", "http://h/i@2x.png"), "the page's origin may not load this URL");
  EXPECT_EQ(reason("", "net::ERR_ABORTED", "http://u@h/f", "", false),
            "the URL of a subresource names a user or password");
  EXPECT_EQ(reason("", "net::ERR_ABORTED", "http://u@h/f"), "(none)") << "one that was sent was given up";
  EXPECT_EQ(reason("other", "", "file:///etc/passwd"), "the page may not load URLs of the scheme file");
  EXPECT_EQ(reason("", "net::ERR_UNSAFE_PORT"), "the port belongs to another protocol");
  EXPECT_EQ(reason("mixed-content").substr(0, 14), "mixed content:");
}

TEST(BlockedReason, TellsClientsThatBlock) {
  EXPECT_EQ(reason("inspector"), "a DevTools client has blocked it");
  EXPECT_EQ(reason("inspector", "net::ERR_BLOCKED_BY_CLIENT.Inspector"), "a DevTools client has blocked it");
  EXPECT_EQ(reason("", "net::ERR_BLOCKED_BY_CLIENT"), "a client or an extension of the browser has blocked it");
  EXPECT_EQ(reason("some-new-reason"), "some new reason");
}

TEST(BlockedReason, IsAbsentOfOtherFailures) {
  for (const char* error : {"net::ERR_CONNECTION_REFUSED", "net::ERR_ABORTED", "net::ERR_FAILED",
                            "net::ERR_NAME_NOT_RESOLVED", "net::ERR_CERT_DATE_INVALID"}) {
    EXPECT_EQ(reason("", error), "(none)") << error;
  }
}

TEST(PolicyViolation, IsReadFromTheLog) {
  const auto image = policy_violation(
      "Loading the image 'http://h/i.png' violates the following Content Security Policy directive: \"img-src "
      "'none'\". The action has been blocked.");
  ASSERT_TRUE(image);
  EXPECT_EQ(image->url, "http://h/i.png");
  EXPECT_EQ(image->directive, "img-src 'none'");
  EXPECT_FALSE(policy_violation("Connecting to 'http://h/d' violates the following Content Security Policy directive: "
                                "\"connect-src 'none'\". The policy is report-only, so the violation has been logged"));
  EXPECT_FALSE(policy_violation("Refused to display 'http://h/' in a frame"));
  EXPECT_FALSE(policy_violation(""));
}

class BlockedRequest : public NetworkTest {
 protected:
  Output& log(const std::string& text) {
    return notify("Log.entryAdded",
                  {{"entry", {{"source", "security"}, {"level", "error"}, {"text", text}, {"timestamp", 1}}}});
  }
  Output& navigation(const std::string& loader, const std::string& url, const std::string& reason) {
    notify("Page.frameRequestedNavigation",
           {{"frameId", "F2"}, {"reason", reason}, {"url", url}, {"disposition", "currentTab"}});
    return notify("Page.frameStartedNavigating",
                  {{"frameId", "F2"}, {"url", url}, {"loaderId", loader}, {"navigationType", "differentDocument"}});
  }
  Output& document_failed(const std::string& loader, const std::string& error, bool canceled) {
    return notify("Network.loadingFailed", {{"requestId", loader},
                                            {"timestamp", 2},
                                            {"type", "Document"},
                                            {"errorText", error},
                                            {"canceled", canceled}});
  }
};

TEST_F(BlockedRequest, HasAReasonAndAnError) {  // F10
  open_page();
  log("Loading the image 'http://site.test/R1' violates the following Content Security Policy directive: \"img-src "
      "'none'\".");
  sent("R1");
  const auto& got = only<NetworkLoadingFailed>(
      notify("Network.loadingFailed", {{"requestId", "R1"},
                                       {"timestamp", 2},
                                       {"type", "Image"},
                                       {"errorText", ""},
                                       {"canceled", false},
                                       {"blockedReason", "csp"}}));
  EXPECT_EQ(got.error_text, "blocked:csp");
  EXPECT_EQ(got.blocked_reason, "Content Security Policy of the page: img-src 'none'");
  sent("R2");
  EXPECT_FALSE(only<NetworkLoadingFailed>(failed("R2")).blocked_reason);
}

TEST_F(BlockedRequest, IsReportedThoughChromiumAnnouncesNone) {  // F10: frame-src
  open_page();
  navigation("L2", "http://site.test/f", "initialFrameNavigation");
  EXPECT_TRUE(document_failed("L2", "net::ERR_BLOCKED_BY_CSP", false).events.empty()) << "the log names the directive";
  const auto& out = log("Framing 'http://site.test/' violates the following Content Security Policy directive: "
                        "\"frame-src 'none'\".");
  const auto requests = all<NetworkRequest>(out);
  const auto failures = all<NetworkLoadingFailed>(out);
  ASSERT_EQ(requests.size(), 1u);
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(requests[0].method, "GET");
  EXPECT_EQ(requests[0].context.url, "http://site.test/f");
  EXPECT_EQ(requests[0].context.frame_id, base::FrameId("F2"));
  EXPECT_EQ(failures[0].request_id, requests[0].request_id);
  EXPECT_EQ(failures[0].blocked_reason, "Content Security Policy of the page: frame-src 'none'");
  navigation("L3", "http://site.test/g", "initialFrameNavigation");
  document_failed("L3", "net::ERR_BLOCKED_BY_CSP", false);
  EXPECT_EQ(all<NetworkLoadingFailed>(after(collector::limits::kPolicyWait)).at(0).blocked_reason,
            "Content Security Policy of the page");
}

TEST_F(BlockedRequest, IsAFormThatMayNotBeSent) {  // F10: form-action
  open_page();
  navigation("L2", "http://site.test/x", "formSubmissionPost");
  document_failed("L2", "net::ERR_ABORTED", true);
  const auto& out = log("Sending form data to 'http://site.test/x' violates the following Content Security Policy "
                        "directive: \"form-action 'none'\".");
  EXPECT_EQ(all<NetworkRequest>(out).at(0).method, "POST");
  EXPECT_EQ(all<NetworkLoadingFailed>(out).at(0).blocked_reason,
            "Content Security Policy of the page: form-action 'none'");
}

TEST_F(BlockedRequest, IsNotANavigationThatWasGivenUpBeforeItBegan) {
  open_page();
  navigation("L2", "http://site.test/f", "scriptInitiated");
  document_failed("L2", "net::ERR_ABORTED", true);
  EXPECT_TRUE(after(collector::limits::kPolicyWait).events.empty());
  navigation("L3", "http://user:pass@site.test/f", "initialFrameNavigation");
  document_failed("L3", "net::ERR_ABORTED", true);
  const auto failures = all<NetworkLoadingFailed>(after(collector::limits::kPolicyWait));
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].blocked_reason, "the URL of a subresource names a user or password");
}

}  // namespace
}  // namespace telltale::collector

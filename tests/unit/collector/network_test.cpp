// Requests, responses and their bodies; what ends a request is in request_end_test.cpp.

#include "collector/limits.hpp"
#include "network_fixture.hpp"

namespace telltale::collector {
namespace {

using namespace std::chrono_literals;
using base::RequestId;
using telemetry::NetworkLoadingFailed;
using telemetry::NetworkRequest;
using telemetry::NetworkResponse;
using Ids = std::vector<std::string>;

TEST_F(NetworkTest, PublishesAResponseWhenItsBodyHasEnded) {
  open_page();
  const auto request = only<NetworkRequest>(sent("R1", {{"frameId", "F7"}}));
  EXPECT_EQ(request.context.url, "http://site.test/R1");
  EXPECT_EQ(request.context.frame_id, base::FrameId("F7"));
  EXPECT_EQ(request.resource_type, "Fetch");
  EXPECT_FALSE(request.is_redirect);
  EXPECT_TRUE(received("R1").events.empty());
  const auto& got = only<NetworkResponse>(finished("R1"));
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.method, "GET");
  EXPECT_EQ(got.mime_type, "text/plain");
  EXPECT_EQ(got.headers.members.at(0).second.text, "5") << "header values stay what they were";
  EXPECT_EQ(got.context.nav_seq, 1);
  EXPECT_FALSE(got.body_read);
  EXPECT_FALSE(got.body) << "there was none";
}

TEST_F(NetworkTest, SaysWhereAResponseCameFromAndHowLongItTook) {
  open_page();
  sent("R1");
  received("R1", {{"remoteIPAddress", "::1"},
                  {"remotePort", 443},
                  {"fromDiskCache", true},
                  {"fromServiceWorker", true},
                  {"protocol", "h2"},
                  {"timing",
                   {{"requestTime", 1},
                    {"dnsStart", 1},
                    {"dnsEnd", 3},
                    {"connectStart", 3},
                    {"connectEnd", 10},
                    {"sslStart", -1},
                    {"sslEnd", -1},
                    {"receiveHeadersStart", 40.5}}}});
  data("R1", 300);
  finished("R1");
  const auto& got = only<NetworkResponse>(body("R1", body_result("text")));
  ASSERT_TRUE(got.timing);
  EXPECT_EQ(got.timing->dns_ms, 2);
  EXPECT_EQ(got.timing->connect_ms, 7);
  EXPECT_FALSE(got.timing->tls_ms);
  EXPECT_EQ(got.timing->ttfb_ms, 40.5);
  EXPECT_EQ(got.timing->total_ms, 1000);
  EXPECT_EQ(got.encoded_size, 210);
  EXPECT_EQ(got.decoded_size, 300);
  EXPECT_EQ(got.protocol, "h2");
  EXPECT_EQ(got.remote_address, "[::1]:443");
  EXPECT_EQ(got.from_cache, telemetry::ResponseCache::disk);
  EXPECT_EQ(got.from_service_worker, true);
}

TEST_F(NetworkTest, SaysOfThePageThatWasPrefetchedThatItDidNotReachTheServer) {  // F18
  open_page();
  const auto from_cache = [&](const std::string& type) {
    sent(type, {{"type", type}});
    notify("Network.responseReceived",
           {{"requestId", type},
            {"type", type},
            {"response", network_response(200, "http://site.test/n", {{"fromPrefetchCache", true}})}});
    const auto& got = only<NetworkResponse>(finished(type));
    return std::pair(got.from_cache, got.encoded_size);
  };
  using Got = std::pair<std::optional<telemetry::ResponseCache>, std::optional<std::int64_t>>;
  EXPECT_EQ(from_cache("Prefetch"), Got(std::nullopt, 210)) << "this one did";
  EXPECT_EQ(from_cache("Document"), Got(telemetry::ResponseCache::prefetch, 0));
}

TEST_F(NetworkTest, ShowsEachHopOfARedirect) {
  open_page();
  sent("R1");
  const auto& out = sent("R1", {{"timestamp", 1.25},
                                {"request", {{"url", "http://site.test/b"}}},
                                {"redirectResponse", network_response(302, "http://site.test/R1")}});
  ASSERT_EQ(out.events.size(), 2u);
  const auto& redirected = std::get<NetworkResponse>(out.events[0].data);
  EXPECT_EQ(redirected.status, 302);
  EXPECT_EQ(redirected.context.url, "http://site.test/R1");
  EXPECT_EQ(redirected.timing->total_ms, 250);
  const auto& second = std::get<NetworkRequest>(out.events[1].data);
  EXPECT_EQ(second.is_redirect, true);
  EXPECT_EQ(second.redirect_url, "http://site.test/R1");
  EXPECT_EQ(second.context.url, "http://site.test/b");
  received("R1");
  EXPECT_EQ(only<NetworkResponse>(finished("R1")).context.url, "http://site.test/b");
}

TEST_F(NetworkTest, PairsARequestOverTwoSessions) {
  open_page();
  attach("S3", "worker", "W3", "S1");
  sent("R1", {{"loaderId", ""}, {"type", "Script"}});
  received("R1", {}, "S3");
  finished("R1", "S3");
  EXPECT_EQ(out_.events.at(0).source.metadata->members.at(0).second, "S3");
}

TEST_F(NetworkTest, ReportsAFailureOnceAndOnlyIfItsRequestWas) {
  open_page();
  sent("R1");
  const auto known = only<NetworkLoadingFailed>(failed("R1"));
  EXPECT_EQ(known.error_text, "net::ERR_CONNECTION_REFUSED");
  EXPECT_EQ(known.context.url, "http://site.test/R1");
  EXPECT_TRUE(failed("R1").events.empty());
}

// --- wire headers

std::string value(const std::optional<cdp::network::Headers>& headers) {
  return headers ? headers->members.at(0).second.text : "none";
}

TEST_F(NetworkTest, PairsWireHeadersWithTheirHops) {
  open_page();
  request_headers("R1", "first");  // before the request: so it is in many cases
  sent("R1");
  response_headers("R1", "first");
  request_headers("R1", "second");
  const json redirect = network_response(302, "http://site.test/R1");
  const auto hop =
      all<NetworkResponse>(sent("R1", {{"redirectResponse", redirect}, {"redirectHasExtraInfo", true}}));
  ASSERT_EQ(hop.size(), 1u);
  EXPECT_EQ(value(hop[0].request_wire_headers), R"("first")");
  EXPECT_EQ(value(hop[0].wire_headers), R"("first")");
  response_headers("R1", "second");
  received("R1", {}, "S1", true);
  const auto& last = only<NetworkResponse>(finished("R1"));
  EXPECT_EQ(value(last.request_wire_headers), R"("second")");
  EXPECT_EQ(value(last.wire_headers), R"("second")");
}

TEST_F(NetworkTest, DoesNotTakeTheLateHeadersOfAHopForThoseOfTheNext) {
  open_page();
  sent("R1");
  request_headers("R1", "first");
  sent("R1",
       {{"redirectResponse", network_response(302, "http://site.test/R1")}, {"redirectHasExtraInfo", true}});
  response_headers("R1", "first");  // late
  request_headers("R1", "second");
  response_headers("R1", "second");
  received("R1", {}, "S1", true);
  EXPECT_EQ(value(only<NetworkResponse>(finished("R1")).wire_headers), R"("second")");
}

TEST_F(NetworkTest, WaitsAMomentForWireHeadersThatAreAnnounced) {
  open_page();
  sent("R1");
  received("R1", {}, "S1", true);
  request_headers("R1", "q");
  EXPECT_TRUE(finished("R1").events.empty());
  EXPECT_EQ(value(only<NetworkResponse>(response_headers("R1", "r")).wire_headers), R"("r")");
  sent("R2");
  received("R2", {}, "S1", true);
  request_headers("R2", "q");
  EXPECT_TRUE(finished("R2").events.empty());
  const auto& got = only<NetworkResponse>(after(collector::limits::kExtraInfoWait));
  EXPECT_EQ(value(got.request_wire_headers), R"("q")");
  EXPECT_FALSE(got.wire_headers);
  sent("R3");
  received("R3");
  EXPECT_EQ(ended(finished("R3")), Ids{"R3"}) << "none are announced: nothing to wait for";
}

// --- bodies

TEST_F(NetworkTest, FetchesTheBodyOnTheSessionOfItsEnd) {
  open_page();
  attach("S2", "iframe", "F2", "S1");
  sent("R1", {{"frameId", "F2"}});
  received("R1");
  data("R1", 4, "S2");
  const auto& out = finished("R1", "S2");
  EXPECT_TRUE(out.events.empty()) << "waits for its body";
  ASSERT_EQ(methods(out, "S2"), Ids{"Network.getResponseBody"});
  EXPECT_EQ(out.commands[0].command.params, R"({"requestId":"R1"})");
  EXPECT_EQ(out.commands[0].tag.request, RequestId("R1"));
  const auto& got = only<NetworkResponse>(body("R1", body_result("text")));
  EXPECT_EQ(got.body->reveal(), "text");
  EXPECT_TRUE(body("R1", body_result("again")).events.empty());
}

TEST_F(NetworkTest, FetchesOnlyBodiesOfTextThatAreNotTooLarge) {
  open_page();
  const auto fetched = [&](const json& response, int bytes, const std::string& type = "Fetch") {
    static int count = 0;
    const auto id = "B" + std::to_string(++count);
    sent(id, {{"type", type}});
    notify("Network.responseReceived",
           {{"requestId", id}, {"type", type}, {"response", network_response(200, "http://x/", response)}});
    data(id, bytes);
    const bool asked = !finished(id).commands.empty();
    body(id, base::fail(base::Errc::protocol, "no"));
    return asked;
  };
  EXPECT_TRUE(fetched({{"mimeType", "application/json"}}, 10));
  EXPECT_TRUE(fetched({{"mimeType", "text/html"}}, 1 << 20, "Document"));
  EXPECT_FALSE(fetched({{"mimeType", "text/html"}}, (1 << 20) + 1, "Document"));
  EXPECT_FALSE(fetched({{"mimeType", "text/html"}}, 0));
  EXPECT_FALSE(fetched({{"mimeType", "text/css"}}, 10, "Stylesheet"));
  EXPECT_FALSE(fetched({{"mimeType", "text/plain"}}, 10, "Script"));
  EXPECT_FALSE(fetched({{"mimeType", "image/png"}}, 10, "Image"));
  EXPECT_FALSE(fetched({{"mimeType", "application/octet-stream"}}, 10));
}

TEST_F(NetworkTest, PublishesWithoutABodyThatCannotBeHad) {
  open_page();
  sent("R1");
  received("R1");
  data("R1", 4);
  finished("R1");
  EXPECT_FALSE(only<NetworkResponse>(body("R1", base::fail(base::Errc::protocol, "No data found"))).body);
  sent("R2");
  received("R2");
  data("R2", 4);
  finished("R2");
  const auto without = all<NetworkResponse>(after(collector::limits::kBodyTimeout));
  ASSERT_EQ(without.size(), 1u);
  EXPECT_FALSE(without[0].body);
  EXPECT_TRUE(body("R2", body_result("late")).events.empty());
  sent("R3");
  received("R3");
  data("R3", 4);
  finished("R3");
  EXPECT_EQ(ended(detach("S1")), Ids{"R3"});
}

TEST_F(NetworkTest, FetchesAFewBodiesAtATimeAndLetsOthersWait) {
  open_page();
  const auto end = [&](std::size_t i) -> Output& {
    const auto id = "R" + std::to_string(i);
    sent(id);
    received(id);
    data(id, 4);
    return finished(id);
  };
  const auto flying = collector::limits::kBodiesInFlight;
  const auto waiting = collector::limits::kBodiesWaiting;
  for (std::size_t i = 0; i < flying; ++i) EXPECT_EQ(end(i).commands.size(), 1u);
  for (std::size_t i = flying; i < flying + waiting; ++i) {
    const auto& out = end(i);
    EXPECT_TRUE(out.commands.empty());
    EXPECT_TRUE(out.events.empty());
  }
  EXPECT_FALSE(only<NetworkResponse>(end(flying + waiting)).body) << "the queue is full";
  const auto& out = body("R0", body_result("text"));
  EXPECT_EQ(ended(out), Ids{"R0"});
  ASSERT_EQ(out.commands.size(), 1u);
  EXPECT_EQ(out.commands[0].tag.request, RequestId("R" + std::to_string(flying)));
  // A hung page: the slots of bodies that never come are free again.
  EXPECT_EQ(ended(after(collector::limits::kBodyTimeout)).size(), flying + waiting - 1);
  EXPECT_EQ(end(9999).commands.size(), 1u);
}

TEST_F(NetworkTest, DecodesBinaryBodiesAndMakesThemText) {
  open_page();
  sent("R1");
  received("R1", {{"mimeType", "application/json"}});
  data("R1", 4);
  finished("R1");
  EXPECT_EQ(only<NetworkResponse>(body("R1", body_result("Iv/+Ig==", true))).body->reveal(),
            "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST_F(NetworkTest, DropsABodyThatIsUnderWayWhenTheCategoryGoesOff) {
  open_page();
  sent("R1");
  received("R1");
  data("R1", 4);
  finished("R1");
  out_.clear();
  collector_.configure({Category::page}, out_);
  collector_.configure({Category::page, Category::network}, out_);
  EXPECT_TRUE(body("R1", body_result("text")).events.empty());
  EXPECT_TRUE(after(1min).events.empty());
}

// --- proxies

TEST_F(NetworkTest, ReportsProxyErrorsOnceASecond) {
  open_page();
  const auto refuse = [&](const std::string& id, const std::string& code, int status = 502) {
    sent(id);
    return all<telemetry::ProxyError>(
        received(id, {{"status", status}, {"headers", {{"x-kernel-proxy-error", code}}}}));
  };
  const auto first = refuse("R1", "upstream_timeout");
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].code, "upstream_timeout");
  EXPECT_EQ(first[0].status, 502);
  EXPECT_EQ(first[0].request_id, RequestId("R1"));
  EXPECT_EQ(first[0].context.url, "http://site.test/R1");
  EXPECT_TRUE(refuse("R2", "upstream_timeout").empty());
  EXPECT_EQ(refuse("R3", "proxy_unavailable").size(), 1u) << "another code";
  clock_.advance(1s);
  EXPECT_EQ(refuse("R4", "upstream_timeout").size(), 1u);
  const auto unknown = refuse("R5", "quota", 403);
  ASSERT_EQ(unknown.size(), 1u);
  EXPECT_EQ(unknown[0].code, "unknown");
  EXPECT_EQ(unknown[0].raw_code, "quota");
  EXPECT_TRUE(refuse("R6", "upstream_dns_failure", 500).empty());
}

// --- WebSockets

json message(int opcode, const std::string& payload) {
  return {{"requestId", "W1"},
          {"timestamp", 1},
          {"response", {{"opcode", opcode}, {"mask", true}, {"payloadData", payload}}}};
}

TEST_F(NetworkTest, ReportsTheLifeOfAWebSocket) {
  open_page();
  const json created{{"requestId", "W1"}, {"url", "ws://site.test/"}, {"initiator", {{"type", "script"}}}};
  EXPECT_TRUE(notify("Network.webSocketCreated", created).events.empty());
  const auto opened = only<telemetry::NetworkWebsocketOpened>(
      notify("Network.webSocketHandshakeResponseReceived",
             {{"requestId", "W1"},
              {"timestamp", 1},
              {"response", {{"status", 101}, {"statusText", ""}, {"headers", {{"a", "b"}}}}}}));
  EXPECT_EQ(opened.context.url, "ws://site.test/");
  EXPECT_EQ(opened.status, 101);
  using telemetry::NetworkWebsocketFrame;
  const auto text =
      only<NetworkWebsocketFrame>(notify("Network.webSocketFrameSent", message(1, "\u00e2\u201a\u00ac!")));
  EXPECT_EQ(text.payload->reveal(), "\u00e2\u201a\u00ac!") << "F11: as sent, whatever it looks like";
  EXPECT_EQ(text.size, 8);
  EXPECT_EQ(text.direction, telemetry::FrameDirection::sent);
  const auto binary =
      only<NetworkWebsocketFrame>(notify("Network.webSocketFrameReceived", message(2, "AQL/")));
  EXPECT_FALSE(binary.payload);
  EXPECT_EQ(binary.size, 3);
  EXPECT_EQ(binary.opcode, 2);
  EXPECT_EQ(binary.direction, telemetry::FrameDirection::received);
  const auto large = only<NetworkWebsocketFrame>(
      notify("Network.webSocketFrameReceived", message(1, std::string(5000, 'x'))));
  EXPECT_EQ(large.size, 5000);
  EXPECT_EQ(large.payload->reveal(), std::string(4082, 'x') + "...[truncated]");
  const json closed{{"requestId", "W1"}, {"timestamp", 2}};
  EXPECT_FALSE(only<telemetry::NetworkWebsocketClosed>(notify("Network.webSocketClosed", closed)).error_text);
  EXPECT_TRUE(notify("Network.webSocketClosed", closed).events.empty());
}

TEST_F(NetworkTest, SaysWhyAWebSocketFailed) {
  open_page();
  const auto create = [&](const std::string& id) {
    notify("Network.webSocketCreated", {{"requestId", id}, {"url", "ws://site.test/"}});
  };
  create("W1");
  notify("Network.webSocketFrameError", {{"requestId", "W1"}, {"timestamp", 1}, {"errorMessage", "refused"}});
  using telemetry::NetworkWebsocketClosed;
  EXPECT_EQ(
      only<NetworkWebsocketClosed>(notify("Network.webSocketClosed", {{"requestId", "W1"}, {"timestamp", 2}}))
          .error_text,
      "refused");
  create("W2");
  const auto gone = all<NetworkWebsocketClosed>(navigate("http://site.test/b", "L2"));
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].error_text, "document_gone");
  create("W3");
  EXPECT_EQ(all<NetworkWebsocketClosed>(detach("S1")).at(0).error_text, "target_gone");
}

TEST_F(NetworkTest, TakesTheClockOfADocumentFromItsRequestOnceItIsShown) {
  const auto shift = [&]() -> std::optional<double> {
    return only<telemetry::PageLayoutShift>(
               notify("PerformanceTimeline.timelineEventAdded", {{"event",
                                                                  {{"frameId", "T1"},
                                                                   {"type", "layout-shift"},
                                                                   {"name", ""},
                                                                   {"time", 1800000001.0},
                                                                   {"layoutShiftDetails",
                                                                    {{"value", 0.125},
                                                                     {"hadRecentInput", false},
                                                                     {"lastInputTime", 0},
                                                                     {"sources", json::array()}}}}}}))
        .time;
  };
  const auto document = [&](const std::string& id, double wall_time) {
    sent(id, {{"loaderId", id}, {"type", "Document"}, {"wallTime", wall_time}});
  };
  attach("S1", "page", "T1");
  document("L1", 1800000000.5);
  navigate("http://site.test/", "L1");
  EXPECT_NEAR(shift().value(), 500, 0.001);
  document("L2", 1800000000.9);  // answered 204, say
  failed("L2", true);
  EXPECT_NEAR(shift().value(), 500, 0.001);
}

}  // namespace
}  // namespace telltale::collector

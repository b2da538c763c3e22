#pragma once

// Network notifications for a collector under test.

#include "collector_fixture.hpp"

namespace telltale::collector {

/// What requestWillBeSent says of a fetch in the page that open_page() opens.
inline json network_request(const std::string& id, const std::string& url,
                            const json& more = json::object()) {
  json params{{"requestId", id},
              {"loaderId", "L1"},
              {"documentURL", "http://site.test/"},
              {"request", {{"url", url}, {"method", "GET"}, {"headers", {{"Accept", "*/*"}}}}},
              {"timestamp", 1},
              {"wallTime", 1800000000.5},
              {"initiator", {{"type", "script"}}},
              {"type", "Fetch"},
              {"frameId", "T1"}};
  if (more.is_object()) params.update(more, true);
  return params;
}

inline json network_response(int status, const std::string& url, const json& more = json::object()) {
  json response{{"url", url},
                {"status", status},
                {"statusText", status == 302 ? "Found" : "OK"},
                {"headers", {{"X-Number", 5}}},
                {"mimeType", "text/plain"}};
  if (more.is_object()) response.update(more, true);
  return response;
}

class NetworkTest : public CollectorTest {
 protected:
  Output& sent(const std::string& id, const json& more = json::object(), const std::string& session = "S1") {
    return notify("Network.requestWillBeSent", network_request(id, "http://site.test/" + id, more), session);
  }
  /// `more` is of the response.
  Output& received(const std::string& id, const json& more = json::object(),
                   const std::string& session = "S1", bool extra_info = false) {
    const int status = more.is_object() ? more.value("status", 200) : 200;
    return notify("Network.responseReceived",
                  {{"requestId", id},
                   {"type", "Fetch"},
                   {"response", network_response(status, "http://site.test/" + id, more)},
                   {"hasExtraInfo", extra_info}},
                  session);
  }
  Output& data(const std::string& id, int bytes, const std::string& session = "S1") {
    return notify("Network.dataReceived",
                  {{"requestId", id}, {"timestamp", 1.5}, {"dataLength", bytes}, {"encodedDataLength", 0}},
                  session);
  }
  Output& finished(const std::string& id, const std::string& session = "S1") {
    return notify("Network.loadingFinished",
                  {{"requestId", id}, {"timestamp", 2}, {"encodedDataLength", 210}}, session);
  }
  Output& failed(const std::string& id, bool canceled = false) {
    return notify("Network.loadingFailed",
                  {{"requestId", id},
                   {"timestamp", 2},
                   {"type", "Fetch"},
                   {"errorText", canceled ? "net::ERR_ABORTED" : "net::ERR_CONNECTION_REFUSED"},
                   {"canceled", canceled}});
  }
  Output& request_headers(const std::string& id, const std::string& value) {
    return notify("Network.requestWillBeSentExtraInfo", {{"requestId", id}, {"headers", {{"q", value}}}});
  }
  Output& response_headers(const std::string& id, const std::string& value) {
    return notify("Network.responseReceivedExtraInfo", {{"requestId", id}, {"headers", {{"r", value}}}});
  }
  /// The answer to Network.getResponseBody.
  Output& body(const std::string& id, base::Result<std::string> result) {
    ReplyTag tag;
    tag.kind = ReplyTag::Kind::body;
    tag.session = CdpSessionId("S1");
    tag.request = base::RequestId(id);
    out_.clear();
    collector_.on_reply(tag, result, clock_.now(), out_);
    return out_;
  }
  static std::string body_result(const std::string& text, bool base64 = false) {
    return json{{"body", text}, {"base64Encoded", base64}}.dump();
  }
  Output& after(std::chrono::nanoseconds time) {
    clock_.advance(time);
    return tick();
  }
  Output& detach(const std::string& session, const std::string& parent = "") {
    return notify("Target.detachedFromTarget", {{"sessionId", session}}, parent);
  }
  static std::vector<std::string> errors(const Output& out) {
    std::vector<std::string> texts;
    for (const auto& failed : all<telemetry::NetworkLoadingFailed>(out)) texts.push_back(failed.error_text);
    return texts;
  }
  /// The ids of the requests that have ended, in order.
  static std::vector<std::string> ended(const Output& out) {
    std::vector<std::string> ids;
    for (const auto& event : out.events) {
      if (const auto* got = std::get_if<telemetry::NetworkResponse>(&event.data)) {
        ids.push_back(got->request_id.value);
      } else if (const auto* failed = std::get_if<telemetry::NetworkLoadingFailed>(&event.data)) {
        ids.push_back(failed->request_id.value);
      }
    }
    return ids;
  }
};

}  // namespace telltale::collector

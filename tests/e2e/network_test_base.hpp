#pragma once

#include <map>
#include <string>
#include <vector>

#include "browser_test.hpp"

namespace telltale::e2e {

/// What tests of requests and their ends share.
class NetworkTest : public BrowserTest {
 protected:
  json request_of(std::string_view path) {
    return events->wait_for("network_request", {{"url", site.url(path)}});
  }
  json response_of(std::string_view path) {
    return events->wait_for("network_response", {{"url", site.url(path)}});
  }
  json failure_of(const std::string& url) {
    return events->wait_for("network_loading_failed", {{"url", url}});
  }
  /// A response with these headers; the site adds content-length.
  void add(std::string path, unsigned status, std::vector<std::pair<std::string, std::string>> headers,
           std::string body = {}) {
    net::HttpResponse response;
    response.status = status;
    for (auto& [name, value] : headers) response.headers.set(name, std::move(value));
    response.body = std::move(body);
    site.add(std::move(path), std::move(response));
  }
  /// Ends the session and waits for the end of its stream.
  void end_session() {
    if (ended_) return;
    ended_ = true;
    EXPECT_EQ(server.remove("/browsers/" + session.at("session_id").get<std::string>()).status, 204u);
    EXPECT_TRUE(events->wait_end());
  }
  /// Checks that each hop of each request has exactly one end. Of what has ended: call it after
  /// end_session().
  void expect_one_end_each() {
    std::map<std::string, int> open;
    for (const auto& envelope : events->all()) {
      const std::string type = envelope.at("event").at("type");
      const bool begins = type == "network_request";
      if (!begins && type != "network_response" && type != "network_loading_failed") continue;
      const auto id = data_of(envelope).at("request_id").get<std::string>();
      open[id] += begins ? 1 : -1;
      EXPECT_TRUE(open[id] == 0 || open[id] == 1) << id << " at " << envelope.dump();
    }
    for (const auto& [id, count] : open) EXPECT_EQ(count, 0) << id;
  }

 private:
  bool ended_ = false;
};

}  // namespace telltale::e2e

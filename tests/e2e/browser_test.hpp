#pragma once

// What the end-to-end tests share: a site, a telltale and a recorded browser, and how an event is checked.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "support/cdp_driver.hpp"
#include "support/event_stream.hpp"
#include "support/telltale_process.hpp"
#include "support/test_site.hpp"

namespace telltale::e2e {

using nlohmann::json;
using testing::CdpDriver;
using testing::EventStream;
using testing::kPatience;
using testing::StreamQuery;
using testing::telltale_binary;
using testing::TelltaleProcess;
using testing::TestSite;

/// `telemetry` of a create request that captures these categories and nothing else.
inline json capture(std::initializer_list<const char*> categories) {
  json flags = json::object();
  for (const char* quiet : {"control", "connection", "system", "captcha"})
    flags[quiet] = {{"enabled", false}};
  for (const char* category : categories) flags[category] = {{"enabled", true}};
  return {{"browser", std::move(flags)}};
}

inline json capture_page() { return capture({"console", "network", "page", "interaction"}); }

/// The data of an envelope.
inline json data_of(const json& envelope) { return envelope.at("event").value("data", json::object()); }

/// Checks everything about an event but its data: identity, time, source. `target_type`: of the target it is
/// said to come from; its ids must be there and, where the data carry them too, be the same.
inline void expect_cdp_event(const json& envelope, std::string_view category, std::string_view source_event,
                             std::string_view target_type = "page") {
  SCOPED_TRACE(envelope.dump());
  const auto& event = envelope.at("event");
  EXPECT_EQ(event.at("category"), category);
  const std::chrono::microseconds at(event.at("ts").get<std::int64_t>());
  const auto age = std::chrono::system_clock::now().time_since_epoch() - at;
  EXPECT_GE(age, std::chrono::seconds(-1));
  EXPECT_LT(age, std::chrono::minutes(2));
  EXPECT_FALSE(event.contains("truncated"));
  const auto& source = event.at("source");
  EXPECT_EQ(source.at("kind"), "cdp");
  EXPECT_EQ(source.at("event"), source_event);
  const auto& metadata = source.at("metadata");
  EXPECT_EQ(metadata.at("target_type"), target_type);
  EXPECT_FALSE(metadata.at("target_id").get<std::string>().empty());
  EXPECT_FALSE(metadata.at("cdp_session_id").get<std::string>().empty());
  const auto data = data_of(envelope);
  EXPECT_EQ(data.value("session_id", metadata.at("cdp_session_id")), metadata.at("cdp_session_id"));
  EXPECT_EQ(data.value("target_id", metadata.at("target_id")), metadata.at("target_id"));
  for (const auto& [name, value] : data.items()) {
    EXPECT_FALSE(name.ends_with("_id") && value == "") << name << " must be absent, not empty";
  }
}

/// Checks that an event belongs to the document that `navigation` (a page_navigation) has opened, and to the
/// target that its source names.
inline void expect_context(const json& envelope, const json& navigation, std::int64_t nav_seq) {
  SCOPED_TRACE(envelope.dump());
  const auto data = data_of(envelope);
  const auto document = data_of(navigation);
  EXPECT_EQ(data.at("nav_seq"), nav_seq);
  EXPECT_EQ(data.at("url"), document.at("url"));
  EXPECT_EQ(data.at("frame_id"), document.at("frame_id"));
  EXPECT_EQ(data.at("loader_id"), document.at("loader_id"));
  const auto& metadata = envelope.at("event").at("source").at("metadata");
  EXPECT_EQ(data.at("session_id"), metadata.at("cdp_session_id"));
  EXPECT_EQ(data.at("target_id"), metadata.at("target_id"));
  EXPECT_EQ(data.at("target_type"), metadata.at("target_type"));
}

/// How many documents the tab of `navigation` had shown when it was published, itself included.
inline std::int64_t nav_seq_at(const EventStream& events, const json& navigation) {
  std::int64_t count = 0;
  for (const auto& other : events.all("page_navigation")) {
    const bool same_tab = data_of(other).at("session_id") == data_of(navigation).at("session_id");
    const bool top_level = !data_of(other).contains("parent_frame_id");
    if (same_tab && top_level && other.at("seq") <= navigation.at("seq")) ++count;
  }
  return count;
}

/// Runs each test with both browsers of Debian.
class BrowserTest : public ::testing::TestWithParam<const char*> {
 protected:
  /// Opens a page of the site in a new recorded browser and follows its events from the first one on.
  void open(std::string_view path, const json& telemetry = capture_page()) {
    session =
        server.create({{"start_url", site.url(path)}, {"telemetry", telemetry}, {"timeout_seconds", 0}});
    events.emplace(server, session.at("session_id").get<std::string>());
  }
  /// The navigation to that path, and its number.
  json navigation_to(std::string_view path) {
    return events->wait_for("page_navigation", {{"url", site.url(path)}});
  }
  std::int64_t nav_seq_of(const json& navigation) { return nav_seq_at(*events, navigation); }
  /// A second client of the recorded browser.
  CdpDriver& driver() {
    if (!driver_) driver_ = std::make_unique<CdpDriver>(TelltaleProcess::debugger_url(session));
    return *driver_;
  }
  /// Every test ends with this: nothing was lost, repeated or reordered.
  void TearDown() override {
    if (!events) return;
    EXPECT_EQ(testing::gap_in(events->all()), "");
  }

  TestSite site;
  TelltaleProcess server{telltale_binary(), {"--chromium", GetParam()}};
  json session;
  std::optional<EventStream> events;

 private:
  std::unique_ptr<CdpDriver> driver_;
};

/// "chromium-headless-shell" as part of a test's name.
inline std::string browser_name(const ::testing::TestParamInfo<const char*>& info) {
  return std::string_view(info.param) == "chromium" ? "Chromium" : "HeadlessShell";
}

inline const auto kBrowsers = ::testing::Values("chromium-headless-shell", "chromium");

}  // namespace telltale::e2e

#pragma once

// A collector driven as a browser would drive it: frames in, commands and events out, on a clock of its own.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cdp/decode.hpp"
#include "collector/collector.hpp"
#include "support/manual_clock.hpp"

namespace telltale::collector {

using base::CdpSessionId;
using nlohmann::json;
using telemetry::Category;

class CollectorTest : public ::testing::Test {
 protected:
  explicit CollectorTest(Options options = everything()) : collector_(std::move(options)) {}

  static Options everything() {
    Options options;
    options.categories = {Category::console, Category::network, Category::page, Category::interaction};
    options.binding_name = "binding";
    options.world_name = "world";
    return options;
  }

  Output& notify(const std::string& method, const json& params, const std::string& session = "S1") {
    json frame{{"method", method}, {"params", params}};
    if (!session.empty()) frame["sessionId"] = session;
    auto decoded = cdp::decode_copy(frame.dump());
    if (!decoded) throw std::runtime_error(decoded.error().message);
    out_.clear();
    collector_.on(std::get<cdp::Notification>(*decoded), clock_.now(), out_);
    return out_;
  }

  Output& attach(const std::string& session, const std::string& type, const std::string& target,
                 const std::string& parent = "", bool waiting = true, json extra = json::object()) {
    json info{{"targetId", target}, {"type", type}, {"title", ""}, {"url", ""}, {"attached", true}};
    info.update(extra);
    return notify("Target.attachedToTarget",
                  {{"sessionId", session}, {"targetInfo", info}, {"waitingForDebugger", waiting}}, parent);
  }

  Output& reply(ReplyTag::Kind kind, const std::string& session,
                base::Result<std::string> result = std::string("{}")) {
    out_.clear();
    collector_.on_reply({kind, CdpSessionId(session)}, result, clock_.now(), out_);
    return out_;
  }

  Output& tick() {
    out_.clear();
    collector_.tick(clock_.now(), out_);
    return out_;
  }

  // A page on session S1 (target T1, main frame T1) that has navigated to `url` once.
  void open_page(const std::string& url = "http://site.test/") {
    attach("S1", "page", "T1");
    navigate(url);
  }

  Output& navigate(const std::string& url, const std::string& loader = "L1") {
    return notify("Page.frameNavigated", {{"frame", {{"id", "T1"}, {"loaderId", loader}, {"url", url}}}});
  }

  // The events of one type.
  template <class Data>
  static std::vector<Data> all(const Output& out) {
    std::vector<Data> found;
    for (const auto& event : out.events) {
      if (const auto* data = std::get_if<Data>(&event.data)) found.push_back(*data);
    }
    return found;
  }

  static std::vector<std::string> methods(const Output& out, const std::string& session) {
    std::vector<std::string> names;
    for (const auto& request : out.commands) {
      if (request.command.session.value == session) names.emplace_back(request.command.method);
    }
    return names;
  }

  template <class Data>
  static const Data& only(const Output& out) {
    EXPECT_EQ(out.events.size(), 1u);
    return std::get<Data>(out.events.at(0).data);
  }

  testing::ManualClock clock_;
  Collector collector_;
  Output out_;
};

}  // namespace telltale::collector

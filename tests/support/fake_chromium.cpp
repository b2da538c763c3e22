#include "support/fake_chromium.hpp"

#include <utility>

namespace telltale::testing {

using nlohmann::json;

FakeChromium::FakeChromium(base::Loop& loop) : server_(loop, script()) {}

WebSocketScript FakeChromium::script() {
  WebSocketScript script;
  script.on_request = [this](const net::HttpRequest&) {
    net::HttpResponse response;
    if (refuse) {
      response.status = 503;
    } else {
      const json version{{"Browser", "Fake/1"},
                         {"webSocketDebuggerUrl", server_.url("/devtools/browser/fake")}};
      response.headers.set("Content-Type", "application/json");
      response.body = version.dump();
    }
    return response;
  };
  script.on_open = [this](WebSocketPeer& peer) {
    peer_ = &peer;
    ++connections_;
  };
  script.on_message = [this](WebSocketPeer&, std::string_view text) { answer(json::parse(text)); };
  script.on_end = [this](WebSocketPeer& peer) {
    if (peer_ == &peer) peer_ = nullptr;
  };
  return script;
}

void FakeChromium::answer(const json& command) {
  commands_.push_back(command);
  if (on_command && on_command(command)) return;
  if (command["method"] == "Target.createTarget") {
    const auto number = std::to_string(++pages_);
    attach_page("S" + number, "T" + number);
    return reply(command, {{"targetId", "T" + number}});
  }
  reply(command, json::object());
}

void FakeChromium::send(const json& message) {
  if (peer_ != nullptr) peer_->send(message.dump());
}

void FakeChromium::reply(const json& command, const json& result) {
  // Chromium writes the id first, and telltale relies on it.
  std::string text = "{\"id\":" + command["id"].dump() + ",\"result\":" + result.dump();
  if (command.contains("sessionId")) text += ",\"sessionId\":" + command["sessionId"].dump();
  if (peer_ != nullptr) peer_->send(text + "}");
}

void FakeChromium::reply_error(const json& command, const std::string& message) {
  const json error{{"code", -32000}, {"message", message}};
  if (peer_ != nullptr) peer_->send("{\"id\":" + command["id"].dump() + ",\"error\":" + error.dump() + "}");
}

void FakeChromium::attach_page(const std::string& session, const std::string& target) {
  send({{"method", "Target.attachedToTarget"},
        {"params",
         {{"sessionId", session},
          {"targetInfo",
           {{"targetId", target}, {"type", "page"}, {"title", ""}, {"url", ""}, {"attached", true}}},
          {"waitingForDebugger", true}}}});
}

void FakeChromium::drop_connection() {
  if (peer_ != nullptr) peer_->drop();
}

}  // namespace telltale::testing

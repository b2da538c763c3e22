#pragma once

// A browser for the faults that a real one cannot be asked to have: it accepts DevTools connections, answers
// every command, or does what the test tells it to do instead.

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/websocket_server.hpp"

namespace telltale::testing {

/// Lives on one loop. Answers `{}` to every command, and a target id and an attached page to
/// Target.createTarget.
class FakeChromium {
 public:
  explicit FakeChromium(base::Loop& loop);

  /// http://127.0.0.1:PORT, for attaching.
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }
  base::Task<> run() { return server_.run(); }
  void stop() noexcept { server_.stop(); }

  /// Called before the usual answer; returning true means that it was dealt with (or is to stay unanswered).
  std::function<bool(const nlohmann::json& command)> on_command;
  /// Whether new connections are refused.
  bool refuse = false;

  void send(const nlohmann::json& message);
  void reply(const nlohmann::json& command, const nlohmann::json& result);
  void reply_error(const nlohmann::json& command, const std::string& message);
  /// Announces a page on the session `session`.
  void attach_page(const std::string& session, const std::string& target);
  void drop_connection();

  [[nodiscard]] bool connected() const noexcept { return peer_ != nullptr; }
  [[nodiscard]] int connections() const noexcept { return connections_; }
  [[nodiscard]] const std::vector<nlohmann::json>& commands() const noexcept { return commands_; }

 private:
  WebSocketScript script();
  void answer(const nlohmann::json& command);

  WebSocketPeer* peer_ = nullptr;
  int connections_ = 0;
  int pages_ = 0;
  std::vector<nlohmann::json> commands_;
  WebSocketServer server_;
};

}  // namespace telltale::testing

#pragma once

// A second DevTools client, as a user of a recorded browser would be: it drives pages while telltale watches.

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cdp/connection.hpp"
#include "support/loop_thread.hpp"

namespace telltale::testing {

/// Connected from construction on. Every call blocks, has a deadline, and throws std::runtime_error on
/// failure.
class CdpDriver {
 public:
  /// `url`: the browser's ws://... or http://HOST:PORT.
  explicit CdpDriver(const std::string& url);
  ~CdpDriver();
  CdpDriver(const CdpDriver&) = delete;
  CdpDriver& operator=(const CdpDriver&) = delete;

  /// The result object of a command. `session`: from attach(); empty: the browser itself.
  nlohmann::json call(std::string method, const nlohmann::json& params = nlohmann::json::object(),
                      const std::string& session = {});
  /// Sends a command whose answer does not matter, or never comes. `method`: a literal.
  void post(std::string_view method, std::string session);
  /// Attaches to the page that shows `url`, waiting until there is one and it is loaded; returns the session.
  std::string attach(const std::string& url);
  /// Opens `url` in a new tab, attaches to it and waits until it is loaded.
  std::string open_page(const std::string& url);

  /// The value of an expression, or what its promise resolves to. Throws when it throws.
  nlohmann::json evaluate(const std::string& session, const std::string& expression);
  /// A click with the left button at that place of the viewport, as the browser would make it for a user.
  void click(const std::string& session, double x, double y);
  /// In the middle of what `element`, a JavaScript expression in the main frame, yields.
  void click_on(const std::string& session, const std::string& element);
  /// Presses and releases one key: a character ("a") or a named key ("Enter").
  void press(const std::string& session, const std::string& key);
  /// Turns the mouse wheel at that place.
  void scroll(const std::string& session, double x, double y, double delta_y);

 private:
  [[nodiscard]] std::string attach_to(const std::string& target);
  void wait_until_shown(const std::string& session, const std::string& url);
  [[nodiscard]] bool shows(const std::string& session, const std::string& url);

  LoopThread thread_;
  std::unique_ptr<cdp::Connection> connection_;
};

}  // namespace telltale::testing

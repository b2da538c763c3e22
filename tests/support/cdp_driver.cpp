#include "support/cdp_driver.hpp"

#include <stdexcept>

#include "browser/find.hpp"
#include "net/websocket.hpp"
#include "support/patience.hpp"

namespace telltale::testing {
namespace {

using nlohmann::json;

base::Task<base::Result<std::unique_ptr<cdp::Connection>>> connect(std::string url) {
  const auto endpoint = co_await browser::discover_websocket_url(std::move(url));
  if (!endpoint) co_return std::unexpected(endpoint.error());
  auto transport = co_await net::connect_websocket(*endpoint);
  if (!transport) co_return std::unexpected(transport.error());
  auto ignore = [](const cdp::Notification&) {};
  co_return std::make_unique<cdp::Connection>(std::move(*transport), ignore);
}

// `connection` is the driver's, which outlives its loop.
base::Task<> run(cdp::Connection& connection) { co_await connection.run(); }

// Keeps the text that the command's method is a view of until there is an answer.
base::Task<base::Result<std::string>> call_named(cdp::Connection& connection, std::string method,
                                                 std::string params, std::string session) {
  cdp::Command command{base::CdpSessionId(std::move(session)), method, std::move(params)};
  co_return co_await connection.call(std::move(command), kPatience);
}

base::Task<> post_named(cdp::Connection& connection, std::string_view method, std::string session) {
  cdp::Command command{base::CdpSessionId(std::move(session)), method, "{}"};
  connection.post(std::move(command), [](const base::Result<std::string>&) {});
  co_return;
}

}  // namespace

CdpDriver::CdpDriver(const std::string& url) {
  auto connection = thread_.call(connect(url));
  if (!connection) throw std::runtime_error("cannot connect to the browser: " + connection.error().message);
  connection_ = std::move(*connection);
  thread_.spawn(run(*connection_));
}

CdpDriver::~CdpDriver() { thread_.stop(); }

json CdpDriver::call(std::string method, const json& params, const std::string& session) {
  const auto result = thread_.call(call_named(*connection_, method, params.dump(), session));
  if (!result) throw std::runtime_error(result.error().message);
  return json::parse(*result);
}

void CdpDriver::post(std::string_view method, std::string session) {
  thread_.call(post_named(*connection_, method, std::move(session)));
}

std::string CdpDriver::attach(const std::string& url) {
  std::string target;
  const bool found = eventually([&] {
    const auto targets = call("Target.getTargets");
    for (const auto& info : targets.at("targetInfos")) {
      if (info.at("type") == "page" && info.at("url") == url) target = info.at("targetId");
    }
    return !target.empty();
  });
  if (!found) throw std::runtime_error("there is no page " + url);
  const auto session = attach_to(target);
  // A target has its URL before its renderer shows the document.
  wait_until_shown(session, url);
  return session;
}

std::string CdpDriver::open_page(const std::string& url) {
  // With the URL at once, Chromium starts the navigation before anybody else can observe the page.
  const auto created = call("Target.createTarget", {{"url", "about:blank"}});
  const auto session = attach_to(created.at("targetId"));
  call("Page.navigate", {{"url", url}}, session);
  wait_until_shown(session, url);
  return session;
}

std::string CdpDriver::attach_to(const std::string& target) {
  return call("Target.attachToTarget", {{"targetId", target}, {"flatten", true}}).at("sessionId");
}

void CdpDriver::wait_until_shown(const std::string& session, const std::string& url) {
  if (!eventually([&] { return shows(session, url); }))
    throw std::runtime_error("the page is not loaded: " + url);
}

bool CdpDriver::shows(const std::string& session, const std::string& url) {
  try {
    return evaluate(session, "document.readyState == 'complete' && location.href") == url;
  } catch (const std::runtime_error&) {
    return false;  // its execution context has just gone with the document before
  }
}

json CdpDriver::evaluate(const std::string& session, const std::string& expression) {
  const json params = {
      {"expression", expression}, {"returnByValue", true}, {"awaitPromise", true}, {"userGesture", true}};
  const auto result = call("Runtime.evaluate", params, session);
  if (result.contains("exceptionDetails")) throw std::runtime_error(result.at("exceptionDetails").dump());
  return result.at("result").value("value", json());
}

void CdpDriver::click(const std::string& session, double x, double y) {
  // People need longer between two clicks; telltale takes quicker ones for a flood. The page's own clock
  // counts.
  evaluate(session, "new Promise((resolve) => setTimeout(resolve, 60))");
  for (const char* type : {"mousePressed", "mouseReleased"}) {
    call("Input.dispatchMouseEvent",
         {{"type", type}, {"x", x}, {"y", y}, {"button", "left"}, {"clickCount", 1}}, session);
  }
}

void CdpDriver::click_on(const std::string& session, const std::string& element) {
  const auto middle =
      evaluate(session, "(() => { const box = (" + element +
                            ").getBoundingClientRect();"
                            "return {x: box.x + box.width / 2, y: box.y + box.height / 2}; })()");
  click(session, middle.at("x"), middle.at("y"));
}

void CdpDriver::press(const std::string& session, const std::string& key) {
  json down = {{"type", "keyDown"}, {"key", key}};
  if (key.size() == 1) down["text"] = key;
  call("Input.dispatchKeyEvent", down, session);
  call("Input.dispatchKeyEvent", {{"type", "keyUp"}, {"key", key}}, session);
}

void CdpDriver::scroll(const std::string& session, double x, double y, double delta_y) {
  call("Input.dispatchMouseEvent",
       {{"type", "mouseWheel"}, {"x", x}, {"y", y}, {"deltaX", 0}, {"deltaY", delta_y}}, session);
}

}  // namespace telltale::testing

#include "api/cdp_proxy.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "api/auth.hpp"
#include "api/error_response.hpp"
#include "base/ascii.hpp"
#include "base/logging.hpp"
#include "net/http_client.hpp"
#include "net/limits.hpp"
#include "net/url.hpp"
#include "net/via.hpp"
#include "net/websocket_relay.hpp"
#include "session/registry.hpp"
#include "telemetry/events/connection.hpp"

namespace telltale::api {
namespace {

using base::Errc;
using Json = nlohmann::ordered_json;
using std::chrono::steady_clock;

constexpr std::string_view kPagePath = "/devtools/page/";

// The session that the path names, when the call may use its browser and there is one. The call outlives
// this.
base::Task<std::variant<session::Found, net::HttpResponse>> find_usable(const Services& services,
                                                                        Call& call) {
  const auto token = take_query_token(call.request);
  auto found = co_await services.registry.find(call.parameters.front());
  const bool has_token = found && token && same_secret(*token, found->info->cdp_token);
  // A stranger does not learn which sessions there are.
  if (!call.admitted && !has_token) co_return unauthorized(Access::session_token);
  if (!found) co_return error_response(found.error());
  const auto& info = *found->info;
  if (session::is_over(info.state)) {
    co_return error_response({Errc::not_found, "session '" + call.parameters.front() + "' has ended"});
  }
  // The endpoint alone is not enough: sessions that are attached to one another would each wait for the other while
  // they connect, and make connections without end.
  if (info.cdp_endpoint.empty() || info.state != session::SessionState::ready) {
    std::string why = "the browser is not connected";
    if (!info.error.empty()) why += ": " + info.error;
    co_return error_response({Errc::unavailable, std::move(why)});
  }
  found->session->touch();
  co_return std::move(*found);
}

telemetry::CdpDisconnectReason reason_of(net::RelayReport::End end) {
  using Reason = telemetry::CdpDisconnectReason;
  switch (end) {
    case net::RelayReport::End::upstream:
      return Reason::upstream_error;
    case net::RelayReport::End::cancelled:
      return Reason::context_cancelled;
    case net::RelayReport::End::client:
    case net::RelayReport::End::slow_client:
      break;
  }
  return Reason::client_close;
}

base::Task<> announce(std::shared_ptr<session::Session> session) {
  session->cdp_client_connected();
  co_return;
}

/// Bytes of a message that is looked at: a request to close the browser has no parameters.
constexpr std::size_t kCloseRequestBytes = 1024;

// Whether a client asks the browser to end. What else it sends is not parsed.
bool closes_browser(std::string_view message) {
  constexpr std::string_view kMethod = "Browser.close";
  if (message.size() > kCloseRequestBytes || message.find(kMethod) == message.npos) return false;
  const auto json = Json::parse(message, nullptr, /*allow_exceptions=*/false);
  const auto method = json.is_object() ? json.find("method") : json.end();
  return method != json.end() && method->is_string() && method->get_ref<const std::string&>() == kMethod;
}

base::Task<> await_ending(std::shared_ptr<session::Session> session) { co_await session->ending(); }

// `upgrade` outlives the call (net::HttpReply::upgrade).
base::Task<> serve_client(net::WebSocketUpgrade& upgrade, std::shared_ptr<session::Session> session,
                          std::shared_ptr<net::RelayUpstream> upstream) {
  using namespace base::asio::experimental::awaitable_operators;
  const session::Activity activity(session);
  co_await base::on(session->loop(), announce(session));
  const auto began = steady_clock::now();
  net::RelayReport report;
  report.on_client_message = [session](std::string_view message) {
    if (!closes_browser(message)) return;
    base::asio::post(session->loop().executor(), [session] { session->browser_close_asked(); });
  };
  co_await (base::as_root(upgrade.relay(std::move(upstream), report)) ||
            base::as_root(base::on(session->loop(), await_ending(session))));
  spdlog::debug("cdp client gone session={} messages={} reason='{}'", session->id().value, report.messages,
                report.reason);
  const auto duration = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began);
  const telemetry::CdpDisconnect gone{.duration_ms = duration.count(),
                                      .message_count = static_cast<std::int64_t>(report.messages),
                                      .reason = reason_of(report.end)};
  base::asio::post(session->loop().executor(), [session, gone] { session->cdp_client_gone(gone); });
}

// What tells a request that comes back here through other servers.
std::string via_of(const net::HttpRequest& request) {
  return net::via(request.headers.find("Via").value_or(std::string_view{}));
}

// Connects first, so that a client whose browser cannot be reached gets an answer in HTTP.
base::Task<net::HttpReply> connect_through(const Services& services, Call call, std::string path) {
  auto usable = co_await find_usable(services, call);
  if (auto* refused = std::get_if<net::HttpResponse>(&usable)) co_return whole(std::move(*refused));
  const auto& found = std::get<session::Found>(usable);
  if (!net::asks_for_websocket(call.request)) {
    auto response =
        error_response(426, "upgrade_required",
                       "this is a WebSocket: connect to it with Playwright's connectOverCDP, Puppeteer's "
                       "connect or another DevTools client");
    response.headers.set("Upgrade", "websocket");
    co_return whole(std::move(response));
  }
  std::string url = found.info->cdp_endpoint;
  if (!path.empty()) {
    const auto endpoint = net::parse_url(url);
    if (!endpoint) co_return whole(error_response(endpoint.error()));
    url = endpoint->scheme + "://" + endpoint->authority() + path;
  }
  auto upstream = co_await net::connect_relay(std::move(url), via_of(call.request));
  if (!upstream) co_return whole(error_response(upstream.error().in("the browser")));
  net::HttpReply reply;
  reply.response.status = 101;
  reply.upgrade = [session = found.session, connected = std::move(*upstream)](
                      net::WebSocketUpgrade& upgrade) { return serve_client(upgrade, session, connected); };
  co_return reply;
}

base::Task<net::HttpReply> connect_browser(const Services& services, Call call) {
  std::string whole_browser;
  co_return co_await connect_through(services, std::move(call), std::move(whole_browser));
}

base::Task<net::HttpReply> connect_page(const Services& services, Call call) {
  const std::string target = call.parameters.at(1);
  // Anything else could make it another path of the browser's.
  const bool valid = std::ranges::all_of(target, [](char c) { return base::hex_digit(c) >= 0; });
  std::string path(kPagePath);
  path += valid ? target : "none";
  co_return co_await connect_through(services, std::move(call), std::move(path));
}

// What the browser says of itself, with URLs that lead through here.
base::Task<net::HttpReply> discover(const Services& services, Call call, std::string path) {
  auto usable = co_await find_usable(services, call);
  if (auto* refused = std::get_if<net::HttpResponse>(&usable)) co_return whole(std::move(*refused));
  const auto& info = *std::get<session::Found>(usable).info;
  const auto endpoint = net::parse_url(info.cdp_endpoint);
  if (!endpoint) co_return whole(error_response(endpoint.error()));
  net::HttpRequest request;
  request.path = std::move(path);
  request.headers.set("Via", via_of(call.request));
  const auto answer = co_await net::http_fetch(endpoint->host, endpoint->port, std::move(request),
                                               net::limits::kConnectTimeout);
  if (!answer) co_return whole(error_response(answer.error().in("the browser")));
  auto body = Json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
  if (answer->status != 200 || !(body.is_object() || body.is_array())) {
    co_return whole(error_response(
        {Errc::protocol, "the browser does not describe itself: status " + std::to_string(answer->status)}));
  }
  const auto own_url = cdp_url(info, server_of(call.request));
  const auto rewrite = [&](Json& entry) {
    if (!entry.is_object()) return;
    entry.erase("devtoolsFrontendUrl");  // a page of the browser's own port
    entry.erase("devtoolsFrontendUrlCompat");
    if (!entry.contains("webSocketDebuggerUrl")) return;
    const auto id = entry.value("id", std::string());
    auto url = own_url;
    if (!id.empty()) url.insert(url.find('?'), std::string(kPagePath) + id);
    entry["webSocketDebuggerUrl"] = std::move(url);
  };
  if (body.is_array()) {
    for (auto& entry : body) rewrite(entry);
  } else {
    rewrite(body);
  }
  co_return whole(json_response(200, body.dump()));
}

base::Task<net::HttpReply> get_version(const Services& services, Call call) {
  co_return co_await discover(services, std::move(call), "/json/version");
}

base::Task<net::HttpReply> list_targets(const Services& services, Call call) {
  co_return co_await discover(services, std::move(call), "/json/list");
}

}  // namespace

std::string server_of(const net::HttpRequest& request) {
  const auto forwarded = request.headers.find("X-Forwarded-Proto").value_or(std::string_view{});
  std::string server = base::same_name(forwarded, "https") ? "https://" : "http://";
  server += request.headers.find("Host").value_or("localhost");
  return server;
}

std::string cdp_url(const session::SessionInfo& info, std::string_view server) {
  server.remove_prefix(std::string_view("http").size());  // what follows is the same with ws
  return "ws" + std::string(server) + "/browsers/" + info.id.value + "/cdp?token=" + info.cdp_token;
}

std::vector<Route> cdp_proxy_routes() {
  constexpr std::string_view kJson = "application/json";
  return {{.method = "GET",
           .pattern = "/browsers/{id_or_name}/cdp",
           .operation_id = "connectCdp",
           .summary = "The DevTools protocol of the whole browser, over a WebSocket.",
           .handler = connect_browser,
           .access = Access::session_token,
           .success = {101, "Messages pass unchanged until one side leaves or the session ends."}},
          {.method = "GET",
           .pattern = "/browsers/{id_or_name}/cdp/devtools/page/{target_id}",
           .operation_id = "connectCdpPage",
           .summary = "The DevTools protocol of one page.",
           .handler = connect_page,
           .access = Access::session_token,
           .success = {101, "Messages pass unchanged until one side leaves or the session ends."}},
          {.method = "GET",
           .pattern = "/browsers/{id_or_name}/cdp/json/version",
           .operation_id = "getCdpVersion",
           .summary = "What the browser is, and its DevTools endpoint on this server.",
           .handler = get_version,
           .access = Access::session_token,
           .success = {200, "As the browser answers it.", kJson}},
          {.method = "GET",
           .pattern = "/browsers/{id_or_name}/cdp/json/list",
           .operation_id = "listCdpTargets",
           .summary = "The browser's pages, with their DevTools endpoints on this server.",
           .handler = list_targets,
           .access = Access::session_token,
           .success = {200, "As the browser answers it.", kJson}}};
}

}  // namespace telltale::api

#include "browser/devtools_endpoint.hpp"

#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "browser/find.hpp"
#include "net/http_client.hpp"
#include "net/limits.hpp"
#include "net/url.hpp"
#include "net/via.hpp"

namespace telltale::browser {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;

/// Bytes of a browser's WebSocket URL; Chromium's has about 80.
constexpr std::size_t kUrlBytes = 1024;

// Errors name the endpoint's URL later, so what stands here must be one.
bool is_websocket_url(const std::string& text) {
  const auto url = net::parse_url(text);
  return url && url->scheme == "ws" && text.size() <= kUrlBytes;
}

Result<std::string> websocket_url_of(const net::HttpResponse& response) {
  if (response.status == net::kLoopDetected) return fail(Errc::invalid_argument, std::string(net::kLeadsBack));
  if (response.status != 200) {
    // Nothing of its body: the URL may be that of any service that this machine reaches and its user does not.
    std::string message = "/json/version answered " + std::to_string(response.status);
    if (response.status == 500) message += " (so does Chromium to a host that is neither an IP address nor localhost)";
    return fail(Errc::protocol, std::move(message));
  }
  const auto body = nlohmann::json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  if (body.is_object()) {
    const auto url = body.find("webSocketDebuggerUrl");
    if (url != body.end() && url->is_string() && is_websocket_url(url->get_ref<const std::string&>())) {
      return url->get<std::string>();
    }
  }
  return fail(Errc::protocol, "not a DevTools endpoint: /json/version has no webSocketDebuggerUrl of ws://");
}

}  // namespace

std::optional<DevToolsActivePort> parse_devtools_active_port(std::string_view text) {
  const std::size_t line_end = text.find('\n');
  if (line_end == std::string_view::npos) return std::nullopt;
  DevToolsActivePort found{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + line_end, found.port);
  if (error != std::errc{} || stop != text.data() + line_end || found.port == 0) return std::nullopt;
  const std::string_view rest = text.substr(line_end + 1);
  found.path = rest.substr(0, rest.find('\n'));
  if (!found.path.starts_with("/devtools/browser/")) return std::nullopt;
  return found;
}

std::optional<DevToolsActivePort> read_devtools_active_port(const std::filesystem::path& profile) {
  std::ostringstream text;
  text << std::ifstream(profile / "DevToolsActivePort")
              .rdbuf();  // a failing read leaves less text, never throws
  return parse_devtools_active_port(text.view());
}

Task<Result<std::string>> fetch_websocket_url(std::string host, std::uint16_t port,
                                              std::chrono::nanoseconds deadline) {
  net::HttpRequest request;
  request.path = "/json/version";
  request.headers.set("Via", net::via());
  const auto response = co_await net::http_fetch(std::move(host), port, std::move(request), deadline);
  const auto cancelled = (co_await base::asio::this_coro::cancellation_state).cancelled();
  if (cancelled != base::asio::cancellation_type::none) {
    co_return fail(Errc::stopped, "cancelled");
  }
  if (!response) co_return std::unexpected(response.error());
  co_return websocket_url_of(*response);
}

Task<Result<std::string>> discover_websocket_url(std::string url) {
  const auto parsed = net::parse_url(url);
  if (!parsed) co_return std::unexpected(parsed.error());
  if (parsed->scheme == "ws") co_return url;
  if (parsed->scheme != "http") {
    co_return fail(Errc::invalid_argument,
                   url + ": expected ws://HOST:PORT/devtools/browser/ID or http://HOST:PORT");
  }
  const auto found = co_await fetch_websocket_url(parsed->host, parsed->port, net::limits::kConnectTimeout);
  if (found) co_return *found;
  if (found.error().code == Errc::refused) {
    co_return fail(Errc::refused, found.error().message +
                                      "; start the browser with --remote-debugging-port=" +
                                      std::to_string(parsed->port) + " and a --user-data-dir of its own");
  }
  co_return std::unexpected(found.error().in(url));
}

}  // namespace telltale::browser

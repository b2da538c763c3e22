#include "cli/client.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/random.hpp"
#include "browser/limits.hpp"
#include "cli/terminal.hpp"
#include "net/http_client.hpp"
#include "stream/limits.hpp"

namespace telltale::cli {
namespace {

using base::Errc;
using base::Error;
using base::fail;
using base::Result;
using base::Task;
using nlohmann::json;
using namespace std::chrono_literals;

/// Looking whether a telltale is there must not make a person wait.
constexpr auto kProbeDeadline = 2s;
constexpr auto kCallDeadline = 10s;
/// A browser that takes browser::limits::kBrowserStartTimeout, and its first page.
constexpr auto kCreateDeadline = 60s;
/// The longest that an action may wait for its element, and what it does then.
constexpr auto kOperationDeadline = 330s;
/// Three keepalives without a sign of life.
constexpr auto kStreamIdle = 3 * stream::limits::kKeepaliveInterval;
constexpr std::size_t kPageSize = 100;

Errc code_of(unsigned status) {
  switch (status) {
    case 401:
    case 403:
      return Errc::refused;
    case 404:
      return Errc::not_found;
    case 409:
      return Errc::conflict;
    case 429:
      return Errc::limit;
    default:
      return status >= 500 ? Errc::unavailable : status >= 400 ? Errc::invalid_argument : Errc::protocol;
  }
}

Result<json> parse_body(const net::HttpResponse& response) {
  auto body = json::parse(response.body, nullptr, false);
  if (body.is_discarded()) return fail(Errc::protocol, "the server's answer is no JSON: is it a telltale?");
  return body;
}

std::string session_path(const std::string& session) { return "/browsers/" + net::percent_encode(session); }

void add_list(net::HttpRequest& request, const char* name, const std::vector<std::string>& values) {
  for (const auto& value : values) request.query.emplace_back(name, value);
}

}  // namespace

std::string Client::base_url() const {
  const std::string prefix = address_.url.target == "/" ? std::string() : address_.url.target;
  return address_.url.scheme + "://" + address_.url.authority() + prefix;
}

net::HttpRequest Client::request(std::string method, std::string path) const {
  net::HttpRequest request;
  request.method = std::move(method);
  std::string_view prefix = address_.url.target;
  prefix = prefix.substr(0, prefix.find('?'));
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  request.path = std::string(prefix) + path;
  if (address_.token) request.headers.set("Authorization", "Bearer " + *address_.token);
  return request;
}

Task<Result<net::HttpResponse>> Client::fetch(net::HttpRequest request, std::chrono::seconds deadline) const {
  auto response =
      co_await net::http_fetch(address_.url.host, address_.url.port, std::move(request), deadline);
  if (!response && response.error().code == Errc::refused) {
    const std::string advice = "; `telltale serve` starts a server";
    co_return fail(Errc::refused, response.error().message + advice);
  }
  if (response && response->status / 100 != 2) co_return std::unexpected(refusal(*response));
  co_return response;
}

Error Client::refusal(const net::HttpResponse& response) const {
  const auto body = json::parse(response.body, nullptr, false);
  std::string message = fmt::format("{} answered with HTTP status {}", base_url(), response.status);
  const auto text = body.is_object() ? body.find("message") : body.end();
  if (body.is_object() && text != body.end() && text->is_string()) {
    message = printable(text->get_ref<const std::string&>());
  }
  if (response.status == 401) {
    message += fmt::format(" ({} wants a token: pass --token, or set TELLTALE_TOKEN)", base_url());
  }
  return {code_of(response.status), message};
}

Task<Result<std::string>> Client::server_version() const {
  auto response = co_await fetch(request("GET", "/healthz"), kProbeDeadline);
  if (!response) co_return std::unexpected(response.error());
  const auto body = json::parse(response->body, nullptr, false);
  if (!body.is_object() || !body.contains("version") || !body["version"].is_string()) {
    co_return fail(Errc::protocol, base_url() + " is no telltale server");
  }
  co_return body["version"].get<std::string>();
}

Task<Result<json>> Client::create_session(std::string body) const {
  auto creation = request("POST", "/browsers");
  creation.headers.set("Content-Type", "application/json");
  creation.body = std::move(body);
  auto response = co_await fetch(std::move(creation), kCreateDeadline);
  if (!response) co_return std::unexpected(response.error());
  co_return parse_body(*response);
}

Task<Result<json>> Client::list_sessions(std::string status) const {
  json sessions = json::array();
  for (bool more = true; more;) {
    auto page = request("GET", "/browsers");
    page.query.emplace_back("status", status);
    page.query.emplace_back("limit", std::to_string(kPageSize));
    page.query.emplace_back("offset", std::to_string(sessions.size()));
    const auto response = co_await fetch(std::move(page), kCallDeadline);
    if (!response) co_return std::unexpected(response.error());
    const auto body = parse_body(*response);
    if (!body) co_return std::unexpected(body.error());
    if (!body->is_array()) co_return fail(Errc::protocol, "the server's list of sessions is no list");
    more = response->headers.find("X-Has-More") == "true" && !body->empty();
    for (const auto& session : *body) sessions.push_back(session);
  }
  co_return sessions;
}

Task<Result<json>> Client::get_session(std::string session) const {
  auto retrieval = request("GET", session_path(session));
  retrieval.query.emplace_back("include_deleted", "true");
  const auto response = co_await fetch(std::move(retrieval), kCallDeadline);
  if (!response) co_return std::unexpected(response.error());
  co_return parse_body(*response);
}

Task<Result<json>> Client::update_session(std::string session, std::string body) const {
  auto update = request("PATCH", session_path(session));
  update.headers.set("Content-Type", "application/json");
  update.body = std::move(body);
  const auto response = co_await fetch(std::move(update), kCallDeadline);
  if (!response) co_return std::unexpected(response.error());
  co_return parse_body(*response);
}

Task<Result<void>> Client::delete_session(std::string session) const {
  const auto response = co_await fetch(request("DELETE", session_path(session)), kCallDeadline);
  if (!response) co_return std::unexpected(response.error());
  co_return Result<void>{};
}

Task<Result<json>> Client::post(std::string path, std::string body) const {
  auto operation = request("POST", std::move(path));
  operation.headers.set("Content-Type", "application/json");
  operation.headers.set("x-notte-sdk-version", "telltale");
  operation.body = std::move(body);
  const auto response = co_await fetch(std::move(operation), kOperationDeadline);
  if (!response) co_return std::unexpected(response.error());
  co_return parse_body(*response);
}

Task<Result<json>> Client::send_file(std::string session, std::string name, std::string content) const {
  // As browsers write names; the boundary is too random to stand in the file.
  std::string quoted;
  for (const char c : name) {
    quoted += c == '"' ? "%22" : c == '\r' ? "%0D" : c == '\n' ? "%0A" : c == '\\' ? "\\\\" : std::string(1, c);
  }
  const auto boundary = base::random_hex(16);
  auto operation = request("POST", "/sessions/" + net::percent_encode(session) + "/files");
  operation.headers.set("Content-Type", "multipart/form-data; boundary=" + boundary);
  operation.body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + quoted +
                   "\"\r\nContent-Type: application/octet-stream\r\n\r\n";
  operation.body += content;
  operation.body += "\r\n--" + boundary + "--\r\n";
  const auto response = co_await fetch(std::move(operation), kOperationDeadline);
  if (!response) co_return std::unexpected(response.error());
  co_return parse_body(*response);
}

Task<Result<std::string>> Client::get(std::string path) const {
  auto response = co_await fetch(request("GET", std::move(path)), kOperationDeadline);
  if (!response) co_return std::unexpected(response.error());
  co_return std::move(response->body);
}

Task<Result<void>> Client::stream(StreamRequest what, std::function<void(std::string_view)> on_data) const {
  auto opening = request("GET", session_path(what.session) + "/telemetry/stream");
  opening.headers.set("Accept", "text/event-stream");
  add_list(opening, "category", what.categories);
  add_list(opening, "type", what.types);
  if (what.after) {
    opening.headers.set("Last-Event-ID", std::to_string(what.after->value));
  } else if (what.replay_all) {
    opening.query.emplace_back("replay", "all");
  }
  std::function<void(const net::HttpResponse&)> ignore_head = [](const net::HttpResponse&) {};
  const auto response = co_await net::http_stream(address_.url.host, address_.url.port, std::move(opening),
                                                  std::move(ignore_head), std::move(on_data), kStreamIdle);
  if (!response) co_return std::unexpected(response.error());
  if (response->status / 100 != 2) co_return std::unexpected(refusal(*response));
  co_return Result<void>{};
}

}  // namespace telltale::cli

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/browser_body.hpp"
#include "api/cdp_proxy.hpp"
#include "api/create_request.hpp"
#include "api/driving.hpp"
#include "api/error_response.hpp"
#include "api/notte.hpp"
#include "api/notte_body.hpp"
#include "api/parse_request.hpp"
#include "api/query_check.hpp"
#include "api/recording.hpp"
#include "api/session_fields.hpp"
#include "base/json_encode.hpp"
#include "session/registry.hpp"

namespace telltale::api {
namespace {

using base::Errc;
using Reply = base::Task<net::HttpReply>;
using Violations = std::vector<base::Violation>;
using nlohmann::json;

// As Notte answers when its cluster has too many sessions.
constexpr unsigned kOverloaded = 529;

net::HttpReply refuse(const base::Error& error) { return whole(error_response(error, Dialect::notte)); }
net::HttpReply refuse(const Violations& violations) { return whole(error_response(violations, Dialect::notte)); }

template <class Body>
net::HttpReply answer(const Body& body) {
  return whole(json_response(200, base::to_json(body, base::Secrets::mask)));
}

NotteSession to_body(const Services& services, const net::HttpRequest& request, const session::SessionInfo& info) {
  return to_notte(info, services.clock.now(), server_of(request));
}

net::HttpReply answer_session(const Services& services, const Call& call, const session::SessionInfo& info) {
  auto body = to_body(services, call.request, info);
  return is_todays(call.request) ? answer(body) : answer(body.early);
}

// --- start

void check_choices(const SessionStartRequest& request, Violations& violations) {
  if (request.browser_type.value_or("chromium") != "chromium") {
    violations.push_back({"browser_type", "must be chromium: telltale drives no other", base::ViolationKind::one_of});
  }
  if (request.screenshot_type.value_or("raw") != "raw") {
    violations.push_back({"screenshot_type", "must be raw: pictures are never drawn on", base::ViolationKind::one_of});
  }
  const bool attach = !request.cdp_url.value_or("").empty();
  if (attach && !request.user_agent.value_or("").empty()) {
    violations.push_back({"user_agent", "cannot be chosen for a browser that already runs: leave it out"});
  }
  check_headless(request.headless, attach, has_display(), violations);
  check_cdp_url(request.cdp_url.value_or(""), violations);
}

std::expected<session::SessionSpec, Violations> parse_start(std::string_view body, bool todays) {
  const auto document = parse_body(body);
  if (!document) return std::unexpected(Violations{{"", document.error().message}});
  auto decoded = base::decode_checked<SessionStartRequest>(**document);
  if (!decoded) return std::unexpected(std::move(decoded.error()));
  SessionStartRequest& request = *decoded;
  Violations violations;
  check_choices(request, violations);
  if (!violations.empty()) return std::unexpected(std::move(violations));
  session::SessionSpec spec;
  const auto idle = request.idle_timeout_minutes.value_or(
      request.timeout_minutes.value_or(request.timeout_minutes_of_sdk.value_or(kNotteIdleMinutes)));
  spec.idle_timeout = std::chrono::minutes(idle);
  if (request.max_duration_minutes || todays) {
    spec.max_duration = std::chrono::minutes(request.max_duration_minutes.value_or(kNotteLongestMinutes));
  }
  if (request.max_steps || !todays) spec.max_steps = request.max_steps.value_or(kNotteSteps);
  spec.headless = request.headless.value_or(true);
  spec.user_agent = std::move(request.user_agent).value_or("");
  spec.viewport = collector::Viewport{request.viewport_width.value_or(kNotteWidth),
                                      request.viewport_height.value_or(kNotteHeight)};
  spec.attach_url = std::move(request.cdp_url).value_or("");
  spec.categories = recorded_by_default();
  return spec;
}

Reply start_session(const Services& services, Call call) {
  auto spec = parse_start(call.request.body, is_todays(call.request));
  if (!spec) co_return refuse(spec.error());
  const auto created = co_await services.registry.create(std::move(*spec));
  if (!created && created.error().code == Errc::limit) {
    co_return whole(error_response(kOverloaded, "limit", created.error().message, Dialect::notte));
  }
  if (!created) co_return refuse(created.error());
  call.record.set_created(created->session);
  created->session->touch();
  co_return answer_session(services, call, *created->info);
}

// --- stop, look at

Reply stop_session(const Services& services, Call call) {
  std::function<void(session::Session&)> publish_call = [record = call.record](session::Session& session) {
    record.publish_to(session, 200);
  };
  const auto& id = call.parameters.front();
  const auto removed = co_await services.registry.remove(id, std::move(publish_call));
  // Stopping twice is as good as once; only what never was is not found.
  const auto found = co_await services.registry.find(id);
  if (!found) co_return refuse(removed ? found.error() : removed.error());
  co_return answer_session(services, call, *found->info);
}

Reply get_session(const Services& services, Call call) {
  const auto found = co_await services.registry.find(call.parameters.front());
  if (!found) co_return refuse(found.error());
  call.record.set_session(found->session);
  if (!session::is_over(found->info->state)) found->session->touch();
  co_return answer_session(services, call, *found->info);
}

bool flag_in(const net::HttpRequest& request, std::string_view name, bool otherwise, Violations& violations) {
  const auto text = request.query_value(name);
  if (!text) return otherwise;
  if (*text == "true" || *text == "1" || *text == "True") return true;
  if (*text == "false" || *text == "0" || *text == "False") return false;
  violations.push_back({std::string(name), "must be true or false", base::ViolationKind::boolean});
  return otherwise;
}

Reply list_sessions(const Services& services, Call call) {
  Violations violations;
  const auto& request = call.request;
  const bool only_active = flag_in(request, "only_active", true, violations);
  flag_in(request, "only_current_token", true, violations);
  flag_in(request, "include_system", true, violations);
  const auto limit = integer_in(request, "limit", 10, 1, 100, violations);
  const auto page = integer_in(request, "page", 1, 1, 1'000'000, violations);
  const auto page_size = integer_in(request, "page_size", 10, 1, 100, violations);
  if (!violations.empty()) co_return refuse(violations);
  const bool todays = is_todays(request) || request.query_value("page") || request.query_value("page_size");
  const auto sessions = co_await services.registry.list();
  std::vector<NotteSession> bodies;
  for (auto found = sessions.rbegin(); found != sessions.rend(); ++found) {
    if (only_active && session::is_over(found->info->state)) continue;
    bodies.push_back(to_body(services, request, *found->info));
  }
  if (!todays) {
    if (bodies.size() > static_cast<std::size_t>(limit)) bodies.resize(static_cast<std::size_t>(limit));
    std::vector<EarlySession> early;
    for (auto& body : bodies) early.push_back(std::move(body.early));
    co_return answer(early);
  }
  const auto begin = std::min(static_cast<std::size_t>((page - 1) * page_size), bodies.size());
  const auto end = std::min(begin + static_cast<std::size_t>(page_size), bodies.size());
  NotteSessionPage body;
  body.page = page;
  body.page_size = page_size;
  body.has_next = end < bodies.size();
  body.has_previous = page > 1;
  for (auto i = begin; i < end; ++i) body.items.push_back(std::move(bodies[i]));
  co_return answer(body);
}

// --- for DevTools clients

page::Answer<std::vector<page::Tab>> tabs_of(session::Session& session) { return session.driver().tabs(); }

Reply debug_session(const Services& services, Call call) {
  const auto found = co_await find_drivable(services, call.record, call.parameters.front());
  if (!found) co_return refuse(found.error());
  const auto tabs = co_await drive(found->session, tabs_of(*found->session));
  if (!tabs) co_return refuse(tabs.error());
  const auto server = server_of(call.request);
  const auto& info = *found->info;
  const auto cdp = cdp_url(info, server);
  const std::string list = server + "/browsers/" + info.id.value + "/cdp/json/list?token=" + info.cdp_token;
  json body = {{"debug_url", list}, {"ws", {{"cdp", cdp}, {"recording", ""}, {"logs", ""}}}, {"tabs", json::array()}};
  for (std::size_t i = 0; i < tabs->size(); ++i) {
    const auto& tab = (*tabs)[i];
    std::string page = cdp;
    page.insert(page.find('?'), "/devtools/page/" + tab.target.value);
    body["tabs"].push_back({{"metadata", {{"tab_id", i}, {"title", tab.title}, {"url", tab.url}}},
                            {"debug_url", list},
                            {"ws_url", page}});
  }
  co_return whole(json_response(200, body.dump(-1, ' ', false, json::error_handler_t::replace)));
}

// --- cookies

page::Answer<base::RawJson> cookies_of(session::Session& session) { return session.driver().cookies(); }

Reply get_cookies(const Services& services, Call call) {
  const auto found = co_await find_drivable(services, call.record, call.parameters.front());
  if (!found) co_return refuse(found.error());
  const auto answered = co_await drive(found->session, cookies_of(*found->session));
  if (!answered) co_return refuse(answered.error());
  json body = {{"cookies", json::array()}};
  const auto all = json::parse(answered->text, nullptr, false);
  for (const auto& cookie : all.value("cookies", json::array())) {
    const bool session_cookie = cookie.value("session", false);
    json entry = {{"name", cookie.value("name", "")},       {"value", cookie.value("value", "")},
                  {"domain", cookie.value("domain", "")},   {"path", cookie.value("path", "")},
                  {"httpOnly", cookie.value("httpOnly", false)}, {"secure", cookie.value("secure", false)},
                  {"session", session_cookie},
                  {"hostOnly", !cookie.value("domain", "").starts_with('.')}};
    entry["sameSite"] = cookie.contains("sameSite") ? cookie["sameSite"] : json();
    entry["expires"] = session_cookie ? json() : cookie.value("expires", json());
    entry["expirationDate"] = entry["expires"];
    body["cookies"].push_back(std::move(entry));
  }
  co_return whole(json_response(200, body.dump(-1, ' ', false, json::error_handler_t::replace)));
}

// A cookie as clients send it, as Chromium takes it; what it does not know is left out.
json to_cookie_param(const json& cookie, std::size_t place, Violations& violations) {
  const std::string path = "cookies[" + std::to_string(place) + "]";
  json param = json::object();
  if (!cookie.is_object()) {
    violations.push_back({path, "must be an object", base::ViolationKind::object});
    return param;
  }
  for (const char* name : {"name", "value"}) {
    if (!cookie.contains(name)) {
      violations.push_back({path + "." + name, "is required", base::ViolationKind::missing});
    } else if (!cookie[name].is_string()) {
      violations.push_back({path + "." + name, "must be a string", base::ViolationKind::string});
    } else {
      param[name] = cookie[name];
    }
  }
  for (const char* name : {"domain", "path", "url", "sameSite"}) {
    if (cookie.contains(name) && cookie[name].is_string()) param[name] = cookie[name];
  }
  for (const char* name : {"httpOnly", "secure"}) {
    if (cookie.contains(name) && cookie[name].is_boolean()) param[name] = cookie[name];
  }
  for (const char* name : {"expirationDate", "expires"}) {
    if (cookie.contains(name) && cookie[name].is_number() && cookie[name] > 0) param["expires"] = cookie[name];
  }
  if (!param.contains("domain") && !param.contains("url")) {
    violations.push_back({path + ".domain", "is required, or url", base::ViolationKind::missing});
  }
  return param;
}

page::Answer<void> put_cookies(session::Session& session, std::string cookies) {
  return session.driver().set_cookies(std::move(cookies));
}

Reply set_cookies(const Services& services, Call call) {
  auto request = parse_request<SetCookiesRequest>(call, Dialect::notte);
  if (!request) co_return std::move(request.error());
  const auto given = json::parse(request->cookies.text, nullptr, false);
  if (!given.is_array()) co_return refuse(Violations{{"cookies", "must be a list", base::ViolationKind::list}});
  Violations violations;
  json cookies = json::array();
  for (std::size_t i = 0; i < given.size(); ++i) cookies.push_back(to_cookie_param(given[i], i, violations));
  if (!violations.empty()) co_return refuse(violations);
  const auto found = co_await find_drivable(services, call.record, call.parameters.front());
  if (!found) co_return refuse(found.error());
  const auto put = co_await drive(found->session, put_cookies(*found->session, cookies.dump()));
  if (!put && put.error().code == Errc::protocol) {
    co_return refuse(Violations{{"cookies", put.error().message}});
  }
  if (!put) co_return refuse(put.error());
  const json body = {{"success", true}, {"message", "Set " + std::to_string(cookies.size()) + " cookies"}};
  co_return whole(json_response(200, body.dump()));
}

constexpr std::array kListParameters = {
    Parameter{"only_active", "Default true.", &base::type_model<bool>},
    Parameter{"limit", "Sessions at most, 1 to 100; default 10.", &base::type_model<std::int64_t>},
    Parameter{"page", "Which page; with it, or with page_size, the answer is a page.", &base::type_model<std::int64_t>},
    Parameter{"page_size", "Sessions per page, 1 to 100; default 10.", &base::type_model<std::int64_t>},
    Parameter{"only_current_token", "Accepted: there is only one token.", &base::type_model<bool>},
    Parameter{"include_system", "Accepted: there are no sessions of the system.", &base::type_model<bool>}};

constexpr std::array kStopParameters = {
    Parameter{"close_reason", "Accepted, and not kept.", &base::type_model<std::string>}};

}  // namespace

std::vector<Route> notte_session_routes() {
  constexpr std::string_view kJson = "application/json";
  const Success session{200, "The session.", kJson, &base::type_model<NotteSession>};
  return {{.method = "POST",
           .pattern = "/sessions/start",
           .operation_id = "notteStartSession",
           .summary = "Start a session.",
           .handler = start_session,
           .request_body = &base::type_model<SessionStartRequest>,
           .success = session},
          {.method = "GET",
           .pattern = "/sessions",
           .operation_id = "notteListSessions",
           .summary = "List sessions, newest first: a list, or a page of them for today's SDKs.",
           .handler = list_sessions,
           .parameters = kListParameters,
           .success = {200, "The sessions.", kJson, &base::type_model<NotteSession>, true}},
          {.method = "GET",
           .pattern = "/sessions/{session_id}",
           .operation_id = "notteGetSession",
           .summary = "Look at one session, also at one that has ended.",
           .handler = get_session,
           .success = session},
          {.method = "DELETE",
           .pattern = "/sessions/{session_id}/stop",
           .operation_id = "notteStopSession",
           .summary = "Stop a session; answered once its browser is gone. May be repeated.",
           .handler = stop_session,
           .parameters = kStopParameters,
           .success = session},
          {.method = "GET",
           .pattern = "/sessions/{session_id}/debug",
           .operation_id = "notteDebugSession",
           .summary = "Where DevTools clients connect to.",
           .handler = debug_session,
           .success = {200, "debug_url, ws, tabs.", kJson}},
          {.method = "GET",
           .pattern = "/sessions/{session_id}/cookies",
           .operation_id = "notteGetCookies",
           .summary = "All cookies of the browser.",
           .handler = get_cookies,
           .parameters = kNotteMetadataParameters,
           .success = {200, "cookies.", kJson}},
          {.method = "POST",
           .pattern = "/sessions/{session_id}/cookies",
           .operation_id = "notteSetCookies",
           .summary = "Set cookies.",
           .handler = set_cookies,
           .parameters = kNotteMetadataParameters,
           .request_body = &base::type_model<SetCookiesRequest>,
           .success = {200, "success, message.", kJson}}};
}

}  // namespace telltale::api

#include "api/instavm.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/browser_body.hpp"
#include "api/driving.hpp"
#include "api/error_response.hpp"
#include "api/instavm_schemas.hpp"
#include "api/parse_request.hpp"
#include "api/recording.hpp"
#include "api/session_fields.hpp"
#include "base/json_encode.hpp"
#include "page/driver.hpp"
#include "page/limits.hpp"
#include "page/script_answer.hpp"
#include "session/registry.hpp"

namespace telltale::api {
namespace {

using base::Errc;
using page::Timeout;
using Reply = base::Task<net::HttpReply>;
using nlohmann::json;

// InstaVM's API knows no timeout of sessions; one that is forgotten must not hold its browser for ever.
constexpr std::chrono::seconds kIdleTimeout = std::chrono::minutes(30);
constexpr std::int64_t kDefaultWidth = 1920;
constexpr std::int64_t kDefaultHeight = 1080;

net::HttpReply refuse(const base::Error& error) { return whole(error_response(error, Dialect::instavm)); }
net::HttpReply refuse(const std::vector<base::Violation>& violations) {
  return whole(error_response(violations, Dialect::instavm));
}

template <class Body>
net::HttpReply answer(const Body& body) {
  return whole(json_response(200, base::to_json(body, base::Secrets::mask)));
}

// --- sessions

std::string status_of(session::SessionState state) {
  using State = session::SessionState;
  if (state == State::failed) return "error";
  return session::is_over(state) ? "closed" : "active";
}

BrowserSessionResponse to_response(const session::SessionInfo& info) {
  BrowserSessionResponse response;
  response.session_id = info.id.value;
  response.status = status_of(info.state);
  response.viewport_width = info.spec.viewport ? info.spec.viewport->width : kDefaultWidth;
  response.viewport_height = info.spec.viewport ? info.spec.viewport->height : kDefaultHeight;
  response.user_agent = text_or_null(info.spec.user_agent);
  response.created_at = to_rfc3339(info.created_at.wall);
  response.last_activity = to_rfc3339(info.last_access_at.wall);
  if (const auto end = expires_at(info)) response.expires_at = text_or_null(to_rfc3339(*end));
  return response;
}

Reply create_session(const Services& services, Call call) {
  auto request = parse_request<InstavmCreateRequest>(call, Dialect::instavm);
  if (!request) co_return std::move(request.error());
  session::SessionSpec spec;
  spec.viewport = collector::Viewport{request->viewport_width.value_or(kDefaultWidth),
                                      request->viewport_height.value_or(kDefaultHeight)};
  spec.user_agent = std::move(request->user_agent).value_or("");
  spec.idle_timeout = kIdleTimeout;
  spec.categories = recorded_by_default();
  const auto created = co_await services.registry.create(std::move(spec));
  if (!created) co_return refuse(created.error());
  call.record.set_created(created->session);
  created->session->touch();
  co_return answer(to_response(*created->info));
}

Reply list_sessions(const Services& services, Call) {
  const auto sessions = co_await services.registry.list();
  BrowserSessionList list;
  for (const auto& found : sessions) {
    if (!session::is_over(found.info->state)) list.sessions.push_back(to_response(*found.info));
  }
  list.total_count = static_cast<std::int64_t>(list.sessions.size());
  co_return answer(list);
}

Reply get_session(const Services& services, Call call) {
  const auto found = co_await find_live(services, call.record, call.parameters.front());
  if (!found) co_return refuse(found.error());
  co_return answer(to_response(*found->info));
}

Reply delete_session(const Services& services, Call call) {
  std::function<void(session::Session&)> publish_call = [record = call.record](session::Session& session) {
    record.publish_to(session, 200);
  };
  const auto removed = co_await services.registry.remove(call.parameters.front(), std::move(publish_call));
  if (!removed) co_return refuse(removed.error());
  json body = {{"success", true}, {"message", "Browser session closed"}, {"session_id", call.parameters.front()}};
  co_return whole(json_response(200, body.dump()));
}

// --- interactions

// The session that the body names, or the only one.
base::Task<base::Result<session::Found>> find_session(const Services& services, CallRecord& record,
                                                      std::optional<std::string> id) {
  if (id && !id->empty()) co_return co_await find_drivable(services, record, std::move(*id));
  auto sessions = co_await services.registry.list();
  std::erase_if(sessions, [](const session::Found& found) { return session::is_over(found.info->state); });
  if (sessions.size() != 1) {
    co_return base::fail(Errc::not_found, "session_id: is needed, because " + std::to_string(sessions.size()) +
                                              " sessions are active");
  }
  std::string only = sessions.front().info->id.value;
  co_return co_await find_drivable(services, record, std::move(only));
}

double seconds_since(page::Clock::time_point begin) {
  const std::chrono::duration<double> elapsed =
      std::chrono::floor<std::chrono::milliseconds>(page::Clock::now() - begin);
  return elapsed.count();
}

/// What an interaction says of itself when it has worked.
struct Said {
  std::string message;
  json data;
};
using Interaction = base::Task<base::Result<Said>>;

// What the shape of a request cannot say.
template <class Request>
std::vector<base::Violation> problems_of(const Request&) {
  return {};
}

std::vector<base::Violation> problems_of(const NavigateRequest& request) {
  std::vector<base::Violation> violations;
  check_url(request.url, "url", violations);
  return violations;
}

std::vector<base::Violation> problems_of(const ScrollRequest& request) {
  if (request.selector || request.x || request.y) return {};
  return {{"selector", "at least one of selector, x and y is required", base::ViolationKind::missing}};
}

std::vector<base::Violation> problems_of(const WaitRequest& request) {
  if (request.selector || request.condition >= WaitCondition::load) return {};
  return {{"selector", "is required to wait for the condition of an element", base::ViolationKind::missing}};
}

// Only the browser knows what is a selector.
bool is_bad_selector(const base::Error& error) {
  return error.code == Errc::invalid_argument && (error.message.find("CSS selector") != std::string::npos ||
                                                  error.message.find("XPath expression") != std::string::npos);
}

// Parses the body, finds the session, runs the interaction on the session's loop.
template <class Request, Interaction (*act)(session::Session&, Request)>
Reply interact(const Services& services, Call call) {
  const auto began = page::Clock::now();
  auto request = parse_request<Request>(call, Dialect::instavm);
  if (!request) co_return std::move(request.error());
  if (const auto problems = problems_of(*request); !problems.empty()) co_return refuse(problems);
  std::optional<std::string> id;
  if constexpr (requires { request->element; }) {
    id = request->element.session_id;
  } else {
    id = request->session_id;
  }
  const auto found = co_await find_session(services, call.record, std::move(id));
  if (!found) co_return refuse(found.error());
  const auto said = co_await drive(found->session, act(*found->session, std::move(*request)));
  if (!said && is_bad_selector(said.error())) {
    co_return refuse(std::vector<base::Violation>{{"selector", said.error().message}});
  }
  if (!said) co_return refuse(said.error());
  BrowserInteractionResponse response;
  response.message = said->message;
  response.execution_time = seconds_since(began);
  response.session_id = found->info->id.value;
  if (!said->data.is_null()) response.data.text = said->data.dump(-1, ' ', false, json::error_handler_t::replace);
  co_return answer(response);
}

Interaction navigate(session::Session& session, NavigateRequest request) {
  const auto opened =
      co_await session.driver().navigate(request.url, page::Until::load, Timeout(request.wait_timeout));
  if (!opened) co_return std::unexpected(opened.error());
  const auto page = co_await session.driver().metrics();
  Said said{"Navigation completed", {{"url", page ? page->url : request.url}}};
  if (page) said.data["title"] = page->title;
  co_return said;
}

Interaction click(session::Session& session, ClickRequest request) {
  page::ClickOptions options;
  options.force = request.force;
  auto locator = page::Locator::selector(request.element.selector);
  const auto clicked =
      co_await session.driver().click(std::move(locator), options, Timeout(request.element.timeout));
  if (!clicked) co_return std::unexpected(clicked.error());
  co_return Said{"Click completed", {{"element", request.element.selector}}};
}

Interaction type(session::Session& session, TypeRequest request) {
  auto locator = page::Locator::selector(request.element.selector);
  const auto typed = co_await session.driver().type(std::move(locator), request.text, /*clear=*/false,
                                                    std::chrono::milliseconds(request.delay),
                                                    Timeout(request.element.timeout));
  if (!typed) co_return std::unexpected(typed.error());
  co_return Said{"Typing completed", {{"element", request.element.selector}, {"text", request.text}}};
}

Interaction fill(session::Session& session, FillRequest request) {
  auto locator = page::Locator::selector(request.element.selector);
  const auto filled = co_await session.driver().fill(std::move(locator), request.value, /*clear=*/true,
                                                     Timeout(request.element.timeout));
  if (!filled) co_return std::unexpected(filled.error());
  co_return Said{"Fill completed", {{"element", request.element.selector}, {"value", request.value}}};
}

Interaction scroll(session::Session& session, ScrollRequest request) {
  page::Driver& driver = session.driver();
  if (request.selector) {
    auto locator = page::Locator::selector(*request.selector);
    const auto scrolled = co_await driver.scroll_to(std::move(locator), Timeout(kInstavmTimeoutMs));
    if (!scrolled) co_return std::unexpected(scrolled.error());
  }
  if (request.x || request.y) {
    const auto place = [](std::optional<std::int64_t> axis) { return axis ? std::to_string(*axis) : "null"; };
    std::vector<std::string> to{place(request.x), place(request.y)};
    const auto scrolled = co_await driver.read("scrollPage", std::move(to), page::limits::kPageCallTimeout);
    if (!scrolled) co_return std::unexpected(scrolled.error());
  }
  const auto page = co_await driver.metrics();
  if (!page) co_return std::unexpected(page.error());
  co_return Said{"Scroll completed", {{"x", page->viewport.scroll_x}, {"y", page->viewport.scroll_y}}};
}

Interaction wait(session::Session& session, WaitRequest request) {
  using Presence = page::Driver::Presence;
  const Timeout timeout(request.timeout);
  const std::string condition(base::enum_name(request.condition));
  page::Driver& driver = session.driver();
  const std::string selector = request.selector.value_or("");
  base::Result<void> reached;
  switch (request.condition) {
    case WaitCondition::visible:
      reached = co_await driver.wait_for(selector, Presence::visible, timeout);
      break;
    case WaitCondition::hidden:
      reached = co_await driver.wait_for(selector, Presence::hidden, timeout);
      break;
    case WaitCondition::attached:
      reached = co_await driver.wait_for(selector, Presence::attached, timeout);
      break;
    case WaitCondition::detached:
      reached = co_await driver.wait_for(selector, Presence::detached, timeout);
      break;
    case WaitCondition::load:
      reached = co_await driver.wait_until(page::Until::load, timeout);
      break;
    case WaitCondition::domcontentloaded:
      reached = co_await driver.wait_until(page::Until::interactive, timeout);
      break;
    case WaitCondition::networkidle:
      reached = co_await driver.wait_until(page::Until::network_idle, timeout);
      break;
    case WaitCondition::timeout:
      co_await base::sleep_for(timeout);
      break;
  }
  if (!reached) co_return std::unexpected(reached.error());
  json data = {{"condition", condition}};
  if (request.selector) data["selector"] = *request.selector;
  co_return Said{"Wait completed", std::move(data)};
}

// --- reading

Reply take_screenshot(const Services& services, Call call) {
  const auto began = page::Clock::now();
  auto request = parse_request<ScreenshotRequest>(call, Dialect::instavm);
  if (!request) co_return std::move(request.error());
  const auto found = co_await find_session(services, call.record, request->session_id);
  if (!found) co_return refuse(found.error());
  page::Picture picture;
  picture.format = base::enum_name(request->format);
  picture.quality = request->quality;
  picture.full_page = request->full_page;
  if (request->clip) {
    const auto& clip = *request->clip;
    picture.clip = std::array{clip.x, clip.y, clip.width, clip.height};
  }
  auto taken = co_await drive(found->session, found->session->driver().screenshot(std::move(picture)));
  if (!taken) co_return refuse(taken.error());
  BrowserScreenshotResponse response;
  response.screenshot = std::move(*taken);
  response.format = base::enum_name(request->format);
  response.execution_time = seconds_since(began);
  response.session_id = found->info->id.value;
  co_return answer(response);
}

// The answer of one of our functions, with what InstaVM adds to it.
net::HttpReply answer_with(json body, page::Clock::time_point began, const session::Found& found) {
  body["execution_time"] = seconds_since(began);
  body["session_id"] = found.info->id.value;
  return whole(json_response(200, body.dump(-1, ' ', false, json::error_handler_t::replace)));
}

Reply extract_elements(const Services& services, Call call) {
  const auto began = page::Clock::now();
  auto request = parse_request<ExtractRequest>(call, Dialect::instavm);
  if (!request) co_return std::move(request.error());
  const auto found = co_await find_session(services, call.record, request->session_id);
  if (!found) co_return refuse(found.error());
  const json attributes = request->attributes.value_or(std::vector<std::string>{});
  const json selector = request->selector ? json(*request->selector) : json();
  std::vector<std::string> arguments{selector.dump(), attributes.dump()};
  const auto elements = co_await drive(
      found->session, found->session->driver().read("extractElements", std::move(arguments),
                                                    page::limits::kPageCallTimeout));
  if (!elements) co_return refuse(elements.error());
  co_return answer_with(page::parsed(*elements), began, *found);
}

page::Answer<base::RawJson> read_content(session::Session& session, ContentRequest request) {
  page::Driver& driver = session.driver();
  if (request.url && !request.url->empty()) {
    const auto opened = co_await driver.navigate(*request.url, page::Until::load, Timeout(kInstavmTimeoutMs));
    if (!opened) co_return std::unexpected(opened.error());
  }
  const json options = {{"include_interactive", request.include_interactive},
                        {"include_anchors", request.include_anchors},
                        {"max_anchors", request.max_anchors}};
  std::vector<std::string> arguments{options.dump()};
  co_return co_await driver.read("readableContent", std::move(arguments), page::limits::kPageCallTimeout);
}

Reply extract_content(const Services& services, Call call) {
  const auto began = page::Clock::now();
  auto request = parse_request<ContentRequest>(call, Dialect::instavm);
  if (!request) co_return std::move(request.error());
  std::vector<base::Violation> violations;
  check_url(request->url.value_or(""), "url", violations);
  if (!violations.empty()) co_return refuse(violations);
  const auto found = co_await find_session(services, call.record, request->session_id);
  if (!found) co_return refuse(found.error());
  const auto content = co_await drive(found->session, read_content(*found->session, std::move(*request)));
  if (!content) co_return refuse(content.error());
  auto body = page::parsed(*content);
  if (body.contains("readable_content")) body["url"] = body["readable_content"].value("url", "");
  co_return answer_with(std::move(body), began, *found);
}

constexpr std::string_view kJson = "application/json";

template <class Request>
Route interaction_route(std::string_view pattern, std::string_view operation_id, std::string_view summary,
                        Handler handler) {
  return {.method = "POST",
          .pattern = pattern,
          .operation_id = operation_id,
          .summary = summary,
          .handler = handler,
          .request_body = &base::type_model<Request>,
          .success = {200, "It was done.", kJson, &base::type_model<BrowserInteractionResponse>}};
}

}  // namespace

std::vector<Route> instavm_routes() {
  std::vector<Route> routes{
      {.method = "POST",
       .pattern = "/v1/browser/sessions",
       .operation_id = "instavmCreateSession",
       .summary = "Create a browser session.",
       .handler = create_session,
       .request_body = &base::type_model<InstavmCreateRequest>,
       .success = {200, "The session.", kJson, &base::type_model<BrowserSessionResponse>}},
      {.method = "GET",
       .pattern = "/v1/browser/sessions",
       .operation_id = "instavmListSessions",
       .summary = "List the active sessions.",
       .handler = list_sessions,
       .success = {200, "The sessions.", kJson, &base::type_model<BrowserSessionList>}},
      {.method = "GET",
       .pattern = "/v1/browser/sessions/{session_id}",
       .operation_id = "instavmGetSession",
       .summary = "Get browser session information.",
       .handler = get_session,
       .success = {200, "The session.", kJson, &base::type_model<BrowserSessionResponse>}},
      {.method = "DELETE",
       .pattern = "/v1/browser/sessions/{session_id}",
       .operation_id = "instavmDeleteSession",
       .summary = "Close a session; answered once its browser is gone.",
       .handler = delete_session,
       .success = {200, "It is closed.", kJson}}};
  routes.push_back(interaction_route<NavigateRequest>("/v1/browser/interactions/navigate", "instavmNavigate",
                                                      "Open a URL.", interact<NavigateRequest, navigate>));
  routes.push_back(interaction_route<ClickRequest>("/v1/browser/interactions/click", "instavmClick",
                                                   "Click an element.", interact<ClickRequest, click>));
  routes.push_back(interaction_route<TypeRequest>("/v1/browser/interactions/type", "instavmType",
                                                  "Type into an element.", interact<TypeRequest, type>));
  routes.push_back(interaction_route<FillRequest>("/v1/browser/interactions/fill", "instavmFill",
                                                  "Fill a form field.", interact<FillRequest, fill>));
  routes.push_back(interaction_route<ScrollRequest>("/v1/browser/interactions/scroll", "instavmScroll",
                                                    "Scroll the page, or to an element.",
                                                    interact<ScrollRequest, scroll>));
  routes.push_back(interaction_route<WaitRequest>("/v1/browser/interactions/wait", "instavmWait",
                                                  "Wait for a condition.", interact<WaitRequest, wait>));
  routes.push_back({.method = "POST",
                    .pattern = "/v1/browser/interactions/screenshot",
                    .operation_id = "instavmScreenshot",
                    .summary = "Take a picture of the page.",
                    .handler = take_screenshot,
                    .request_body = &base::type_model<ScreenshotRequest>,
                    .success = {200, "The picture.", kJson, &base::type_model<BrowserScreenshotResponse>}});
  routes.push_back({.method = "POST",
                    .pattern = "/v1/browser/interactions/extract",
                    .operation_id = "instavmExtract",
                    .summary = "Extract elements of the page.",
                    .handler = extract_elements,
                    .request_body = &base::type_model<ExtractRequest>,
                    .success = {200, "elements, count, execution_time, session_id.", kJson}});
  routes.push_back({.method = "POST",
                    .pattern = "/v1/browser/interactions/content",
                    .operation_id = "instavmContent",
                    .summary = "Take the readable content of the page.",
                    .handler = extract_content,
                    .request_body = &base::type_model<ContentRequest>,
                    .success = {200, "readable_content, interactive_elements, content_anchors.", kJson}});
  return routes;
}

}  // namespace telltale::api

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/actions.hpp"
#include "api/browser_body.hpp"
#include "api/cdp_proxy.hpp"
#include "api/driving.hpp"
#include "api/error_response.hpp"
#include "api/notte.hpp"
#include "api/notte_body.hpp"
#include "api/parse_request.hpp"
#include "api/session_fields.hpp"
#include "base/json_encode.hpp"
#include "collector/body_text.hpp"
#include "page/limits.hpp"
#include "session/registry.hpp"

namespace telltale::api {
namespace {

using base::Errc;
using page::Answer;
using page::Timeout;
using Reply = base::Task<net::HttpReply>;
using Violations = std::vector<base::Violation>;
using nlohmann::json;

constexpr Timeout kGotoTimeout = std::chrono::seconds(10);
// How long an observation waits for min_nb_actions.
constexpr auto kMoreActionsTimeout = std::chrono::seconds(5);

net::HttpReply refuse(const base::Error& error) { return whole(error_response(error, Dialect::notte)); }
net::HttpReply refuse(const Violations& violations) { return whole(error_response(violations, Dialect::notte)); }

template <class Body>
net::HttpReply answer(const Body& body) {
  return whole(json_response(200, base::to_json(body, base::Secrets::mask)));
}

base::Task<base::Result<void>> take_step(std::shared_ptr<session::Session> session) { co_return session->take_step(); }

// The session as it is after the operation.
base::Task<session::SessionInfoPtr> info_of(std::shared_ptr<session::Session> session) { co_return session->info(); }

// Opens it unless it is there already; a page that takes longer than that goes on loading.
Answer<void> open_if_other(session::Session& session, std::optional<std::string> url) {
  if (!url || url->empty()) co_return base::Result<void>{};
  const auto page = co_await session.driver().metrics();
  if (page && page->url == *url) co_return base::Result<void>{};
  // Not in another tab: the one that was current has gone.
  if (!page && page.error().code == Errc::not_found) co_return std::unexpected(page.error());
  const auto opened = co_await session.driver().navigate(*url, page::Until::load, kGotoTimeout);
  if (!opened && opened.error().code != Errc::timeout) co_return opened;
  co_return base::Result<void>{};
}

// --- observe

struct Seen {
  page::Observation observation;
  std::vector<page::Tab> tabs;
  std::string screenshot;  ///< base64; empty: none
};

Answer<Seen> look(session::Session& session, ObserveRequest request) {
  page::Driver& driver = session.driver();
  const auto opened = co_await open_if_other(session, request.url);
  if (!opened) co_return std::unexpected(opened.error());
  Seen seen;
  const auto deadline = page::Clock::now() + kMoreActionsTimeout;
  for (;;) {
    auto observation = co_await driver.observe();
    if (!observation) co_return std::unexpected(observation.error());
    seen.observation = std::move(*observation);
    const auto listed = std::ranges::count_if(seen.observation.nodes, [](const auto& node) { return !node.id.empty(); });
    if (listed >= request.min_nb_actions.value_or(0) || page::Clock::now() >= deadline) break;
    const bool slept = co_await base::sleep_for(page::limits::kPageLastPause);
    if (!slept) co_return base::fail(Errc::stopped, "observing was cancelled");
  }
  auto tabs = co_await driver.tabs();
  if (!tabs) co_return std::unexpected(tabs.error());
  seen.tabs = std::move(*tabs);
  if (request.screenshot.value_or(true)) {
    page::Picture viewport;
    viewport.of = seen.observation.target;
    auto picture = co_await driver.screenshot(std::move(viewport));
    if (!picture) co_return std::unexpected(picture.error());
    seen.screenshot = std::move(*picture);
  }
  co_return seen;
}

Violations problems_of(const ObserveRequest& request) {
  Violations violations;
  check_url(request.url.value_or(""), "url", violations);
  const auto perception = request.perception_type.value_or("fast");
  if (perception != "fast") {
    violations.push_back({"perception_type", "must be fast: deep needs a language model, which telltale has not",
                          base::ViolationKind::one_of});
  }
  return violations;
}

ActionSpace space_for(const ObserveRequest& request, const page::Observation& observation, bool todays) {
  if (request.instructions && !request.instructions->empty()) {
    return empty_space(
        "Action selection failed: instructions need a language model, which telltale has not; leave them out to get "
        "all actions",
        todays);
  }
  SpaceOptions options;
  options.todays = todays;
  options.names = request.names.value_or(false);
  // Today's SDKs always send 100, and mean nothing by it.
  if (request.max_nb_actions && !todays) options.limit = static_cast<std::size_t>(*request.max_nb_actions);
  return to_space(observation, options);
}

Reply observe(const Services& services, Call call) {
  const auto started = services.clock.now();
  auto request = parse_request<ObserveRequest>(call, Dialect::notte);
  if (!request) co_return std::move(request.error());
  if (const auto problems = problems_of(*request); !problems.empty()) co_return refuse(problems);
  const auto found = co_await find_drivable(services, call.record, call.parameters.front());
  if (!found) co_return refuse(found.error());
  const auto step = co_await drive(found->session, take_step(found->session));
  if (!step) co_return refuse(step.error());
  const auto seen = co_await drive(found->session, look(*found->session, *request));
  if (!seen) co_return refuse(seen.error());
  const bool todays = is_todays(call.request);
  const auto now = services.clock.now();
  auto metadata = to_metadata(seen->observation.page, seen->tabs, now);
  auto space = space_for(*request, seen->observation, todays);
  if (todays) {
    NotteObservation body;
    body.started_at = to_rfc3339(started.wall);
    body.ended_at = to_rfc3339(now.wall);
    body.metadata = std::move(metadata);
    body.screenshot.raw = seen->screenshot;
    body.screenshot.bboxes = to_boxes(seen->observation, std::nullopt);
    body.space = std::move(space);
    co_return answer(body);
  }
  const auto info = co_await drive(found->session, info_of(found->session));
  EarlyObservation body;
  body.metadata = std::move(metadata);
  body.screenshot = text_or_null(seen->screenshot);
  body.space = std::move(space);
  if (info->spec.max_steps) {
    const TrajectoryProgress progress{info->steps, *info->spec.max_steps};
    body.progress.text = base::to_json(progress, base::Secrets::mask);
  }
  body.session = to_notte(*info, now, server_of(call.request)).early;
  co_return answer(body);
}

// --- execute

// Whether the session itself is in no state to be driven any more, rather than that an action did not work.
bool is_down(const base::Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::closed || error.code == Errc::stopped ||
         error.code == Errc::limit;
}

Reply execute(const Services& services, Call call) {
  const auto started = services.clock.now();
  const auto document = parse_body(call.request.body);
  if (!document) co_return refuse(document.error());
  const json& given = **document;
  if (!given.is_object() || !given.contains("type") || !given["type"].is_string()) {
    co_return refuse(Violations{{"type", "is required: the name of an action", base::ViolationKind::missing}});
  }
  const auto type = given["type"].get<std::string>();
  if (const auto problems = check_action(type, given); !problems.empty()) co_return refuse(problems);
  const auto found = co_await find_drivable(services, call.record, call.parameters.front());
  if (!found) co_return refuse(found.error());
  auto outcome = co_await run_action(found->session, type, *document);
  if (!outcome && (is_down(outcome.error()) || outcome.error().code == Errc::forbidden)) {
    co_return refuse(outcome.error());
  }
  const auto info = co_await drive(found->session, info_of(found->session));
  const auto now = services.clock.now();
  json action = given;
  if (const auto* known = find_action_type(type); known != nullptr && !action.contains("description")) {
    action["description"] = known->doc;
  }
  if (!action.contains("category")) {
    const bool on_element = action.contains("id") || action.contains("selector");
    action["category"] = on_element ? "Interaction Actions" : "Special Browser Actions";
  }
  ExecutionResponse body;
  body.started_at = to_rfc3339(started.wall);
  body.ended_at = to_rfc3339(now.wall);
  body.action.text = action.dump(-1, ' ', false, json::error_handler_t::replace);
  body.success = outcome.has_value();
  body.message = outcome ? outcome->message : outcome.error().message;
  if (outcome) body.data = std::move(outcome->data);
  if (!outcome) body.exception = text_or_null(outcome.error().message);
  if (!is_todays(call.request)) body.session = to_notte(*info, now, server_of(call.request)).early;
  auto reply = answer(body);
  if (!outcome) reply.response.headers.set("x-error-class", "NotteApiExecutionError");
  co_return reply;
}

// --- scrape, screenshot

Answer<base::RawJson> open_and_scrape(session::Session& session, PageScrapeRequest request) {
  const auto opened = co_await open_if_other(session, std::move(request.url));
  if (!opened) co_return std::unexpected(opened.error());
  co_return co_await scrape_page(session, std::move(request.what));
}

Reply scrape(const Services& services, Call call) {
  auto request = parse_request<PageScrapeRequest>(call, Dialect::notte);
  if (!request) co_return std::move(request.error());
  Violations violations;
  check_url(request->url.value_or(""), "url", violations);
  if (!violations.empty()) co_return refuse(violations);
  const auto found = co_await find_drivable(services, call.record, call.parameters.front());
  if (!found) co_return refuse(found.error());
  auto data = co_await drive(found->session, open_and_scrape(*found->session, std::move(*request)));
  if (!data) co_return refuse(data.error());
  if (is_todays(call.request)) co_return whole(json_response(200, std::move(data->text)));
  const auto info = co_await drive(found->session, info_of(found->session));
  const auto session = to_notte(*info, services.clock.now(), server_of(call.request)).early;
  co_return whole(json_response(200, "{\"session\":" + base::to_json(session, base::Secrets::mask) +
                                         ",\"data\":" + data->text + "}"));
}

Answer<std::string> take_picture(session::Session& session) {
  page::Picture viewport;
  return session.driver().screenshot(std::move(viewport));
}

Reply take_screenshot(const Services& services, Call call) {
  const auto found = co_await find_drivable(services, call.record, call.parameters.front());
  if (!found) co_return refuse(found.error());
  const auto picture = co_await drive(found->session, take_picture(*found->session));
  if (!picture) co_return refuse(picture.error());
  net::HttpResponse response;
  response.headers.set("Content-Type", "image/png");
  response.body = collector::from_base64(*picture);
  co_return whole(std::move(response));
}

constexpr std::array kExecuteParameters = {
    Parameter{"captcha_timeout_seconds", "Accepted: no action waits for a captcha here.", &base::type_model<double>}};

}  // namespace

std::vector<Route> notte_page_routes() {
  constexpr std::string_view kJson = "application/json";
  return {{.method = "POST",
           .pattern = "/sessions/{session_id}/page/observe",
           .operation_id = "notteObserve",
           .summary = "What is seen of the current page, and what can be done there.",
           .handler = observe,
           .parameters = kNotteMetadataParameters,
           .request_body = &base::type_model<ObserveRequest>,
           .success = {200, "The observation.", kJson, &base::type_model<EarlyObservation>},
           .other_success = std::nullopt},
          {.method = "POST",
           .pattern = "/sessions/{session_id}/page/execute",
           .operation_id = "notteExecute",
           .summary = "Do one action, named by `type`; its other members are the action's arguments.",
           .handler = execute,
           .parameters = kExecuteParameters,
           .success = {200, "What it came to.", kJson, &base::type_model<ExecutionResponse>}},
          {.method = "POST",
           .pattern = "/sessions/{session_id}/page/scrape",
           .operation_id = "notteScrape",
           .summary = "The content of the page as Markdown, its images and the data that it declares.",
           .handler = scrape,
           .parameters = kNotteMetadataParameters,
           .request_body = &base::type_model<PageScrapeRequest>,
           .success = {200, "markdown, images, structured.", kJson}},
          {.method = "POST",
           .pattern = "/sessions/{session_id}/page/screenshot",
           .operation_id = "notteScreenshot",
           .summary = "Take a picture of what is seen.",
           .handler = take_screenshot,
           .parameters = kNotteMetadataParameters,
           .success = {200, "The picture.", "image/png"}},
          {.method = "GET",
           .pattern = "/sessions/{session_id}/page/screenshot",
           .operation_id = "notteGetScreenshot",
           .summary = "The same, for an <img> or curl.",
           .handler = take_screenshot,
           .parameters = kNotteMetadataParameters,
           .success = {200, "The picture.", "image/png"}}};
}

}  // namespace telltale::api

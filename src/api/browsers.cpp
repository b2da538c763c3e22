#include "api/browsers.hpp"

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "api/browser_body.hpp"
#include "api/browser_list.hpp"
#include "api/cdp_proxy.hpp"
#include "api/create_request.hpp"
#include "api/error_response.hpp"
#include "api/event_request.hpp"
#include "api/event_stream.hpp"
#include "api/update_request.hpp"
#include "base/json_encode.hpp"
#include "session/registry.hpp"
#include "telemetry/envelope.hpp"

namespace telltale::api {
namespace {

std::string to_json(const Services& services, const Call& call, const session::SessionInfo& info) {
  return base::to_json(to_body(info, services.clock.now(), server_of(call.request)), base::Secrets::mask);
}

base::Error ended(const std::string& id_or_name, std::string_view way_out) {
  return {base::Errc::not_found, "session '" + id_or_name + "' has ended; " + std::string(way_out)};
}

// The session that the path names. The call outlives this.
base::Task<base::Result<session::Found>> find_named(const Services& services, const Call& call) {
  auto found = co_await services.registry.find(call.parameters.front());
  if (found) call.record.set_session(found->session);
  co_return found;
}

base::Task<net::HttpReply> create_browser(const Services& services, Call call) {
  auto spec = parse_create_request(call.request.body, has_display());
  if (!spec) co_return whole(error_response(spec.error()));
  const auto created = co_await services.registry.create(std::move(*spec));
  if (!created) co_return whole(error_response(created.error()));
  call.record.set_created(created->session);
  created->session->touch();
  auto response = json_response(201, to_json(services, call, *created->info));
  response.headers.set("Location", "/browsers/" + created->info->id.value);
  co_return whole(std::move(response));
}

base::Task<net::HttpReply> list_browsers(const Services& services, Call call) {
  const auto query = parse_browser_list_query(call.request.query);
  if (!query) co_return whole(error_response(query.error()));
  const auto sessions = co_await services.registry.list();
  std::string body = "[";
  std::size_t matching = 0;
  for (const auto& found : sessions) {
    if (!query->matches(*found.info)) continue;
    const auto place = matching++;
    if (place < query->offset || place - query->offset >= query->limit) continue;
    if (body.size() > 1) body += ',';
    body += to_json(services, call, *found.info);
  }
  body += ']';
  const bool has_more = matching > query->offset && matching - query->offset > query->limit;
  auto response = json_response(200, std::move(body));
  response.headers.set("X-Has-More", has_more ? "true" : "false");
  response.headers.set("X-Next-Offset", std::to_string(has_more ? query->offset + query->limit : 0));
  co_return whole(std::move(response));
}

base::Task<net::HttpReply> get_browser(const Services& services, Call call) {
  const auto with_deleted = includes_deleted(call.request.query);
  if (!with_deleted) co_return whole(error_response(with_deleted.error()));
  const auto found = co_await find_named(services, call);
  if (!found) co_return whole(error_response(found.error()));
  if (session::is_over(found->info->state) && !*with_deleted) {
    co_return whole(error_response(ended(call.parameters.front(), "add `include_deleted=true` to see it")));
  }
  found->session->touch();
  co_return whole(json_response(200, to_json(services, call, *found->info)));
}

base::Task<net::HttpReply> update_browser(const Services& services, Call call) {
  const auto found = co_await find_named(services, call);
  if (!found) co_return whole(error_response(found.error()));
  if (session::is_over(found->info->state)) {
    co_return whole(error_response(ended(call.parameters.front(), "nothing of it can be changed any more")));
  }
  auto update = parse_update_request(call.request.body);
  if (!update) co_return whole(error_response(update.error()));
  const auto updated = co_await services.registry.update(found->info->id.value, std::move(*update));
  if (!updated) co_return whole(error_response(updated.error()));
  updated->session->touch();
  co_return whole(json_response(200, to_json(services, call, *updated->info)));
}

base::Task<net::HttpReply> delete_browser(const Services& services, Call call) {
  // Its own event cannot come after the answer: the log has ended by then.
  std::function<void(session::Session&)> publish_call = [record = call.record](session::Session& session) {
    record.publish_to(session, 204);
  };
  const auto removed = co_await services.registry.remove(call.parameters.front(), std::move(publish_call));
  if (!removed) co_return whole(error_response(removed.error()));
  net::HttpReply reply;
  reply.response.status = 204;
  co_return reply;
}

base::Task<std::optional<telemetry::Envelope>> publish(std::shared_ptr<session::Session> session,
                                                       ExternalEvent event) {
  telemetry::Event published{.source = std::move(event.source), .data = std::move(event.data)};
  co_return session->publish_now(std::move(published));
}

base::Task<net::HttpReply> publish_event(const Services& services, Call call) {
  const auto found = co_await find_named(services, call);
  if (!found) co_return whole(error_response(found.error()));
  if (session::is_over(found->info->state)) {
    co_return whole(error_response(ended(call.parameters.front(), "its log takes no more events")));
  }
  auto event = parse_event_request(call.request.body);
  if (!event) co_return whole(error_response(event.error()));
  found->session->touch();
  const auto envelope = co_await base::on(found->session->loop(), publish(found->session, std::move(*event)));
  net::HttpReply reply;
  reply.response.status = 204;
  if (!envelope) co_return reply;
  std::string body;
  telemetry::encode_envelope(body, envelope->seq, envelope->event, base::Secrets::reveal);
  co_return whole(json_response(200, std::move(body)));
}

// Keeps the session from idling out while somebody watches it. `out` outlives the call
// (net::HttpReply::stream).
base::Task<> watch(net::BodyWriter& out, std::shared_ptr<session::Session> session,
                   EventStreamOptions options) {
  const session::Activity activity(session);
  co_await write_event_stream(out, session->log(), options);
}

base::Task<net::HttpReply> stream_telemetry(const Services& services, Call call) {
  const auto filter = parse_stream_filter(call.request.query);
  if (!filter) co_return whole(error_response(filter.error()));
  const auto found = co_await find_named(services, call);
  if (!found) co_return whole(error_response(found.error()));
  EventStreamOptions options;
  options.start = start_position(call.request);
  options.filter = *filter;
  const bool over = session::is_over(found->info->state);
  const auto head = found->session->log()->head();
  if (over && options.start.from == stream::Start::From::after && options.start.seq == head) {
    // A client that reconnects by itself, as EventSource does, would come back for ever.
    co_return whole(
        error_response(ended(call.parameters.front(), "everything it has recorded was delivered")));
  }
  if (options.start.from == stream::Start::From::now) {
    if (over) {
      co_return whole(error_response(ended(
          call.parameters.front(), "add `replay=all`, or a Last-Event-ID, to read what it has recorded")));
    }
    // "Now" is the moment before the client sees the answer: what it then causes must reach it.
    options.start = stream::Start::after(head);
  }
  found->session->touch();
  net::HttpReply reply;
  reply.response = event_stream_head();
  reply.stream = [session = found->session, options](net::BodyWriter& out) {
    return watch(out, session, options);
  };
  co_return reply;
}

constexpr std::array kListParameters = {
    Parameter{"limit", "Sessions per page, 1 to 100; default 20.", &base::type_model<std::int64_t>},
    Parameter{"offset", "Sessions to skip; take it from X-Next-Offset.", &base::type_model<std::int64_t>},
    Parameter{"status", "active (default), deleted or all.", &base::type_model<std::string>},
    Parameter{"query", "Part of the id or of the name.", &base::type_model<std::string>},
    Parameter{"tags", "Only sessions with these tags, each as `tags[KEY]=VALUE`.",
              &base::type_model<base::Object<std::string>>},
    Parameter{"include_deleted", "Deprecated form of status=all.", &base::type_model<bool>}};

constexpr std::array kGetParameters = {
    Parameter{"include_deleted", "Also a session that has ended.", &base::type_model<bool>}};

constexpr std::array kStreamParameters = {
    Parameter{"Last-Event-ID", "Go on after this event. 0: from now. Wins over `replay`.",
              &base::type_model<std::string>, Parameter::In::header},
    Parameter{"replay", "`all`: start with the oldest event that is kept. Absent: from now.",
              &base::type_model<std::string>},
    Parameter{"category", "Only these categories; repeatable, or joined by commas.",
              &base::type_model<std::vector<std::string>>},
    Parameter{"type", "Only these event types; repeatable, or joined by commas.",
              &base::type_model<std::vector<std::string>>}};

Route stream_route(std::string_view pattern, std::string_view operation_id) {
  return {.method = "GET",
          .pattern = pattern,
          .operation_id = operation_id,
          .summary = "Follow the events of a session.",
          .handler = stream_telemetry,
          .access = Access::token_or_query,
          .parameters = kStreamParameters,
          .success = {.doc = "Frames of `id: SEQ` and `data: ENVELOPE`; ends when the session does.",
                      .content_type = "text/event-stream",
                      .envelope = true}};
}

}  // namespace

std::vector<Route> browser_routes() {
  constexpr std::string_view kJson = "application/json";
  constexpr std::string_view kStreamPattern = "/browsers/{id_or_name}/telemetry/stream";
  Route older_stream = stream_route("/browsers/{id_or_name}/telemetry", "streamBrowserTelemetryOlder");
  older_stream.older_form_of = kStreamPattern;
  return {{.method = "POST",
           .pattern = "/browsers",
           .operation_id = "createBrowser",
           .summary = "Create a session; answered once its browser is being recorded.",
           .handler = create_browser,
           .request_body = &base::type_model<CreateBrowserRequest>,
           .success = {201, "The session.", kJson, &base::type_model<BrowserBody>}},
          {.method = "GET",
           .pattern = "/browsers",
           .operation_id = "listBrowsers",
           .summary = "List sessions, oldest first. X-Has-More and X-Next-Offset lead to the next page.",
           .handler = list_browsers,
           .parameters = kListParameters,
           .success = {200, "One page.", kJson, &base::type_model<BrowserBody>, true}},
          {.method = "GET",
           .pattern = "/browsers/{id_or_name}",
           .operation_id = "getBrowser",
           .summary = "Look at one session.",
           .handler = get_browser,
           .parameters = kGetParameters,
           .success = {200, "The session.", kJson, &base::type_model<BrowserBody>}},
          {.method = "PATCH",
           .pattern = "/browsers/{id_or_name}",
           .operation_id = "updateBrowser",
           .summary = "Change a session while it lives; its connection, its log and its seq go on.",
           .handler = update_browser,
           .request_body = &base::type_model<UpdateBrowserRequest>,
           .success = {200, "The session as it is now.", kJson, &base::type_model<BrowserBody>}},
          {.method = "DELETE",
           .pattern = "/browsers/{id_or_name}",
           .operation_id = "deleteBrowser",
           .summary = "End a session; answered once its browser is gone.",
           .handler = delete_browser,
           .success = {204, "It has ended."}},
          {.method = "POST",
           .pattern = "/browsers/{id_or_name}/telemetry/events",
           .operation_id = "publishBrowserTelemetryEvent",
           .summary = "Publish an event that somebody else has observed: an extension, a captcha solver, "
                      "another process.",
           .handler = publish_event,
           .request_body = &base::type_model<PublishEventRequest>,
           .success = {.doc = "The event as it was published.", .content_type = kJson, .envelope = true},
           .other_success = Success{.status = 204, .doc = "Its category is not captured."}},
          stream_route(kStreamPattern, "streamBrowserTelemetry"),
          std::move(older_stream)};
}

}  // namespace telltale::api

#include "api/server.hpp"

#include <fmt/format.h>

#include <utility>

#include "api/about.hpp"
#include "api/auth.hpp"
#include "api/browser_logs.hpp"
#include "api/browsers.hpp"
#include "api/call_record.hpp"
#include "api/cdp_proxy.hpp"
#include "api/computer.hpp"
#include "api/cors.hpp"
#include "api/demo.hpp"
#include "api/error_response.hpp"
#include "api/host_check.hpp"
#include "api/instavm.hpp"
#include "api/limits.hpp"
#include "api/notte.hpp"
#include "api/query_check.hpp"
#include "api/routes.hpp"
#include "api/seraph.hpp"
#include "base/log_hub.hpp"
#include "base/logging.hpp"
#include "net/http_server.hpp"
#include "net/url.hpp"
#include "net/via.hpp"

namespace telltale::api {
namespace {

std::vector<Route> all_routes() {
  std::vector<Route> routes;
  for (auto part : {browser_routes(), computer_routes(), browser_log_routes(), cdp_proxy_routes(), instavm_routes(), notte_session_routes(),
                    notte_page_routes(), notte_file_routes(), seraph_routes(), about_routes(), demo_routes()}) {
    routes.insert(routes.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
  }
  return routes;
}

net::HttpResponse no_such_path(Dialect dialect) {
  return error_response(404, "not_found", "there is no such path; /openapi.json lists those that there are",
                        dialect);
}

net::HttpResponse no_such_method(std::string allow, Dialect dialect) {
  auto response = error_response(405, "method_not_allowed", "this path takes " + allow, dialect);
  response.headers.set("Allow", std::move(allow));
  return response;
}

net::HttpResponse leads_back(Dialect dialect) {
  return error_response(net::kLoopDetected, "loop_detected",
                        "this request was made by this server itself: a session cannot be attached to it", dialect);
}

// Of one whom nothing more is to be said to.
net::HttpReply last(net::HttpResponse response) {
  auto reply = whole(std::move(response));
  reply.last = true;
  return reply;
}

// Both ends of an exchange, for those who watch. `message` holds the path without the query, where a token may be.
void tell_hub(base::LogDirection direction, const CallRecord& record, std::string message) {
  std::optional<std::string> session;
  if (record.session()) session = record.session()->id().value;
  base::log_hub().write({.scope = "http",
                         .session_id = std::move(session),
                         .transport = base::LogTransport::http,
                         .direction = direction,
                         .message = std::move(message)});
}

}  // namespace

struct Server::Impl final : net::HttpHandler {
  Impl(base::LoopPool& loops, session::Registry& registry, const base::Clock& clock, ServerOptions given)
      : options(std::move(given)),
        routes(all_routes()),
        services{registry, clock, routes, options.version},
        authenticator(options.token),
        host_check(options.host),
        cors(options.allowed_origins, !options.token),
        http(loops, *this) {}

  base::Task<net::HttpReply> handle(net::HttpRequest request) override {
    return answer(std::move(request), nullptr);
  }
  std::optional<std::size_t> streamed_body_bytes(const net::HttpRequest& head) const override;
  base::Task<net::HttpReply> handle_streamed(net::HttpRequest head, net::BodyReader& body) override {
    return answer(std::move(head), &body);
  }
  net::HttpResponse refuse(unsigned status, std::string_view message) override;
  // `body` is null for a request that has it; it and the record outlive the call.
  base::Task<net::HttpReply> answer(net::HttpRequest request, net::BodyReader* body);
  base::Task<net::HttpReply> dispatch(net::HttpRequest request, net::BodyReader* body, CallRecord& record);

  const ServerOptions options;
  const RouteTable routes;
  const Services services;
  const Authenticator authenticator;
  const HostCheck host_check;
  const Cors cors;
  net::HttpServer http;
};

std::optional<std::size_t> Server::Impl::streamed_body_bytes(const net::HttpRequest& head) const {
  const auto match = routes.match(head.method, head.path);
  if (match.route == nullptr || match.route->file_field.empty()) return std::nullopt;
  return limits::kFileBodyBytes;
}

base::Task<net::HttpReply> Server::Impl::answer(net::HttpRequest request, net::BodyReader* body) {
  CallRecord record;
  // Without the query, where a token may be.
  const auto path = request.path;
  const auto what = request.method + " " + path;
  const auto origin = request.headers.find("Origin");
  const std::optional<std::string> kept_origin = origin ? std::optional(std::string(*origin)) : std::nullopt;
  // Those who watch are not shown themselves.
  const bool shown = !path.starts_with("/events");
  if (shown && base::log_hub().has_consumers()) {
    tell_hub(base::LogDirection::incoming, record, fmt::format("{} id={}", what, record.request_id()));
  }
  auto reply = co_await dispatch(std::move(request), body, record);
  reply.delivered = record.take_delivered();
  cors.mark(reply.response, kept_origin);
  reply.response.headers.set("X-Request-Id", record.request_id());
  // That somebody began to read is no news to those who read already: with N of them it would be N frames each.
  const bool reads_events = reply.response.headers.find("Content-Type") == "text/event-stream";
  if (!reads_events) record.publish(reply.response.status);
  if (shown && base::log_hub().has_consumers()) {
    tell_hub(base::LogDirection::outgoing, record,
             fmt::format("{} {} id={} duration_ms={:.3f}", reply.response.status, path, record.request_id(),
                         record.elapsed_ms()));
  }
  spdlog::log(base::kHubKnows, spdlog::level::debug,
              "request answered request='{}' id={} status={} duration_ms={:.3f}", what, record.request_id(),
              reply.response.status, record.elapsed_ms());
  co_return reply;
}

// Each check answers by itself or lets pass; the order is that of the least that a stranger learns.
base::Task<net::HttpReply> Server::Impl::dispatch(net::HttpRequest request, net::BodyReader* body,
                                                  CallRecord& record) {
  if (net::came_from_here(request)) co_return last(leads_back(dialect_of(request.path)));
  if (auto refused = host_check.refuse(request)) co_return last(std::move(*refused));
  if (auto answer = cors.preflight(request)) co_return whole(std::move(*answer));
  if (auto refused = cors.refuse(request)) co_return whole(std::move(*refused));
  const auto dialect = dialect_of(request.path);
  auto match = routes.match(request.method, request.path);
  // The demo pages are made to be visited, from wherever a link leads to them.
  const bool is_page = match.route != nullptr && match.route->operation_id.empty();
  if (!is_page) {
    if (auto refused = cors.refuse_read(request)) co_return whole(std::move(*refused));
  }
  if (match.route == nullptr) {
    co_return whole(match.allow.empty() ? no_such_path(dialect)
                                        : no_such_method(std::move(match.allow), dialect));
  }
  const Route& route = *match.route;
  const bool admitted = authenticator.admits(request, route.access);
  if (!admitted && route.access != Access::session_token) {
    co_return whole(unauthorized(route.access, dialect));
  }
  if (const auto unknown = unknown_parameters(request, route); !unknown.empty()) {
    co_return whole(unknown_parameters_response(unknown, route, dialect));
  }
  record.set_operation(route.operation_id);
  Call call{.request = std::move(request),
            .parameters = std::move(match.parameters),
            .record = record,
            .body = body,
            .admitted = admitted};
  co_return co_await route.handler(services, std::move(call));
}

net::HttpResponse Server::Impl::refuse(unsigned status, std::string_view message) {
  const auto code = [&]() -> std::string_view {
    switch (status) {
      case 400:
        return "bad_request";
      case 408:
        return "timeout";
      case 413:
      case 431:
        return "too_large";
      case 421:
        return "host_not_allowed";
      case 501:
        return "not_implemented";
      case 503:
        return "unavailable";
      default:
        return "internal";
    }
  }();
  auto response = error_response(status, code, std::string(message));
  cors.mark(response, std::nullopt);
  return response;
}

Server::Server(base::LoopPool& loops, session::Registry& registry, const base::Clock& clock,
               ServerOptions options)
    : impl_(std::make_unique<Impl>(loops, registry, clock, std::move(options))) {}

Server::~Server() = default;

base::Result<std::uint16_t> Server::listen() {
  const auto& options = impl_->options;
  if (!options.token && !net::is_loopback(options.host)) {
    return base::fail(
        base::Errc::invalid_argument,
        "refusing to listen on " + options.host +
            " without a token: everybody in the network could drive browsers here; set a token, or "
            "listen on 127.0.0.1");
  }
  if (options.token && options.token->empty()) {
    return base::fail(base::Errc::invalid_argument,
                      "the token is empty; set one, or switch authentication off");
  }
  return impl_->http.listen(options.host, options.port);
}

base::Task<> Server::run() { return impl_->http.run(); }

void Server::stop() noexcept { impl_->http.stop(); }

}  // namespace telltale::api

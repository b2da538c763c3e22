#include "api/seraph.hpp"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/error_response.hpp"
#include "api/seraph_events.hpp"
#include "api/seraph_invoke.hpp"
#include "api/seraph_schemas.hpp"
#include "base/json_decode.hpp"
#include "base/json_encode.hpp"

namespace telltale::api {
namespace {

using nlohmann::json;
using Arguments = std::shared_ptr<const json>;

net::HttpReply refused(const base::Error& error) { return whole(error_response(error, Dialect::seraph)); }

net::HttpReply answer(const base::Result<base::RawJson>& result) {
  if (!result) return refused(result.error());
  return whole(json_response(200, result->text));
}

base::Task<net::HttpReply> events(const Services& services, Call) { co_return stream_hub(services); }

// The two below are /invoke under another name, as all of Seraph's REST routes are.
base::Task<net::HttpReply> list_bots(const Services& services, Call call) {
  const Arguments none = std::make_shared<json>(json::object());
  const auto result = co_await invoke(services, call.record, "sessions.list", none);
  co_return answer(result);
}

base::Task<net::HttpReply> get_bot(const Services& services, Call call) {
  json named = json::object();
  named["id"] = call.parameters.front();
  const Arguments arguments = std::make_shared<json>(std::move(named));
  const auto result = co_await invoke(services, call.record, "sessions.get", arguments);
  co_return answer(result);
}

// The arguments of a request; {} when it has none.
base::Result<Arguments> arguments_of(const InvokeRequest& request) {
  const std::string_view text = request.args ? std::string_view(request.args->text) : "{}";
  auto arguments = base::parse_json(text);
  if (arguments && !(*arguments)->is_object()) {
    return base::fail(base::Errc::invalid_argument, "args: must be an object or null");
  }
  return arguments;
}

base::Task<net::HttpReply> invoke_command(const Services& services, Call call) {
  auto request = base::decode_json<InvokeRequest>(call.request.body);
  if (!request) co_return refused(request.error());
  auto arguments = arguments_of(*request);
  if (!arguments) co_return refused(arguments.error());
  call.record.set_operation(request->cmd);  // rather than `invoke`: what is done is the command
  auto result = co_await invoke(services, call.record, std::move(request->cmd), std::move(*arguments));
  if (!result) co_return refused(result.error());
  InvokeAnswer body;
  body.result = std::move(*result);
  co_return whole(json_response(200, base::to_json(body, base::Secrets::mask)));
}

base::Task<net::HttpReply> list_commands(const Services&, Call) {
  const Commands body{command_names()};
  co_return whole(json_response(200, base::to_json(body, base::Secrets::mask)));
}

}  // namespace

std::vector<Route> seraph_routes() {
  constexpr std::string_view kJson = "application/json";
  // Everywhere, not only for streams: this dialect's clients know it from all of their paths.
  constexpr auto kAccess = Access::token_or_query;
  return {{.method = "GET",
           .pattern = "/events",
           .operation_id = "streamEvents",
           .summary = "Follow what telltale says about itself, and all sessions; history is not replayed.",
           .handler = events,
           .access = kAccess,
           .success = {.doc = "Frames of `event: log` (LogFrame) and `event: session` (SessionFrame).",
                       .content_type = "text/event-stream"}},
          {.method = "GET",
           .pattern = "/api/bots",
           .operation_id = "listBots",
           .summary = "Look at all sessions, also those that ended lately.",
           .handler = list_bots,
           .access = kAccess,
           .success = {200, "Their snapshots.", kJson, &base::type_model<Bots>}},
          {.method = "GET",
           .pattern = "/api/bots/{id}",
           .operation_id = "getBot",
           .summary = "Look at one session.",
           .handler = get_bot,
           .access = kAccess,
           .success = {200, "Its snapshot.", kJson, &base::type_model<BotSnapshot>}},
          {.method = "GET",
           .pattern = "/api/commands",
           .operation_id = "listCommands",
           .summary = "What /invoke knows.",
           .handler = list_commands,
           .access = kAccess,
           .success = {200, "The names.", kJson, &base::type_model<Commands>}},
          {.method = "POST",
           .pattern = "/invoke",
           .operation_id = "invoke",
           .summary = "Carry out a command by its name.",
           .handler = invoke_command,
           .access = kAccess,
           .request_body = &base::type_model<InvokeRequest>,
           .success = {200, "What it yielded.", kJson, &base::type_model<InvokeAnswer>}}};
}

}  // namespace telltale::api

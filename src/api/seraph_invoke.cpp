#include "api/seraph_invoke.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/actions.hpp"
#include "api/create_request.hpp"
#include "api/driving.hpp"
#include "api/seraph_schemas.hpp"
#include "api/seraph_snapshot.hpp"
#include "base/json_encode.hpp"
#include "session/registry.hpp"

namespace telltale::api {
namespace {

using base::Errc;
using nlohmann::json;
using Outcome = base::Task<base::Result<base::RawJson>>;
using Arguments = std::shared_ptr<const json>;

template <class T>
base::RawJson to_result(const T& value) {
  return {base::to_json(value, base::Secrets::mask)};
}

base::Result<std::string> session_of(const json& arguments) {
  const auto id = arguments.find("id");
  if (id == arguments.end()) return base::fail(Errc::invalid_argument, "args.id: is required: the session");
  if (!id->is_string()) return base::fail(Errc::invalid_argument, "args.id: must be a string");
  return id->get<std::string>();
}

// What is left beside `id` of a command that takes nothing else.
base::Result<void> take_no_more(const json& arguments, std::string_view known = {}) {
  for (const auto& [name, value] : arguments.items()) {
    if (name != known) return base::fail(Errc::invalid_argument, "args." + name + ": is not known");
  }
  return {};
}

// --- commands on sessions; `services` and `record` outlive them

Outcome list_sessions(const Services& services, CallRecord&, Arguments arguments) {
  const auto checked = take_no_more(*arguments);
  if (!checked) co_return std::unexpected(checked.error());
  const auto all = co_await services.registry.list();
  std::vector<std::shared_ptr<session::Session>> sessions;
  for (const auto& found : all) sessions.push_back(found.session);
  Bots bots;
  bots.bots = co_await take_snapshots(std::move(sessions));
  co_return to_result(bots);
}

Outcome get_session(const Services& services, CallRecord& record, Arguments arguments) {
  const auto checked = take_no_more(*arguments, "id");
  if (!checked) co_return std::unexpected(checked.error());
  auto id = session_of(*arguments);
  if (!id) co_return std::unexpected(id.error());
  const auto found = co_await services.registry.find(std::move(*id));
  if (!found) co_return std::unexpected(found.error());
  record.set_session(found->session);
  found->session->touch();
  const auto snapshot = co_await take_snapshot(found->session);
  co_return to_result(snapshot);
}

Outcome create_session(const Services& services, CallRecord& record, Arguments arguments) {
  auto spec = parse_create_request(arguments->dump(), has_display());
  if (!spec) co_return base::fail(Errc::invalid_argument, base::to_string(spec.error()));
  const auto created = co_await services.registry.create(std::move(*spec));
  if (!created) co_return std::unexpected(created.error());
  record.set_created(created->session);
  created->session->touch();
  const auto snapshot = co_await take_snapshot(created->session);
  co_return to_result(snapshot);
}

Outcome delete_session(const Services& services, CallRecord& record, Arguments arguments) {
  const auto checked = take_no_more(*arguments, "id");
  if (!checked) co_return std::unexpected(checked.error());
  auto id = session_of(*arguments);
  if (!id) co_return std::unexpected(id.error());
  // Its own event cannot come after the answer: the log has ended by then.
  std::function<void(session::Session&)> publish_call = [call = record](session::Session& session) {
    call.publish_to(session, 200);
  };
  const auto removed = co_await services.registry.remove(std::move(*id), std::move(publish_call));
  if (!removed) co_return std::unexpected(removed.error());
  co_return base::RawJson{};
}

Outcome act(const Services& services, CallRecord& record, std::string type, Arguments arguments) {
  auto id = session_of(*arguments);
  if (!id) co_return std::unexpected(id.error());
  json rest = *arguments;
  rest.erase("id");
  const Arguments own = std::make_shared<json>(std::move(rest));
  const auto found = co_await find_drivable(services, record, std::move(*id));
  if (!found) co_return std::unexpected(found.error());
  auto outcome = co_await run_action(found->session, std::move(type), own);
  if (!outcome) co_return std::unexpected(outcome.error());
  const InvokedAction done{std::move(outcome->message), std::move(outcome->data)};
  co_return to_result(done);
}

struct SessionCommand {
  std::string_view name;
  Outcome (*run)(const Services&, CallRecord&, Arguments);
};

constexpr std::array kSessionCommands = {
    SessionCommand{"sessions.create", create_session}, SessionCommand{"sessions.delete", delete_session},
    SessionCommand{"sessions.get", get_session}, SessionCommand{"sessions.list", list_sessions}};

}  // namespace

base::Task<base::Result<base::RawJson>> invoke(const Services& services, CallRecord& record,
                                               std::string command,
                                               std::shared_ptr<const nlohmann::json> arguments) {
  const auto known = std::ranges::find(kSessionCommands, command, &SessionCommand::name);
  if (known != kSessionCommands.end()) {
    co_return co_await known->run(services, record, std::move(arguments));
  }
  if (find_action_type(command) == nullptr) {
    co_return base::fail(Errc::not_found,
                         "there is no command '" + command + "'; /api/commands lists those that there are");
  }
  co_return co_await act(services, record, std::move(command), std::move(arguments));
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const auto& command : kSessionCommands) names.emplace_back(command.name);
  for (const auto& action : action_types()) names.emplace_back(action.type);
  std::ranges::sort(names);
  return names;
}

}  // namespace telltale::api

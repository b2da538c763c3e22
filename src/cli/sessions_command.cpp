#include "cli/sessions_command.hpp"

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/option_check.hpp"
#include "cli/output_option.hpp"
#include "cli/run_task.hpp"
#include "cli/server_choice.hpp"
#include "cli/session_request.hpp"
#include "cli/session_text.hpp"
#include "cli/telemetry_selection.hpp"

namespace telltale::cli {
namespace {

using base::Result;
using nlohmann::json;

struct SessionsArguments {
  ServerChoice server;
  OutputFormat output = OutputFormat::text;
  SessionRequest request;
  SessionChange change;
  std::string telemetry = "all";
  std::string name;
  std::string status = "active";
  std::string session;
};
using Arguments = std::shared_ptr<SessionsArguments>;

Result<int> print(const Result<json>& answer, OutputFormat format, std::string (*to_text)(const json&)) {
  if (!answer) return std::unexpected(answer.error());
  const std::string text = format == OutputFormat::json
                               ? answer->dump(2, ' ', false, json::error_handler_t::replace) + "\n"
                               : to_text(*answer);
  std::fputs(text.c_str(), stdout);
  return 0;
}

CLI::App* declare_one(CLI::App& group, const Arguments& arguments, const char* name,
                      const char* description) {
  CLI::App* const command = group.add_subcommand(name, description);
  declare_server_choice(*command, arguments->server);
  declare_output(*command, arguments->output);
  return command;
}

void declare_session_id(CLI::App& command, const Arguments& arguments) {
  command.add_option("ID", arguments->session, "Id or name of the session")->required();
}

void declare_create(CLI::App& group, Command& chosen) {
  const auto arguments = std::make_shared<SessionsArguments>();
  SessionRequest& request = arguments->request;
  CLI::App* const command = declare_one(group, arguments, "create", "Start a session");
  command->add_option("--url", request.start_url, "Page to open")->type_name("URL");
  command->add_option("--name", request.name, "Name, unique among the live sessions")->type_name("NAME");
  command->add_option("--timeout", request.timeout_seconds, "End it after so long without use; 0: never")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--headful", request.headful, "With a window");
  command->add_option("--viewport", request.viewport, "Size of the page area in CSS px")->type_name("WxH");
  command->add_option("--tag", request.tags, "Tag; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command
      ->add_option("--telemetry", arguments->telemetry,
                   "Categories to capture, joined by commas; only CATEGORY=off: all others")
      ->type_name("LIST|all|off")
      ->capture_default_str();
  command->add_option("--redact", request.redact, "What is taken out of its events")
      ->check(CLI::IsMember(redactions()));
  command
      ->add_option("--attach", request.attach_url,
                   "Use this browser, which runs already, instead of a new one")
      ->type_name("URL");
  command->callback([arguments, &chosen] {
    arguments->request.categories = checked("--telemetry", parse_telemetry(arguments->telemetry));
    chosen = [arguments, body = checked("create", to_json(arguments->request))]() -> Result<int> {
      const auto client = choose_server(arguments->server);
      if (!client) return std::unexpected(client.error());
      return print(run_task(client->create_session(body)), arguments->output, session_details);
    };
  });
}

void declare_list(CLI::App& group, Command& chosen) {
  const auto arguments = std::make_shared<SessionsArguments>();
  CLI::App* const command = declare_one(group, arguments, "list", "List the sessions");
  command->add_option("--status", arguments->status, "Which ones: active, deleted or all")
      ->check(CLI::IsMember({"active", "deleted", "all"}))
      ->capture_default_str();
  command->callback([arguments, &chosen] {
    chosen = [arguments]() -> Result<int> {
      const auto client = choose_server(arguments->server);
      if (!client) return std::unexpected(client.error());
      return print(run_task(client->list_sessions(arguments->status)), arguments->output, session_table);
    };
  });
}

void declare_get(CLI::App& group, Command& chosen) {
  const auto arguments = std::make_shared<SessionsArguments>();
  CLI::App* const command = declare_one(group, arguments, "get", "Show a session");
  declare_session_id(*command, arguments);
  command->callback([arguments, &chosen] {
    chosen = [arguments]() -> Result<int> {
      const auto client = choose_server(arguments->server);
      if (!client) return std::unexpected(client.error());
      return print(run_task(client->get_session(arguments->session)), arguments->output, session_details);
    };
  });
}

void declare_update(CLI::App& group, Command& chosen) {
  const auto arguments = std::make_shared<SessionsArguments>();
  SessionChange& change = arguments->change;
  arguments->telemetry.clear();
  CLI::App* const command = declare_one(group, arguments, "update", "Change a session while it lives");
  declare_session_id(*command, arguments);
  command
      ->add_option("--telemetry", arguments->telemetry,
                   "Categories to capture from now on besides the current ones; CATEGORY=off: no longer")
      ->type_name("LIST|all|off");
  // Not straight into the optional: CLI11 would read an empty text as absent.
  auto* const name =
      command->add_option("--name", arguments->name, "Another name; empty: none")->type_name("NAME");
  auto* const tag = command->add_option("--tag", change.tags, "Tag, instead of those that it has; repeatable")
                        ->type_name("KEY=VALUE")
                        ->allow_extra_args(false);
  command->add_flag("--no-tags", change.no_tags, "Without tags")->excludes(tag);
  command->add_option("--viewport", change.viewport, "Size of the page area in CSS px")->type_name("WxH");
  command->add_option("--redact", change.redact, "What is taken out of its events from now on")
      ->check(CLI::IsMember(redactions()));
  command->callback([arguments, name, &chosen] {
    if (name->count() > 0) arguments->change.name = arguments->name;
    if (!arguments->telemetry.empty()) {
      arguments->change.telemetry = checked("--telemetry", parse_telemetry_change(arguments->telemetry));
    }
    chosen = [arguments, body = checked("update", to_json(arguments->change))]() -> Result<int> {
      const auto client = choose_server(arguments->server);
      if (!client) return std::unexpected(client.error());
      return print(run_task(client->update_session(arguments->session, body)), arguments->output,
                   session_details);
    };
  });
}

void declare_delete(CLI::App& group, Command& chosen) {
  const auto arguments = std::make_shared<SessionsArguments>();
  CLI::App* const command = group.add_subcommand("delete", "End a session and its browser");
  declare_server_choice(*command, arguments->server);
  declare_session_id(*command, arguments);
  command->callback([arguments, &chosen] {
    chosen = [arguments]() -> Result<int> {
      const auto client = choose_server(arguments->server);
      if (!client) return std::unexpected(client.error());
      const auto deleted = run_task(client->delete_session(arguments->session));
      if (!deleted) return std::unexpected(deleted.error());
      return 0;
    };
  });
}

}  // namespace

void declare_sessions(CLI::App& app, Command& chosen) {
  CLI::App* const group =
      app.add_subcommand("sessions", "Create, list, change and end browser sessions")->alias("browsers");
  group->require_subcommand(1);
  declare_create(*group, chosen);
  declare_list(*group, chosen);
  declare_get(*group, chosen);
  declare_update(*group, chosen);
  declare_delete(*group, chosen);
}

}  // namespace telltale::cli

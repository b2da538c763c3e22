#include "cli/command_line.hpp"

#include "cli/doctor_command.hpp"
#include "cli/page_commands.hpp"
#include "cli/serve_command.hpp"
#include "cli/sessions_command.hpp"
#include "cli/telemetry_command.hpp"
#include "cli/version.hpp"
#include "cli/watch_command.hpp"

namespace telltale::cli {
namespace {

/// One line, and where to read more: "telltale serve --help".
std::string usage_error(const CLI::App* app, const CLI::Error& error) {
  std::string command = app->get_name();
  for (auto parsed = app->get_subcommands(); !parsed.empty(); parsed = parsed.front()->get_subcommands()) {
    command += " " + parsed.front()->get_name();
  }
  return "telltale: " + std::string(error.what()) + " (see " + command + " --help)\n";
}

}  // namespace

void declare_commands(CLI::App& app, Command& chosen) {
  app.name("telltale");
  app.description("Self-hosted browser sessions with a flight recorder.");
  app.set_version_flag("--version", version_line());
  app.failure_message(usage_error);
  declare_serve(app, chosen);
  declare_watch(app, chosen);
  declare_sessions(app, chosen);
  declare_page_commands(app, chosen);
  declare_telemetry(app, chosen);
  declare_doctor(app, chosen);
}

}  // namespace telltale::cli

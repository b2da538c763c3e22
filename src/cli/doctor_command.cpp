#include "cli/doctor_command.hpp"

#include <cstdio>
#include <memory>

#include "cli/check.hpp"
#include "cli/machine_checks.hpp"
#include "cli/option_check.hpp"
#include "cli/output_option.hpp"
#include "cli/run_task.hpp"
#include "cli/terminal.hpp"

namespace telltale::cli {
namespace {

struct DoctorArguments {
  OutputFormat output = OutputFormat::text;
  std::string chromium;
  bool no_chromium_sandbox = false;
  std::string listen = "127.0.0.1:8090";
};

base::Task<std::vector<Check>> run_checks(CheckedSetup setup) {
  const auto state = StateDir::locate();
  // First the state: the launch puts its profile there.
  const Check state_check = check_state(state);
  auto checks = co_await check_browser(setup, state);
  auto address = co_await check_address(setup.listen);
  checks.push_back(std::move(address));
  checks.push_back(state_check);
  checks.push_back(check_memory());
  checks.push_back(check_build());
  co_return checks;
}

base::Result<int> run_doctor(const CheckedSetup& setup, OutputFormat output) {
  const auto checks = run_task(run_checks(setup));
  const std::string text =
      output == OutputFormat::json ? to_json(checks) + "\n" : to_text(checks, wants_colours(stdout));
  std::fputs(text.c_str(), stdout);
  return any_failed(checks) ? 1 : 0;
}

}  // namespace

void declare_doctor(CLI::App& app, Command& chosen) {
  const auto arguments = std::make_shared<DoctorArguments>();
  CLI::App* const command = app.add_subcommand("doctor", "Check whether telltale can work here");
  declare_output(*command, arguments->output);
  command
      ->add_option("--chromium", arguments->chromium,
                   "The browser to check (default: the first one that is found)")
      ->type_name("PATH")
      ->envname("TELLTALE_CHROMIUM");
  command->add_flag("--no-chromium-sandbox", arguments->no_chromium_sandbox, "As for serve")
      ->envname("TELLTALE_NO_CHROMIUM_SANDBOX");
  command->add_option("--listen", arguments->listen, "The address to serve on")
      ->type_name("HOST:PORT")
      ->capture_default_str()
      ->envname("TELLTALE_LISTEN");
  command->callback([arguments, &chosen] {
    CheckedSetup setup;
    if (!arguments->chromium.empty()) setup.chromium = arguments->chromium;
    setup.no_chromium_sandbox = arguments->no_chromium_sandbox;
    setup.listen = checked("--listen", net::parse_host_port(arguments->listen));
    chosen = [arguments, setup] { return run_doctor(setup, arguments->output); };
  });
}

}  // namespace telltale::cli

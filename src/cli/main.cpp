// The telltale executable: parse the command line, run the chosen command, turn its outcome into an exit
// code.

#include <CLI/CLI.hpp>  // all of it: the vtables of App's parts are defined inline there

#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

#include "cli/command_line.hpp"
#include "cli/terminal.hpp"

namespace {

constexpr int kFailure = 1;
constexpr int kUsageError = 2;

int complain(std::string_view message) {
  std::fprintf(stderr, "telltale: %s\n", telltale::cli::printable(message).c_str());
  return kFailure;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that left (`telltale watch | head`) is an error of the write: the command ends as on ^C,
  // browsers included.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app;
  telltale::cli::Command chosen;
  try {
    telltale::cli::declare_commands(app, chosen);
    app.parse(argc, argv);
    if (!chosen) {
      std::fputs(app.help().c_str(), stderr);
      return kUsageError;
    }
    const auto exit_code = chosen();
    return exit_code ? *exit_code : complain(exit_code.error().message);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageError;
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}

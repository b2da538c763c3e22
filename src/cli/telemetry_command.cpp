#include "cli/telemetry_command.hpp"

#include <boost/asio/this_coro.hpp>
#include <limits>
#include <memory>

#include "cli/option_check.hpp"
#include "cli/output_option.hpp"
#include "cli/print_stream.hpp"
#include "cli/run_task.hpp"
#include "cli/server_choice.hpp"
#include "cli/stream_selection.hpp"

namespace telltale::cli {
namespace {

struct StreamArguments {
  ServerChoice server;
  OutputFormat output = OutputFormat::text;
  StreamRequest request;
  std::uint64_t after = 0;
  std::string replay;
};

base::Task<base::Result<int>> print_until_ended(Client client, StreamRequest request, OutputFormat output) {
  Interrupt interrupt(co_await base::asio::this_coro::executor);
  EventPrinter printer(stdout, output);
  StreamLimits unlimited;
  const auto end =
      co_await print_stream(std::move(client), std::move(request), std::move(unlimited), printer, interrupt);
  if (!end) co_return std::unexpected(end.error());
  co_return 0;
}

void declare_stream(CLI::App& group, Command& chosen) {
  const auto arguments = std::make_shared<StreamArguments>();
  CLI::App* const command = group.add_subcommand("stream", "Print the events of a session as they come");
  declare_server_choice(*command, arguments->server);
  declare_output(*command, arguments->output);
  declare_stream_filters(*command, arguments->request);
  command->add_option("ID", arguments->request.session, "Id or name of the session")->required();
  auto* const after = command->add_option("--after", arguments->after, "Continue behind this event")
                          ->type_name("SEQ")
                          ->check(CLI::Range(std::uint64_t{1}, std::numeric_limits<std::uint64_t>::max()));
  command->add_option("--replay", arguments->replay, "all: begin with the oldest event that the server has")
      ->check(CLI::IsMember({"all"}))
      ->excludes(after);
  command->callback([arguments, &chosen] {
    StreamRequest& request = arguments->request;
    check_stream_filters(request);
    if (arguments->after > 0) request.after = base::Seq{arguments->after};
    request.replay_all = !arguments->replay.empty();
    chosen = [arguments]() -> base::Result<int> {
      const auto client = choose_server(arguments->server);
      if (!client) return std::unexpected(client.error());
      return run_task(print_until_ended(*client, arguments->request, arguments->output));
    };
  });
}

}  // namespace

void declare_telemetry(CLI::App& app, Command& chosen) {
  CLI::App* const group = app.add_subcommand("telemetry", "The events of sessions");
  group->require_subcommand(1);
  declare_stream(*group, chosen);
}

}  // namespace telltale::cli

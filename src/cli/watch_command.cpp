#include "cli/watch_command.hpp"

#include <fmt/format.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/logging.hpp"
#include "base/random.hpp"
#include "cli/option_check.hpp"
#include "cli/output_option.hpp"
#include "cli/print_stream.hpp"
#include "cli/run_task.hpp"
#include "cli/server_choice.hpp"
#include "cli/session_request.hpp"
#include "cli/state_dir.hpp"
#include "cli/stream_selection.hpp"
#include "cli/telemetry_selection.hpp"
#include "cli/terminal.hpp"
#include "cli/wiring.hpp"

namespace telltale::cli {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using nlohmann::json;

/// The session ends by itself so long after a watch that could not end it (kill -9). An open stream counts as
/// use, so a session that is watched never ends by this.
constexpr std::int64_t kAbandonedSeconds = 60;

struct WatchArguments {
  ServerChoice server;
  OutputFormat output = OutputFormat::text;
  StreamRequest stream;
  SessionRequest session;
  double seconds = 0;  ///< 0: until ^C
  std::string until;
  std::string chromium;
  bool no_chromium_sandbox = false;

  /// Options that only a server of our own can honour.
  [[nodiscard]] bool needs_own_server() const { return !chromium.empty() || no_chromium_sandbox; }
};
using Arguments = std::shared_ptr<const WatchArguments>;

Result<int> exit_code(const Result<StreamEnd>& end, const std::string& until) {
  if (!end) return std::unexpected(end.error());
  if (until.empty() || *end == StreamEnd::seen || *end == StreamEnd::interrupted) return 0;
  return fail(Errc::timeout, "there was no " + until);
}

/// Says why a session is over that nobody here has ended: its browser is gone, or somebody else deleted it.
Task<> explain_end(Client client, std::string id, EventPrinter& printer) {
  const auto session = co_await client.get_session(std::move(id));
  std::string why;
  if (session && session->is_object()) {
    const auto error = session->find("error");
    if (error != session->end() && error->is_string())
      why = ": " + printable(error->get_ref<const std::string&>());
  }
  printer.print_note("the session has ended" + why);
}

/// The session, or nothing when the user lost patience. `interrupt` is a local of the caller, which awaits
/// this.
Task<std::optional<Result<json>>> create_unless_interrupted(Client client, std::string request,
                                                            Interrupt& interrupt) {
  using namespace base::asio::experimental::awaitable_operators;
  auto outcome =
      co_await (base::as_root(client.create_session(std::move(request))) || base::as_root(interrupt.wait()));
  if (auto* const created = std::get_if<0>(&outcome)) co_return std::move(*created);
  co_return std::nullopt;
}

Task<Result<int>> watch(Client client, Arguments arguments) {
  SessionRequest request = arguments->session;
  if (request.start_url.empty() && request.attach_url.empty())
    request.start_url = client.base_url() + "/demo";
  const auto body = to_json(request);
  if (!body) co_return std::unexpected(body.error());

  std::optional<Interrupt> interrupt(co_await base::asio::this_coro::executor);
  const auto created = co_await create_unless_interrupted(client, *body, *interrupt);
  if (!created) co_return 0;
  if (!*created) co_return std::unexpected(created->error());
  const std::string id = (*created)->value("session_id", "");
  std::fputs(fmt::format("watching {} (session {}); ^C ends it\n",
                         printable(request.attach_url.empty() ? request.start_url : request.attach_url), printable(id))
                 .c_str(),
             stderr);

  StreamRequest stream = arguments->stream;
  stream.session = id;
  stream.replay_all = true;  // what happened before this connection belongs to it
  StreamLimits limits{.duration = std::nullopt, .until = arguments->until};
  if (arguments->seconds > 0) {
    limits.duration = std::chrono::milliseconds(static_cast<std::int64_t>(arguments->seconds * 1000));
  }
  EventPrinter printer(stdout, arguments->output);
  const auto end = co_await print_stream(client, std::move(stream), std::move(limits), printer, *interrupt);
  interrupt.reset();  // from here on ^C has its default action
  if (end && *end == StreamEnd::session_over) {
    co_await explain_end(client, id, printer);
  } else {
    // It may have ended meanwhile; and if the server is gone there is nothing left to end.
    [[maybe_unused]] const auto deleted = co_await client.delete_session(id);
  }
  co_return exit_code(end, arguments->until);
}

Task<Result<int>> watch_own_server(std::string url, std::string token, Arguments arguments) {
  auto parsed = net::parse_url(url);
  if (!parsed) co_return std::unexpected(parsed.error());
  ServerAddress address{.url = std::move(*parsed), .token = std::move(token)};
  co_return co_await watch(Client(std::move(address)), std::move(arguments));
}

Result<int> serve_and_watch(const Arguments& arguments) {
  // What goes wrong in the browser comes as events; the rest of the server's log is noise here.
  if (const auto logging = base::init_logging("error"); !logging) return std::unexpected(logging.error());
  const auto state = StateDir::locate();
  if (!state) return std::unexpected(state.error());
  if (const auto created = state->create(); !created) return std::unexpected(created.error());
  ServeOptions options;
  options.token = base::random_hex(32);
  options.profiles = state->profiles();
  if (!arguments->chromium.empty()) options.chromium = arguments->chromium;
  options.no_chromium_sandbox = arguments->no_chromium_sandbox;
  return serve(options, [arguments, token = *options.token](std::string url) {
    return watch_own_server(std::move(url), token, arguments);
  });
}

Result<int> run_watch(const Arguments& arguments) {
  if (arguments->needs_own_server()) return serve_and_watch(arguments);
  const auto client = choose_server(arguments->server);
  if (!client) return std::unexpected(client.error());
  const auto version = run_task(client->server_version());
  if (version) return run_task(watch(*client, arguments));
  if (!arguments->server.url.empty()) return std::unexpected(version.error());
  return serve_and_watch(arguments);
}

void check(WatchArguments& arguments) {
  check_stream_filters(arguments.stream);
  if (!arguments.until.empty()) {
    checked("--until", check_type_names({arguments.until}));
    if (!lets_through(arguments.stream, arguments.until)) {
      throw CLI::ValidationError("--until", "--categories and --types hold back " + arguments.until);
    }
  }
  if (arguments.needs_own_server() && !arguments.server.url.empty()) {
    throw CLI::ValidationError("--server",
                               "how that server starts browsers is decided there: leave out --chromium and "
                               "--no-chromium-sandbox");
  }
  arguments.session.categories = all_categories();
  arguments.session.timeout_seconds = kAbandonedSeconds;
}

}  // namespace

void declare_watch(CLI::App& app, Command& chosen) {
  const auto arguments = std::make_shared<WatchArguments>();
  CLI::App* const command =
      app.add_subcommand("watch", "Open a page and print everything that happens in it, until ^C");
  command->add_option("URL", arguments->session.start_url, "The page (default: a demo page)");
  declare_server_choice(*command, arguments->server);
  declare_output(*command, arguments->output);
  declare_stream_filters(*command, arguments->stream);
  command->add_option("--for", arguments->seconds, "Stop after so long")
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--until", arguments->until,
                   "Stop after the first event of this type; exit code 1 without one")
      ->type_name("TYPE");
  auto* const attach =
      command->add_option("--attach", arguments->session.attach_url, "Watch this browser, which runs already")
          ->type_name("URL");
  command->add_option("--chromium", arguments->chromium, "The browser to launch")
      ->type_name("PATH")
      ->excludes(attach);
  command
      ->add_flag("--no-chromium-sandbox", arguments->no_chromium_sandbox,
                 "Let pages run without Chromium's sandbox, where it cannot work")
      ->excludes(attach);
  command->callback([arguments, &chosen] {
    check(*arguments);
    chosen = [arguments] { return run_watch(arguments); };
  });
}

}  // namespace telltale::cli

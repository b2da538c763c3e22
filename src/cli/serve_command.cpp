#include "cli/serve_command.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <cstdio>
#include <thread>

#include "api/cors.hpp"
#include "base/logging.hpp"
#include "cli/access_token.hpp"
#include "cli/interrupt.hpp"
#include "cli/memory.hpp"
#include "cli/option_check.hpp"
#include "cli/private_file.hpp"
#include "cli/state_dir.hpp"
#include "cli/telemetry_selection.hpp"
#include "cli/wiring.hpp"
#include "net/url.hpp"

namespace telltale::cli {
namespace {

using base::Result;

constexpr std::size_t kMostThreads = 64;

struct ServeArguments {
  std::string listen = "127.0.0.1:8090";
  std::string chromium;
  bool no_chromium_sandbox = false;
  std::string attach;
  std::string telemetry;
  std::string dialogs = "auto";
  std::string redact = "default";
  std::vector<std::string> secret_names;
  // More loops than four gain nothing: the browsers need the other cores.
  std::size_t threads = std::clamp(std::thread::hardware_concurrency(), 1u, 4u);
  std::string token;
  std::string token_file;
  bool no_auth = false;
  std::vector<std::string> allowed_origins;
  std::string log_level = "info";
  std::size_t max_sessions = 0;  ///< 0: by memory
  std::string upload_dir;
};

/// The end of `serve`, and of the note by which clients find it.
class RecordedRun {
 public:
  RecordedRun(const StateDir& state, const std::string& url) : state_(state) {
    if (const auto recorded = state_.record_server(url); !recorded) {
      spdlog::warn("clients will not find this server by themselves error=\"{}\"", recorded.error().message);
    }
  }
  ~RecordedRun() { state_.forget_server(); }
  RecordedRun(const RecordedRun&) = delete;
  RecordedRun& operator=(const RecordedRun&) = delete;

 private:
  StateDir state_;
};

base::Task<Result<int>> until_interrupted(StateDir state, std::string url) {
  Interrupt interrupt(co_await base::asio::this_coro::executor);
  const RecordedRun recorded(state, url);
  std::printf("listening on %s\n", url.c_str());
  std::fflush(stdout);
  co_await interrupt.wait();
  spdlog::info("stopping");
  co_return 0;
}

Result<std::string> token_of(const ServeArguments& arguments, const StateDir& state) {
  if (!arguments.token.empty()) return arguments.token;
  const std::filesystem::path file =
      arguments.token_file.empty() ? state.token_file() : std::filesystem::path(arguments.token_file);
  auto token = read_or_create_token(file);
  if (!token) return token;
  // A warning only: container platforms mount their secrets readable for everyone inside.
  if (is_open_to_others(file)) spdlog::warn("other users may read the token: chmod 600 {}", file.string());
  std::printf("the access token is in %s\n", file.c_str());
  return token;
}

/// The folder of the files that pages may be given; made if there is none. Where nobody has named one and there can
/// be none, the server runs without: empty.
Result<std::filesystem::path> uploads_of(const ServeArguments& arguments, const StateDir& state) {
  namespace fs = std::filesystem;
  const auto folder = arguments.upload_dir.empty() ? default_upload_dir() : Result<fs::path>(arguments.upload_dir);
  std::error_code error;
  const auto absolute = folder ? fs::absolute(*folder, error).lexically_normal() : fs::path();
  // The data folder above the default one is telltale's own, too.
  auto made = folder && arguments.upload_dir.empty() ? make_private_folder(absolute.parent_path()) : Result<void>();
  if (folder && made) made = make_private_folder(absolute.has_filename() ? absolute : absolute.parent_path());
  if (!folder || !made) {
    auto failure = (folder ? made.error() : folder.error()).in("--upload-dir");
    if (!arguments.upload_dir.empty()) return std::unexpected(std::move(failure));
    spdlog::warn("pages get no files error=\"{}\"", failure.message);
    return fs::path();
  }
  const auto real = fs::canonical(absolute, error);
  const auto secrets = fs::weakly_canonical(state.path(), error);
  if (std::ranges::mismatch(real, secrets).in1 == real.end()) {
    return base::fail(base::Errc::invalid_argument,
                      "--upload-dir: " + real.string() + " contains " + secrets.string() +
                          ", where the access token is: choose a folder of its own");
  }
  struct stat info{};
  if (::stat(real.c_str(), &info) == 0 && (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    spdlog::warn("other users may put files there that pages then get: chmod go-w {}", real.string());
  }
  return absolute;
}

session::SessionSpec attached_session(const ServeArguments& arguments) {
  session::SessionSpec spec;
  spec.name = "attached";
  spec.attach_url = arguments.attach;
  spec.categories = arguments.telemetry.empty()
                        ? page_categories()
                        : checked("--telemetry", parse_telemetry(arguments.telemetry));
  return spec;
}

/// Everything that can be said to be wrong without touching the machine.
ServeOptions check(const ServeArguments& arguments) {
  const auto listen = checked("--listen", net::parse_host_port(arguments.listen));
  if (arguments.no_auth && !net::is_loopback(listen.host)) {
    throw CLI::ValidationError("--no-auth",
                               "anybody who reaches " + listen.host +
                                   " could drive the browsers: it is for loopback addresses only");
  }
  if (!arguments.token.empty()) checked("--token", check_token(arguments.token));
  if (!arguments.telemetry.empty() && arguments.attach.empty()) {
    throw CLI::ValidationError("--telemetry",
                               "only the session of --attach; others say it when they are created");
  }
  ServeOptions options;
  options.host = listen.host;
  options.port = listen.port;
  options.threads = arguments.threads;
  options.max_sessions =
      arguments.max_sessions > 0 ? arguments.max_sessions : default_max_sessions(available_memory());
  for (const auto& origin : arguments.allowed_origins) checked("--allow-origin", api::check_origin(origin));
  options.allowed_origins = arguments.allowed_origins;
  if (!arguments.chromium.empty()) options.chromium = arguments.chromium;
  options.no_chromium_sandbox = arguments.no_chromium_sandbox;
  options.answer_dialogs = arguments.dialogs == "auto";
  options.redaction =
      base::enum_from_name<telemetry::Redaction>(arguments.redact).value_or(telemetry::Redaction::standard);
  options.secret_names = arguments.secret_names;
  if (!arguments.attach.empty()) {
    checked("--attach", net::parse_url(arguments.attach));
    options.attached = attached_session(arguments);
  }
  return options;
}

Result<int> run_serve(const ServeArguments& arguments, ServeOptions options) {
  if (const auto logging = base::init_logging(arguments.log_level); !logging)
    return std::unexpected(logging.error());
  const auto state = StateDir::locate();
  if (!state) return std::unexpected(state.error());
  if (const auto created = state->create(); !created) return std::unexpected(created.error());
  options.profiles = state->profiles();
  auto uploads = uploads_of(arguments, *state);
  if (!uploads) return std::unexpected(uploads.error());
  options.uploads = std::move(*uploads);
  if (arguments.no_auth) {
    spdlog::warn("--no-auth: every program on this machine may use the browsers");
  } else {
    auto token = token_of(arguments, *state);
    if (!token) return std::unexpected(token.error());
    options.token = std::move(*token);
  }
  return serve(std::move(options),
               [state](std::string url) { return until_interrupted(*state, std::move(url)); });
}

void declare_options(CLI::App& command, ServeArguments& arguments) {
  command.add_option("--listen", arguments.listen, "Address to listen on; port 0 picks a free one")
      ->type_name("HOST:PORT")
      ->capture_default_str()
      ->envname("TELLTALE_LISTEN");
  command
      .add_option("--chromium", arguments.chromium,
                  "The browser to launch (default: the first one that is found)")
      ->type_name("PATH")
      ->envname("TELLTALE_CHROMIUM");
  command
      .add_flag("--no-chromium-sandbox", arguments.no_chromium_sandbox,
                "Let pages run without Chromium's sandbox, where it cannot work")
      ->envname("TELLTALE_NO_CHROMIUM_SANDBOX");
  command
      .add_option("--attach", arguments.attach,
                  "Also observe a browser that runs already, as the session 'attached'")
      ->type_name("URL")
      ->envname("TELLTALE_ATTACH");
  command
      .add_option("--telemetry", arguments.telemetry,
                  "What to capture of --attach (default: console,network,page,interaction)")
      ->type_name("LIST|all|off")
      ->envname("TELLTALE_TELEMETRY");
  command
      .add_option("--dialogs", arguments.dialogs, "Answer alert() and the like at once, or leave them open")
      ->check(CLI::IsMember({"auto", "leave"}))
      ->capture_default_str()
      ->envname("TELLTALE_DIALOGS");
  command
      .add_option(
          "--redact", arguments.redact,
          "What is taken out of events where a session does not say: nothing; credentials; also bodies")
      ->check(CLI::IsMember(redactions()))
      ->capture_default_str()
      ->envname("TELLTALE_REDACT");
  command
      .add_option("--redact-name", arguments.secret_names,
                  "Also mask headers, URL parameters, form fields and JSON members of this name; repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->delimiter(',')
      ->envname("TELLTALE_REDACT_NAME");
  command.add_option("--threads", arguments.threads, "Event loops")
      ->check(CLI::Range(std::size_t{1}, kMostThreads))
      ->capture_default_str()
      ->envname("TELLTALE_THREADS");
  command
      .add_option("--max-sessions", arguments.max_sessions,
                  "Sessions at the same time (default: one per 200 MiB of available memory)")
      ->check(CLI::PositiveNumber)
      ->envname("TELLTALE_MAX_SESSIONS");
  command
      .add_option("--upload-dir", arguments.upload_dir,
                  "The folder whose files pages may be given, those of each session in a folder of its own;\n"
                  "made if there is none (default: ~/.local/share/telltale/uploads)")
      ->type_name("DIR")
      ->envname("TELLTALE_UPLOAD_DIR");
  command.add_option("--log-level", arguments.log_level, "What to log on stderr")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "critical", "off"}))
      ->capture_default_str()
      ->envname("TELLTALE_LOG_LEVEL");

  auto* const token_file =
      command
          .add_option("--token-file", arguments.token_file,
                      "File with the access token; made if there is none (default: in the state folder)")
          ->type_name("FILE")
          ->envname("TELLTALE_TOKEN_FILE");
  command
      .add_option("--token", arguments.token,
                  "The access token itself. As an argument other users can see it")
      ->type_name("TOKEN")
      ->envname("TELLTALE_TOKEN");
  command.add_flag("--no-auth", arguments.no_auth, "Ask for no token; on loopback addresses only")
      ->excludes(token_file)
      ->envname("TELLTALE_NO_AUTH");
  command
      .add_option("--allow-origin", arguments.allowed_origins,
                  "Let web pages of this origin use the API and open the WebSockets of sessions\n"
                  "(SCHEME://HOST[:PORT]; for DevTools front ends devtools://devtools or\n"
                  "chrome-extension://ID); repeatable. Pages of every other origin, another port\n"
                  "included, are refused")
      ->type_name("ORIGIN")
      ->delimiter(',')
      ->envname("TELLTALE_ALLOW_ORIGIN");
}

}  // namespace

void declare_serve(CLI::App& app, Command& chosen) {
  const auto arguments = std::make_shared<ServeArguments>();
  CLI::App* const command = app.add_subcommand("serve", "Run the server");
  declare_options(*command, *arguments);
  command->callback([arguments, &chosen] {
    chosen = [arguments, options = check(*arguments)] { return run_serve(*arguments, options); };
  });
}

}  // namespace telltale::cli

#include "cli/wiring.hpp"

#include "api/server.hpp"
#include "base/clock.hpp"
#include "base/logging.hpp"
#include "base/loop.hpp"
#include "browser/browser_process.hpp"
#include "browser/oom_watch.hpp"
#include "cli/version.hpp"
#include "net/url.hpp"
#include "session/file_store.hpp"
#include "session/registry.hpp"

namespace telltale::cli {
namespace {

using base::Result;
using base::Task;

/// The address that a client on this machine uses: an unspecified one (0.0.0.0, [::]) is none to connect to.
std::string url_of(const std::string& host, std::uint16_t port) {
  std::string reachable = host;
  if (host == "0.0.0.0") reachable = "127.0.0.1";
  if (host == "::") reachable = "::1";
  return "http://" + net::Url{.scheme = "http", .host = reachable, .port = port, .target = "/"}.authority();
}

Task<> attach(session::Registry& registry, session::SessionSpec spec) {
  const std::string url = spec.attach_url;
  const auto found = co_await registry.create(std::move(spec), true);
  if (!found) {
    spdlog::error("cannot attach url={} error=\"{}\"", url, found.error().message);
  } else if (found->info->state != session::SessionState::ready) {
    spdlog::warn("the browser does not answer yet, trying again url={}", url);
  }
}

/// Everything that lives on loop 0 and for as long as the process serves.
Task<> serve_on(base::LoopPool& loops, ServeOptions options, WhileServing while_serving,
                Result<int>& result) {
  const base::SystemClock clock;
  browser::OomWatch oom_watch(loops.at(0));
  const auto followed = oom_watch.open_kernel_log();
  if (!followed) spdlog::info("no system_oom_kill events reason=\"{}\"", followed.error().message);
  const session::Environment environment{.loops = loops,
                                         .clock = clock,
                                         .chromium = options.chromium,
                                         .no_sandbox = options.no_chromium_sandbox,
                                         .answer_dialogs = options.answer_dialogs,
                                         .profiles = options.profiles,
                                         .redaction = options.redaction,
                                         .secret_names = options.secret_names,
                                         .oom_watch = followed ? &oom_watch : nullptr,
                                         .uploads = options.uploads};
  session::Registry registry(environment, options.max_sessions);
  api::ServerOptions server_options{.host = options.host,
                                    .port = options.port,
                                    .token = options.token,
                                    .allowed_origins = options.allowed_origins,
                                    .version = version()};
  api::Server server(loops, registry, clock, std::move(server_options));
  const auto port = server.listen();
  if (!port) {
    result = std::unexpected(port.error());
    co_return;
  }
  base::TaskScope running(loops.at(0).executor());
  running.spawn(server.run());
  base::TaskScope watching(loops.at(0).executor());
  if (followed) watching.spawn(oom_watch.run());
  if (options.attached) co_await attach(registry, *options.attached);

  result = co_await while_serving(url_of(options.host, *port));

  server.stop();
  co_await registry.shutdown();
  co_await running.join();
  watching.stop();
  co_await watching.join();
}

}  // namespace

Result<int> serve(ServeOptions options, WhileServing while_serving) {
  // What browsers of a killed telltale have left behind.
  if (const auto swept = browser::sweep_stale_profiles(options.profiles); swept > 0) {
    spdlog::info("removed stale browser profiles count={}", swept);
  }
  if (const auto swept = session::sweep_stale_files(options.uploads); swept > 0) {
    spdlog::info("removed files of sessions that a killed server left count={}", swept);
  }
  base::LoopPool loops(options.threads);
  Result<int> result = 0;
  loops.run(serve_on(loops, std::move(options), std::move(while_serving), result));
  return result;
}

}  // namespace telltale::cli

#include "cli/machine_checks.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>

#include "browser/browser_process.hpp"
#include "browser/find.hpp"
#include "browser/sandbox.hpp"
#include "cli/client.hpp"
#include "cli/memory.hpp"
#include "cli/private_file.hpp"
#include "cli/version.hpp"

namespace telltale::cli {
namespace {

namespace asio = base::asio;
namespace fs = std::filesystem;
using base::Result;
using base::Task;

Check ok(std::string name, std::string detail) {
  return {std::move(name), CheckStatus::ok, std::move(detail), {}};
}

Check check_sandbox(const fs::path& binary, bool switched_off) {
  if (switched_off) {
    return {
        "sandbox", CheckStatus::warn, "switched off by --no-chromium-sandbox",
        "a page that breaks out of its renderer has the rights of this user: open only pages that you trust"};
  }
  const auto sandbox = browser::check_sandbox(binary);
  if (sandbox.usable) return ok("sandbox", sandbox.explanation);
  if (::geteuid() == 0) {
    return {"sandbox", CheckStatus::warn, "root: Chromium runs without it",
            "run telltale as an ordinary user"};
  }
  return {"sandbox", CheckStatus::fail, "none that Chromium could use", std::string(browser::kSandboxAdvice)};
}

Task<Check> check_launch(CheckedSetup setup, fs::path binary, fs::path profiles) {
  browser::LaunchOptions options;
  options.binary = std::move(binary);
  options.no_sandbox = setup.no_chromium_sandbox;
  options.profiles = std::move(profiles);
  const auto begin = std::chrono::steady_clock::now();
  const auto launched = co_await browser::BrowserProcess::launch(std::move(options));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  if (!launched) {
    co_return Check{"launch", CheckStatus::fail, launched.error().message,
                    "run it by hand to see what it lacks"};
  }
  co_await (*launched)->terminate();
  co_return ok("launch", fmt::format("accepted connections after {:.0f} ms", took.count()));
}

/// Empty when a server could listen there.
std::string obstacle(const net::HostPort& listen, const asio::any_io_executor& executor) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(listen.host == "localhost" ? "127.0.0.1" : listen.host, error);
  if (error) return "'" + listen.host + "' is no IP address";
  const asio::ip::tcp::endpoint endpoint(address, listen.port);
  asio::ip::tcp::acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::ip::tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  return error ? error.message() : std::string();
}

}  // namespace

Task<std::vector<Check>> check_browser(CheckedSetup setup, Result<StateDir> state) {
  std::vector<Check> checks;
  const auto binary = browser::find_browser(setup.chromium, true);
  if (!binary) {
    checks.push_back({"browser", CheckStatus::fail, "there is none", binary.error().message});
    co_return checks;
  }
  const auto version = co_await browser::browser_version(*binary);
  if (!version) {
    checks.push_back(
        {"browser", CheckStatus::fail, version.error().message, "name another one with --chromium"});
    co_return checks;
  }
  checks.push_back(ok("browser", fmt::format("{} ({})", *version, binary->string())));
  checks.push_back(check_sandbox(*binary, setup.no_chromium_sandbox));
  if (!state) co_return checks;
  auto launch = co_await check_launch(setup, *binary, state->profiles());
  checks.push_back(std::move(launch));
  co_return checks;
}

Task<Check> check_address(net::HostPort listen) {
  const net::Url url{.scheme = "http", .host = listen.host, .port = listen.port, .target = "/"};
  const std::string address = url.authority();
  const std::string reason = obstacle(listen, co_await asio::this_coro::executor);
  if (reason.empty()) co_return ok("address", address + " is free");
  ServerAddress server{.url = url, .token = std::nullopt};
  const Client client(std::move(server));
  const auto version = co_await client.server_version();
  if (version) co_return ok("address", fmt::format("telltale {} answers on {}", *version, address));
  co_return Check{
      "address", CheckStatus::fail, fmt::format("{}: {}", address, reason),
      "end what listens there, or serve on another address: --listen 127.0.0.1:0 takes a free port"};
}

Check check_state(const Result<StateDir>& state) {
  if (!state) return {"state", CheckStatus::fail, state.error().message, {}};
  const std::string path = state->path().string();
  if (const auto created = state->create(); !created) {
    return {"state", CheckStatus::fail, created.error().message,
            "set XDG_STATE_HOME to a folder that you may write to"};
  }
  if (::access(path.c_str(), W_OK | X_OK) != 0) {
    return {"state", CheckStatus::fail, "you may not write to " + path, "chown it to this user"};
  }
  if (is_open_to_others(state->token_file())) {
    const std::string file = state->token_file().string();
    return {"state", CheckStatus::warn, "other users may read the access token", "chmod 600 " + file};
  }
  if (is_open_to_others(state->path())) {
    return {"state", CheckStatus::warn, path + " is open to other users", "chmod 700 " + path};
  }
  return ok("state", path);
}

Check check_memory() {
  const auto memory = available_memory();
  if (!memory) return {"memory", CheckStatus::warn, "unknown", "set --max-sessions, which is 1 otherwise"};
  const std::string detail =
      fmt::format("{} MiB available: {} sessions by default", *memory >> 20, default_max_sessions(memory));
  if (*memory >= 2 * kSessionBytes) return ok("memory", detail);
  return {"memory", CheckStatus::warn, detail, "a large page may be killed: give it more memory"};
}

Check check_build() { return ok("build", version_line()); }

}  // namespace telltale::cli

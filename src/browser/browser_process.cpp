#include "browser/browser_process.hpp"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>

#include "base/logging.hpp"
#include "browser/chromium_args.hpp"
#include "browser/devtools_endpoint.hpp"
#include "browser/limits.hpp"
#include "browser/process.hpp"
#include "browser/profile_folder.hpp"
#include "browser/sandbox.hpp"
#include "browser/utf8_locale.hpp"

namespace telltale::browser {
namespace {

namespace asio = base::asio;
using base::Errc;
using base::fail;
using base::Result;
using base::Task;
using std::chrono::steady_clock;

/// Pause between two looks at the DevToolsActivePort file. Small against the 75 ms of the fastest start.
constexpr auto kReadyPause = std::chrono::milliseconds(5);
/// Longest wait for one answer of /json/version, which normally takes milliseconds.
constexpr auto kReadyAttempt = std::chrono::seconds(5);
/// Time for a killed group to be gone and its profile folder to be removable, and the pause between two
/// looks.
constexpr auto kCleanupTimeout = std::chrono::seconds(1);
constexpr auto kCleanupPause = std::chrono::milliseconds(5);
/// Bytes of stderr that an error message quotes.
constexpr std::size_t kQuotedBytes = 2048;

bool has_display() {
  const auto is_set = [](const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
}

Result<void> check(const LaunchOptions& options) {
  if (options.headless) return {};
  if (is_headless_shell(options.binary)) {
    return fail(Errc::invalid_argument,
                "headless: " + options.binary.string() + " cannot show windows, use chromium");
  }
  if (!has_display()) {
    return fail(Errc::invalid_argument, "headless: a visible browser needs DISPLAY or WAYLAND_DISPLAY");
  }
  return {};
}

/// The last lines, for an error message: a crash report's stack can fill the whole tail.
std::string last_lines(const std::string& stderr_tail) {
  if (stderr_tail.empty()) return "; it wrote nothing to stderr";
  const std::size_t start = stderr_tail.size() > kQuotedBytes ? stderr_tail.size() - kQuotedBytes : 0;
  return "; end of its stderr:\n" + stderr_tail.substr(start);
}

base::Error early_exit(const ExitStatus& status, const std::string& stderr_tail) {
  std::string message = "the browser " + status.describe() + " before it was ready";
  if (reports_missing_sandbox(stderr_tail)) {
    message += ": Chromium found no usable sandbox; " + std::string(kSandboxAdvice);
  }
  return {Errc::unavailable, message + last_lines(stderr_tail)};
}

/// Completes with the WebSocket URL once connections are accepted: the file comes 4-150 ms earlier. The
/// caller's frame keeps `process` alive.
Task<Result<std::string>> wait_until_ready(Process& process, std::filesystem::path profile) {
  const auto deadline = steady_clock::now() + limits::kBrowserStartTimeout;
  while (steady_clock::now() < deadline) {
    const auto status = co_await process.wait_exit_for(kReadyPause);
    if (status) {
      co_return std::unexpected(early_exit(*status, process.output_tail()));
    }
    const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
    if (cancelled != asio::cancellation_type::none) co_return fail(Errc::stopped, "the launch was cancelled");
    const auto active = read_devtools_active_port(profile);
    if (!active) continue;
    const auto url = co_await fetch_websocket_url("127.0.0.1", active->port, kReadyAttempt);
    if (url && url->ends_with(active->path)) co_return *url;
    if (!url && url.error().code == Errc::stopped) co_return std::unexpected(url.error());
  }
  co_return fail(Errc::timeout, "the browser's DevTools endpoint did not accept connections within 30 s" +
                                    last_lines(process.output_tail()));
}

class LaunchedBrowser final : public BrowserProcess {
 public:
  LaunchedBrowser(std::unique_ptr<Process> process, ProfileFolder profile, std::string websocket_url)
      : profile_(std::move(profile)),
        process_(std::move(process)),
        websocket_url_(std::move(websocket_url)) {}

  const std::string& websocket_url() const noexcept override { return websocket_url_; }
  pid_t pid() const noexcept override { return process_->pid(); }
  std::string stderr_tail() const override { return process_->output_tail(); }
  OutputPart stderr_since(std::uint64_t position) const override { return process_->output_since(position); }
  std::optional<ExitStatus> exit_status() const noexcept override { return process_->exit_status(); }
  Task<std::optional<ExitStatus>> wait_exit() override { return process_->wait_exit(); }

  Task<> terminate() override {
    // In a coroutine of its own: disabling cancellation would otherwise last for the rest of the caller's.
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::co_spawn(executor, end(), asio::use_awaitable);
  }

 private:
  Task<> end() {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    process_->ask_to_exit();
    const auto status = co_await process_->wait_exit_for(limits::kBrowserExitTimeout);
    if (!status) {
      process_->kill();
      co_await process_->wait_exit_for(limits::kBrowserExitTimeout);
    }
    const auto deadline = steady_clock::now() + kCleanupTimeout;
    while (!process_->group_is_gone() || !profile_.remove()) {
      if (steady_clock::now() >= deadline) {
        spdlog::warn("browser left something behind pid={} profile={}", process_->pid(),
                     profile_.path().string());
        co_return;
      }
      co_await base::sleep_for(kCleanupPause);
    }
  }

  ProfileFolder profile_;  // outlives the process, which writes there to its end
  std::unique_ptr<Process> process_;
  std::string websocket_url_;
};

}  // namespace

Task<Result<std::unique_ptr<BrowserProcess>>> BrowserProcess::launch(LaunchOptions options) {
  if (const auto checked = check(options); !checked) co_return std::unexpected(checked.error());
  auto profile = ProfileFolder::create(options.profiles);
  if (!profile) co_return std::unexpected(profile.error());

  Command command;
  command.binary = options.binary;
  command.args = chromium_args(options, profile->path(), ::geteuid() == 0);
  // Crash dumps hold what pages held in memory: they go with the profile instead of piling up in ~/.config.
  command.environment.push_back("BREAKPAD_DUMP_LOCATION=" + profile->path().string());
  if (auto locale = utf8_locale()) command.environment.push_back(std::move(*locale));
  command.debugging_pipe = true;
  const auto executor = co_await asio::this_coro::executor;
  auto process = Process::start(executor, command);
  if (!process) co_return std::unexpected(process.error());

  auto url = co_await wait_until_ready(**process, profile->path());
  if (!url) co_return std::unexpected(url.error());
  co_return std::make_unique<LaunchedBrowser>(std::move(*process), std::move(*profile), std::move(*url));
}

}  // namespace telltale::browser

#include "support/running_browser.hpp"

#include <signal.h>

#include <stdexcept>

#include "browser/find.hpp"
#include "net/url.hpp"
#include "support/telltale_process.hpp"

namespace telltale::testing {
namespace {

base::Task<> wait_exit(browser::BrowserProcess& process) { co_await process.wait_exit(); }

base::Task<> terminate(std::unique_ptr<browser::BrowserProcess> process) { co_await process->terminate(); }

base::Task<bool> has_ended(const browser::BrowserProcess& process) {
  co_return process.exit_status().has_value();
}

}  // namespace

RunningBrowser::RunningBrowser(const std::string& name) : profiles_(make_temporary_folder()) {
  browser::LaunchOptions options;
  auto binary = browser::find_browser(name, true);
  if (!binary) throw std::runtime_error(binary.error().message);
  options.binary = std::move(*binary);
  options.profiles = profiles_;
  auto process = thread_.call(browser::BrowserProcess::launch(std::move(options)));
  if (!process) throw std::runtime_error(process.error().message);
  process_ = std::move(*process);
}

RunningBrowser::~RunningBrowser() {
  thread_.call(terminate(std::move(process_)));
  std::error_code ignored;  // a folder left in /tmp does not fail a test
  std::filesystem::remove_all(profiles_, ignored);
}

std::string RunningBrowser::http_url() const {
  return "http://" + net::parse_url(websocket_url()).value().authority();
}

void RunningBrowser::kill() {
  ::kill(process_->pid(), SIGKILL);
  thread_.call(wait_exit(*process_));
}

bool RunningBrowser::runs() { return !thread_.call(has_ended(*process_)); }

}  // namespace telltale::testing

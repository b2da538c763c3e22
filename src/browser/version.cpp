#include <boost/asio/this_coro.hpp>
#include <chrono>

#include "browser/find.hpp"
#include "browser/process.hpp"

namespace telltale::browser {
namespace {

constexpr auto kVersionTimeout = std::chrono::seconds(10);

std::string first_line(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  line.erase(line.find_last_not_of(" \r\t") + 1);  // chromium ends its line with a space
  return line;
}

}  // namespace

base::Task<base::Result<std::string>> browser_version(std::filesystem::path binary) {
  Command command;
  command.binary = binary;
  command.args.emplace_back("--version");
  command.keep_stderr = false;
  const auto executor = co_await base::asio::this_coro::executor;
  const auto process = Process::start(executor, command);
  if (!process) co_return std::unexpected(process.error());
  const auto status = co_await (*process)->wait_exit_for(kVersionTimeout);
  const std::string what = binary.string() + " --version";
  if (!status) {
    const auto cancelled = (co_await base::asio::this_coro::cancellation_state).cancelled();
    if (cancelled != base::asio::cancellation_type::none)
      co_return base::fail(base::Errc::stopped, what + ": cancelled");
    co_return base::fail(base::Errc::timeout, what + " did not end within 10 s");
  }
  const std::string line = first_line((*process)->output_tail());
  if (status->code != 0 || line.empty()) {
    co_return base::fail(base::Errc::protocol, what + " printed no version and " + status->describe());
  }
  co_return line;
}

}  // namespace telltale::browser

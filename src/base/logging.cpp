#include "base/logging.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>

#include <string>

namespace telltale::base {

Result<void> init_logging(std::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  // from_str() answers "off" for anything that it does not know.
  if (parsed == spdlog::level::off && level != "off") {
    return fail(Errc::invalid_argument, "unknown log level '" + std::string(level) +
                                            "': use trace, debug, info, warn, error, critical or off");
  }
  auto logger = std::make_shared<spdlog::logger>("telltale", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(parsed);
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  spdlog::set_default_logger(std::move(logger));
  return {};
}

bool LogLimiter::allow(std::size_t& suppressed) noexcept {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) {
    ++suppressed_;
    return false;
  }
  next_ = now + std::chrono::seconds(1);
  suppressed = std::exchange(suppressed_, 0);
  return true;
}

}  // namespace telltale::base

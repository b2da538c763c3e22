#include "base/logging.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <optional>
#include <string>

#include "base/log_hub.hpp"

namespace telltale::base {
namespace {

LogLevel to_hub(spdlog::level::level_enum level) {
  if (level >= spdlog::level::err) return LogLevel::error;
  return level == spdlog::level::warn ? LogLevel::warn : LogLevel::info;
}

// Lines name their session as `session id=ID` or `session=ID`.
std::optional<std::string> session_in(std::string_view line) {
  for (const std::string_view key : {"session id=", "session="}) {
    const auto at = line.find(key);
    if (at == std::string_view::npos) continue;
    const auto value = line.substr(at + key.size());
    const auto id = value.substr(0, value.find(' '));
    if (!id.empty()) return std::string(id);
  }
  return std::nullopt;
}

// Hands on what the logger lets through. Called from every thread; the hub has a lock of its own.
class HubSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
  void sink_it_(const spdlog::details::log_msg& line) override {
    if (!log_hub().has_consumers() || line.source.funcname == kKnownToHub) return;
    const std::string_view text(line.payload.data(), line.payload.size());
    log_hub().write({.level = to_hub(line.level),
                     .scope = text.starts_with("session ") ? "session" : "telltale",
                     .session_id = session_in(text),
                     .message = std::string(text)});
  }
  void flush_() override {}
};

}  // namespace

Result<void> init_logging(std::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  // from_str() answers "off" for anything that it does not know.
  if (parsed == spdlog::level::off && level != "off") {
    return fail(Errc::invalid_argument, "unknown log level '" + std::string(level) +
                                            "': use trace, debug, info, warn, error, critical or off");
  }
  const spdlog::sinks_init_list sinks = {std::make_shared<spdlog::sinks::stderr_color_sink_mt>(),
                                         std::make_shared<HubSink>()};
  auto logger = std::make_shared<spdlog::logger>("telltale", sinks);
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

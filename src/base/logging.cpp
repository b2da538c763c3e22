#include "base/logging.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <memory>
#include <optional>
#include <string>

#include "base/log_hub.hpp"
#include "base/printable.hpp"

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

// `%v` without what a terminal obeys: much of a line may be what a browser, a page or another server has said.
class PrintableText final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& line, const std::tm&, spdlog::memory_buf_t& out) override {
    const auto text = printable({line.payload.data(), line.payload.size()});
    out.append(text.data(), text.data() + text.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<PrintableText>();
  }
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
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<PrintableText>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %*");
  logger->set_formatter(std::move(formatter));
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

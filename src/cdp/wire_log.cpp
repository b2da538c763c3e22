#include "cdp/wire_log.hpp"

#include <fmt/format.h>

#include <string>

#include "cdp/decode.hpp"

namespace telltale::cdp {

void WireLog::write_sent(std::string_view method, std::uint64_t id, std::size_t bytes) const {
  write(base::LogDirection::outgoing, fmt::format("{} id={} bytes={}", method, id, bytes));
}

void WireLog::write_received(std::string_view text, std::size_t bytes) const {
  std::string what = "message";
  if (const auto id = id_of_prefix(text)) {
    what = fmt::format("reply id={}", *id);
  } else if (const auto method = method_of_prefix(text); !method.empty()) {
    what = method;
  }
  write(base::LogDirection::incoming, fmt::format("{} bytes={}", what, bytes));
}

void WireLog::write(base::LogDirection direction, std::string message) const {
  base::log_hub().write({.scope = "cdp",
                         .session_id = session_.value,
                         .transport = base::LogTransport::tcp,
                         .direction = direction,
                         .message = std::move(message)});
}

}  // namespace telltale::cdp

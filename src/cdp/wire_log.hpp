#pragma once

// What the log hub shows of the messages of a connection: method, id and size. Parameters and results never:
// they hold what pages and people typed.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/log_hub.hpp"
#include "base/strong.hpp"

namespace telltale::cdp {

/// Lives in its connection. Formats nothing while nobody listens.
class WireLog {
 public:
  explicit WireLog(base::SessionId session) : session_(std::move(session)) {}

  void sent(std::string_view method, std::uint64_t id, std::size_t bytes) const {
    if (base::log_hub().has_consumers()) write_sent(method, id, bytes);
  }
  /// `text`: the message, or its beginning.
  void received(std::string_view text, std::size_t bytes) const {
    if (base::log_hub().has_consumers()) write_received(text, bytes);
  }

 private:
  void write_sent(std::string_view method, std::uint64_t id, std::size_t bytes) const;
  void write_received(std::string_view text, std::size_t bytes) const;
  void write(base::LogDirection direction, std::string message) const;

  base::SessionId session_;
};

}  // namespace telltale::cdp

#pragma once

// Server-sent events, incrementally: bytes in, events out. Sans I/O.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "telemetry/limits.hpp"

namespace telltale::cli {

/// One dispatched event. The views are valid during the call that hands it out.
struct SseEvent {
  std::string_view type;  ///< the `event` field, "message" when there was none
  std::string_view data;  ///< the `data` lines, joined by line feeds
  std::string_view last_event_id;
};

/// Parses an event stream by the grammar of the WHATWG HTML standard, 9.2.6 "Interpreting an event stream":
/// lines end in CR, LF or CRLF, comments and unknown fields are skipped, an event that the end of the stream
/// cuts off is dropped.
class SseParser {
 public:
  /// Bytes of one event: twice what the server sends at most. Beyond it the peer is no telltale.
  static constexpr std::size_t kMaxEventBytes = 2 * telemetry::limits::kEnvelopeBytes;

  explicit SseParser(std::function<void(const SseEvent&)> on_event) : on_event_(std::move(on_event)) {}

  /// Calls on_event for each event that `bytes` completes. Errors: limit (kMaxEventBytes), after which the
  /// parser must not be used any more.
  base::Result<void> feed(std::string_view bytes);

  /// The id to resume after: of the last completed block, also of one without data, which dispatches no
  /// event.
  [[nodiscard]] const std::string& last_event_id() const noexcept { return last_event_id_; }

 private:
  void take_line(std::string_view line);
  void take_field(std::string_view name, std::string_view value);
  void dispatch();

  std::function<void(const SseEvent&)> on_event_;
  std::string line_;  ///< a line whose end has not arrived
  std::string type_;
  std::string data_;  ///< each line with its line feed
  std::string id_buffer_;
  std::string last_event_id_;
  bool first_line_ = true;
  bool after_cr_ = false;  ///< a line feed that follows belongs to the carriage return
};

}  // namespace telltale::cli

#pragma once

// Events that wait for what the page's engine says of an error, and those that came after them: the order stays.

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "base/strong.hpp"
#include "cdp/protocol/runtime.hpp"
#include "telemetry/envelope.hpp"

namespace telltale::collector {

/// Bounded by limits::kErrorsInFlight and limits::kHeldEvents.
class HeldEvents {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  /// What the text of a waiting event is made of.
  using Source = std::variant<cdp::runtime::ConsoleApiCalled, cdp::runtime::ExceptionDetails>;
  struct Waiting {
    std::uint64_t number = 0;
    base::CdpSessionId session;
    TimePoint until;
    Source source;
  };
  struct Entry {
    telemetry::Event event;
    std::optional<Waiting> waiting{};  ///< absent: only for its turn
  };

  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  /// Whether one more may wait; else it is published with what is known.
  [[nodiscard]] bool has_room() const noexcept;
  [[nodiscard]] bool full() const noexcept;
  telemetry::Event& push(telemetry::Event event);
  /// The event that was pushed last waits for an answer. Returns its number.
  std::uint64_t await_answer(base::CdpSessionId session, TimePoint until, Source source);
  /// The entry that waits for that answer; nullptr: it is too late.
  [[nodiscard]] Entry* find(std::uint64_t number) noexcept;
  /// The numbers of those whose time is up, or whose session is gone.
  [[nodiscard]] std::vector<std::uint64_t> expired(TimePoint now) const;
  [[nodiscard]] std::vector<std::uint64_t> of_session(const base::CdpSessionId& session) const;
  [[nodiscard]] std::vector<std::uint64_t> all() const;
  [[nodiscard]] std::optional<TimePoint> next_deadline() const noexcept;
  /// Moves out what need not wait any more.
  void release(std::vector<telemetry::Event>& out);

 private:
  std::deque<Entry> entries_;
  std::size_t waiting_ = 0;
  std::uint64_t last_number_ = 0;
};

}  // namespace telltale::collector

#pragma once

// Identifiers that cannot be mixed up: a FrameId is not a TargetId although both are strings on the wire.

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace telltale::base {

/// A string identifier of one kind. Empty means "none".
template <class Tag>
struct StrongId {
  std::string value;

  StrongId() = default;
  explicit StrongId(std::string text) : value(std::move(text)) {}
  explicit StrongId(std::string_view text) : value(text) {}
  explicit StrongId(const char* text) : value(text) {}

  [[nodiscard]] bool empty() const noexcept { return value.empty(); }
  auto operator<=>(const StrongId&) const = default;
};

/// Identifies one telltale browser session (UUIDv4 text).
using SessionId = StrongId<struct SessionIdTag>;

// Identifiers of the DevTools protocol, shared by the protocol side (cdp) and the event side (telemetry).
using CdpSessionId = StrongId<struct CdpSessionIdTag>;  ///< A flattened CDP session: one attachment to one target.
using TargetId = StrongId<struct TargetIdTag>;          ///< A target (tab, iframe, worker); stable across navigations.
using FrameId = StrongId<struct FrameIdTag>;            ///< A frame; the main frame's id equals its page's target id.
using LoaderId = StrongId<struct LoaderIdTag>;          ///< One load of one document in a frame.
using RequestId = StrongId<struct RequestIdTag>;        ///< A network request; redirect hops share it.

/// Position of an event in its session's log: 1 for the first, +1 per published event. 0 means "before the first".
struct Seq {
  std::uint64_t value = 0;
  auto operator<=>(const Seq&) const = default;
  [[nodiscard]] Seq next() const noexcept { return {value + 1}; }
};

}  // namespace telltale::base

template <class Tag>
struct std::hash<telltale::base::StrongId<Tag>> {
  std::size_t operator()(const telltale::base::StrongId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};

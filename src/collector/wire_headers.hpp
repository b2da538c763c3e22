#pragma once

// Headers as they were on the wire: what the ExtraInfo events of the Network domain say.

#include <deque>
#include <optional>
#include <unordered_map>

#include "cdp/protocol/network.hpp"
#include "collector/limits.hpp"

namespace telltale::collector {

/// Those of one request id. The hops of a redirect share the id, and their ExtraInfo events come before,
/// between or after the others: the n-th belongs to the n-th hop that has any.
class WireHeaders {
 public:
  struct Hop {
    std::optional<cdp::network::Headers> request;
    std::optional<cdp::network::Headers> response;
  };

  void add_request(cdp::network::Headers headers) { requests_.add(std::move(headers)); }
  void add_response(cdp::network::Headers headers) { responses_.add(std::move(headers)); }
  /// Whether both of the current hop are there.
  [[nodiscard]] bool complete() const noexcept {
    return !requests_.waiting.empty() && !responses_.waiting.empty();
  }
  /// The current hop has ended: hands out its headers. What of them is still to come will be dropped.
  Hop end_hop() { return {requests_.take(), responses_.take()}; }

 private:
  struct Side {
    std::deque<cdp::network::Headers> waiting;  // at most limits::kExtraInfosPerRequest
    std::size_t late = 0;                       // still to come, of hops that have ended

    void add(cdp::network::Headers headers);
    std::optional<cdp::network::Headers> take();
  };
  Side requests_;
  Side responses_;
};

/// Those of requests that are not known yet. Bounded by limits::kEarlyExtraInfos: the oldest go first, as do
/// those that came after the end of their request.
class EarlyWireHeaders {
 public:
  WireHeaders& of(const base::RequestId& id);
  WireHeaders take(const base::RequestId& id);
  void clear() noexcept;

 private:
  std::unordered_map<base::RequestId, WireHeaders> by_id_;
  std::deque<base::RequestId> by_age_;  // may name some that were taken
};

}  // namespace telltale::collector

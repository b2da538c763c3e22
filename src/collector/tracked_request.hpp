#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cdp/protocol/network.hpp"
#include "collector/limits.hpp"
#include "collector/wire_headers.hpp"
#include "telemetry/events/network.hpp"

namespace telltale::collector {

using Moment = std::chrono::steady_clock::time_point;

/// How a request has ended whose response is not published yet: it waits for its body or its wire headers.
struct Ending {
  base::CdpSessionId session;         ///< that reported the end; it has the body
  std::string_view source;            ///< the CDP method that told the end
  std::optional<double> finished;     ///< s, monotonic
  std::optional<double> encoded;      ///< bytes on the wire
  std::optional<bool> body_read;      ///< false: the page did not
  std::optional<std::size_t> cap;     ///< bytes of the body that the event may carry; absent: none is awaited
  std::optional<Moment> body_until;   ///< waits for the body at most until then
  std::optional<Moment> extra_until;  ///< waits for the wire headers at most until then
  std::optional<std::string> body;
  /// Chromium says so of bodies that were read to their end as well; it stands if there is no whole body.
  std::optional<std::string> otherwise;
};

struct TrackedRequest {
  telemetry::EventContext context;  ///< as of the request; url is the request's
  std::string method;
  std::optional<std::string> resource_type;
  Moment started;           ///< of the first hop
  base::CdpSessionId page;  ///< the page session that it counts for; empty: none (shared and service workers)

  base::CdpSessionId
      session;              ///< that reported it last: a document's or worker's request moves to the new one
  base::FrameId frame;      ///< empty in workers
  base::LoaderId loader;    ///< empty in workers and for their scripts
  bool navigation = false;  ///< it fetches a document: the request id is its loader's
  base::RequestId preflight_of;         ///< empty: it is none
  std::optional<Moment> answer_until;   ///< only of requests that nobody ends: it ends then if it has no response
  std::optional<Moment> orphaned;       ///< whom it was for is gone; it ends then
  std::string_view orphan_error;        ///< with this
  base::CdpSessionId committed;  ///< where a frame has shown that document; empty: not yet
  double sent = 0;               ///< this hop; s, monotonic
  double began_ms = 0;           ///< the first hop; Unix time
  WireHeaders wire;

  std::optional<cdp::network::Response> response;
  bool has_extra_info = false;            ///< of the response: wire headers are to be expected
  bool streams = false;                   ///< the response is never complete: silence says nothing
  std::optional<std::int64_t> announced;  ///< bytes of the body, if they can be compared with `decoded`
  std::int64_t decoded = 0;               ///< bytes of the body that have come
  std::int64_t encoded = 0;               ///< the same on the wire, as far as Chromium says
  Moment last_sign;                       ///< of the response
  bool all_came = false;                  ///< Chromium has the whole body, announced or not
  Moment probe_at;                        ///< when to ask it for that
  std::chrono::milliseconds probe_after = limits::kProbeAfter;

  std::optional<Ending> ending;

  /// Whether the body has come as announced.
  [[nodiscard]] bool complete() const noexcept { return announced && decoded >= *announced; }
  /// Bytes on the wire as far as Chromium has told them before the end: headers and body.
  [[nodiscard]] double encoded_so_far() const noexcept;
  /// When something is to be done about it though nothing happens, besides limits::kRequestAge.
  [[nodiscard]] std::optional<Moment> due() const noexcept;

  void respond(cdp::network::Response got, bool extra_info, Moment now);
};

/// The value of a header; absent when there is none of that name, in any case.
std::optional<std::string> header(const cdp::network::Headers& headers, std::string_view name);

/// The event of a request that has a response. Without an `ending` it is a redirect's hop that the next one,
/// sent at `next_sent`, has ended.
telemetry::NetworkResponse response_event(const base::RequestId& id, TrackedRequest request,
                                          WireHeaders::Hop wire,
                                          std::optional<double> next_sent = std::nullopt);

}  // namespace telltale::collector

#pragma once

// A session's log as a Server-Sent Events stream (HTML standard, section 9.2), in the form that Kernel's
// clients expect.

#include <chrono>
#include <memory>

#include "api/stream_filter.hpp"
#include "base/task.hpp"
#include "net/http_server.hpp"
#include "stream/cursor.hpp"
#include "stream/limits.hpp"

namespace telltale::api {

/// Where a request wants to start. `Last-Event-ID: N` wins over `replay=all`; 0 and what is no number mean
/// "now".
stream::Start start_position(const net::HttpRequest& request);

/// 200 with the fields of an event stream.
net::HttpResponse event_stream_head();

struct EventStreamOptions {
  stream::Start start;
  StreamFilter filter;
  /// Silence after which a keepalive comment is sent, or on a filtered stream a frame that only moves the
  /// position on.
  std::chrono::nanoseconds keepalive = stream::limits::kKeepaliveInterval;
};

/// Writes the log's frames from `start` on until the log has ended and all of it was written, the client is
/// gone, or cancellation. Runs on the loop of `out`, which must be one of the log's pool and outlive the
/// call.
base::Task<> write_event_stream(net::BodyWriter& out, std::shared_ptr<stream::Log> log,
                                EventStreamOptions options);

}  // namespace telltale::api

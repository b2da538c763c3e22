#include "collector/tracked_request.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/ascii.hpp"
#include "collector/limits.hpp"

namespace telltale::collector {
namespace {

// Bytes of the body that the response has announced, when they can be compared with those that arrive: what
// is compressed is announced as on the wire and reported as unpacked.
std::optional<std::int64_t> announced_length(std::string_view method,
                                             const cdp::network::Response& response) {
  if (method == "HEAD" || response.status == 204 || response.status == 304) return 0;
  if (header(response.headers, "content-encoding")) return std::nullopt;
  const auto text = header(response.headers, "content-length");
  if (!text) return std::nullopt;
  std::int64_t length = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), length);
  const bool whole = error == std::errc{} && end == text->data() + text->size() && length >= 0;
  return whole ? std::optional(length) : std::nullopt;
}

std::optional<double> phase(double start, double end) {
  return start < 0 || end < start ? std::nullopt : std::optional(end - start);
}

telemetry::NetworkTiming timing_of(const TrackedRequest& request, std::optional<double> finished) {
  telemetry::NetworkTiming timing;
  if (const auto& cdp = request.response->timing) {
    timing.dns_ms = phase(cdp->dns_start, cdp->dns_end);
    timing.connect_ms = phase(cdp->connect_start, cdp->connect_end);
    timing.tls_ms = phase(cdp->ssl_start, cdp->ssl_end);
    if (cdp->receive_headers_start >= 0) timing.ttfb_ms = cdp->receive_headers_start;
  }
  if (finished) timing.total_ms = std::max(0.0, (*finished - request.sent) * 1000);
  return timing;
}

std::optional<std::string> remote_address(const cdp::network::Response& response) {
  if (!response.remote_ip_address || response.remote_ip_address->empty()) return std::nullopt;
  const std::string& ip = *response.remote_ip_address;
  const bool bare = ip.find(':') != std::string::npos && !ip.starts_with('[');
  return (bare ? "[" + ip + "]" : ip) + ":" + std::to_string(response.remote_port.value_or(0));
}

std::optional<telemetry::ResponseCache> cache_of(const TrackedRequest& request) {
  const auto& response = *request.response;
  if (response.from_disk_cache.value_or(false)) return telemetry::ResponseCache::disk;
  // Chromium says it of both: of the navigation that uses what was prefetched, and of the request that fetched it.
  if (response.from_prefetch_cache.value_or(false) && request.resource_type != "Prefetch") {
    return telemetry::ResponseCache::prefetch;
  }
  return std::nullopt;
}

std::optional<std::int64_t> size(std::optional<double> bytes) {
  return bytes && *bytes >= 0 && *bytes < 9e15 ? std::optional(static_cast<std::int64_t>(*bytes))
                                               : std::nullopt;
}

}  // namespace

std::optional<std::string> header(const cdp::network::Headers& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers.members, [&](const auto& member) { return base::same_name(member.first, name); });
  if (found == headers.members.end()) return std::nullopt;
  std::string_view text = found->second.text;
  // Values are strings in practice; the few that are looked at have no escapes.
  if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
  return std::string(text);
}

std::optional<Moment> TrackedRequest::due() const noexcept {
  if (ending) {
    if (ending->body_until && ending->extra_until) return std::min(*ending->body_until, *ending->extra_until);
    return ending->body_until ? ending->body_until : ending->extra_until;
  }
  if (orphaned) return orphaned;
  if (!response) return answer_until;
  if (streams) return std::nullopt;
  if (complete() || all_came) return last_sign + limits::kUnreadGrace;
  return std::max(probe_at, last_sign + limits::kProbeAfter);
}

double TrackedRequest::encoded_so_far() const noexcept {
  const double headers = std::max(0.0, response->encoded_data_length.value_or(0));
  const bool packed = header(response->headers, "content-encoding").has_value();
  // What came last is often not counted yet.
  return headers + static_cast<double>(packed ? encoded : std::max(encoded, decoded));
}

void TrackedRequest::respond(cdp::network::Response got, bool extra_info, Moment now) {
  response = std::move(got);
  has_extra_info = extra_info;
  announced = announced_length(method, *response);
  streams = resource_type == "EventSource" || response->mime_type == "text/event-stream" ||
            response->mime_type == "multipart/x-mixed-replace";
  last_sign = now;
  probe_at = now + probe_after;
}

telemetry::NetworkResponse response_event(const base::RequestId& id, TrackedRequest request,
                                          WireHeaders::Hop wire, std::optional<double> next_sent) {
  auto& response = *request.response;
  telemetry::NetworkResponse event;
  event.timing = timing_of(request, request.ending ? request.ending->finished : next_sent);
  event.protocol = response.protocol && response.protocol->empty() ? std::nullopt : response.protocol;
  event.remote_address = remote_address(response);
  event.from_cache = cache_of(request);
  if (response.from_service_worker.value_or(false)) event.from_service_worker = true;
  if (request.ending) {
    event.body_read = request.ending->body_read;
    // Chromium repeats the bytes of the request that has prefetched it.
    const bool prefetched = event.from_cache == telemetry::ResponseCache::prefetch;
    event.encoded_size = prefetched ? std::optional<std::int64_t>(0) : size(request.ending->encoded);
    event.decoded_size = request.decoded;
    if (request.ending->body) event.body.emplace(std::move(*request.ending->body));
  } else {
    event.encoded_size = size(response.encoded_data_length);
  }
  event.request_wire_headers = std::move(wire.request);
  event.wire_headers = std::move(wire.response);
  event.context = std::move(request.context);
  event.request_id = id;
  event.method = std::move(request.method);
  event.status = response.status;
  event.headers = std::move(response.headers);
  if (!response.status_text.empty()) event.status_text = std::move(response.status_text);
  if (!response.mime_type.empty()) event.mime_type = std::move(response.mime_type);
  event.resource_type = std::move(request.resource_type);
  return event;
}

}  // namespace telltale::collector

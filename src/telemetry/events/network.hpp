#pragma once

// Events of the category `network`.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "telemetry/event_context.hpp"
#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

struct NetworkRequest {
  EventContext context;
  RequestId request_id;
  std::string method;
  std::string document_url;
  base::Object<base::RawJson> headers;
  std::string initiator_type;
  std::optional<base::Secret<std::string>> post_data;
  std::optional<std::string> resource_type;
  std::optional<bool> is_redirect;
  std::optional<std::string> redirect_url;

  static constexpr EventType kEvent{
      .name = "network_request",
      .category = Category::network,
      .source = "Network.requestWillBeSent",
      .doc = "A request is about to be sent; each hop of a redirect is one event."};

  static constexpr auto describe() {
    using base::field;
    return base::table<NetworkRequest>(
        kEvent.doc, base::flatten(&NetworkRequest::context),
        field("request_id", &NetworkRequest::request_id, "CDP request id; shared by all hops of a redirect."),
        field("method", &NetworkRequest::method, "HTTP method."),
        field("document_url", &NetworkRequest::document_url, "URL of the document that made the request."),
        field("headers", &NetworkRequest::headers, "Request headers as CDP sends them."),
        field("initiator_type", &NetworkRequest::initiator_type,
              "CDP Initiator.type: parser, script, preload, SignedExchange, preflight, other."),
        field("post_data", &NetworkRequest::post_data, "Body of the request, when CDP sends it inline."),
        field("resource_type", &NetworkRequest::resource_type,
              "CDP ResourceType: Document, XHR, Fetch, Image, ..."),
        field("is_redirect", &NetworkRequest::is_redirect,
              "True for the later hops of a redirect, else absent."),
        field("redirect_url", &NetworkRequest::redirect_url, "URL of the previous hop of a redirect."));
  }
};

struct NetworkTiming {
  std::optional<double> dns_ms;
  std::optional<double> connect_ms;
  std::optional<double> tls_ms;
  std::optional<double> ttfb_ms;
  std::optional<double> total_ms;

  static constexpr auto describe() {
    using base::field;
    return base::table<NetworkTiming>(
        "How long the phases of a request took. A phase that did not happen is absent. telltale's own "
        "addition.",
        field("dns_ms", &NetworkTiming::dns_ms, "Name lookup.").unit("ms"),
        field("connect_ms", &NetworkTiming::connect_ms, "Connecting, TLS included; absent when reused.")
            .unit("ms"),
        field("tls_ms", &NetworkTiming::tls_ms, "TLS handshake.").unit("ms"),
        field("ttfb_ms", &NetworkTiming::ttfb_ms,
              "From the start of the request to the first byte of the response.")
            .unit("ms"),
        field("total_ms", &NetworkTiming::total_ms, "From the request to the end of the body.").unit("ms"));
  }
};

enum class ResponseCache { disk, prefetch };

constexpr std::array<base::EnumName<ResponseCache>, 2> describe_enum(ResponseCache) {
  return {{{ResponseCache::disk, "disk"}, {ResponseCache::prefetch, "prefetch"}}};
}

struct NetworkResponse {
  EventContext context;
  RequestId request_id;
  std::string method;
  std::int64_t status = 0;
  base::Object<base::RawJson> headers;
  std::optional<std::string> status_text;
  std::optional<std::string> mime_type;
  std::optional<std::string> resource_type;
  std::optional<base::Secret<std::string>> body;
  std::optional<bool> body_read;
  std::optional<NetworkTiming> timing;
  std::optional<std::int64_t> encoded_size;
  std::optional<std::int64_t> decoded_size;
  std::optional<std::string> protocol;
  std::optional<std::string> remote_address;
  std::optional<ResponseCache> from_cache;
  std::optional<bool> from_service_worker;
  std::optional<base::Object<base::RawJson>> request_wire_headers;
  std::optional<base::Object<base::RawJson>> wire_headers;

  static constexpr EventType kEvent{.name = "network_response",
                                    .category = Category::network,
                                    .source = "Network.loadingFinished",
                                    .doc =
                                        "A response has arrived completely, body included. One that the page "
                                        "does not read, of which Chromium never reports an end, is published "
                                        "with `body_read` false."};

  static constexpr auto describe() {
    using base::field;
    return base::table<NetworkResponse>(
        kEvent.doc, base::flatten(&NetworkResponse::context),
        field("request_id", &NetworkResponse::request_id, "That of the network_request."),
        field("method", &NetworkResponse::method, "HTTP method of the request."),
        field("status", &NetworkResponse::status, "HTTP status code."),
        field("headers", &NetworkResponse::headers, "Response headers as CDP sends them."),
        field("status_text", &NetworkResponse::status_text,
              "HTTP reason phrase; HTTP/2 and later have none."),
        field("mime_type", &NetworkResponse::mime_type, "MIME type as the browser determined it."),
        field("resource_type", &NetworkResponse::resource_type, "CDP ResourceType."),
        field("body", &NetworkResponse::body,
              "Body of textual types. A body that was cut ends with `...[truncated]`."),
        field(
            "body_read", &NetworkResponse::body_read,
            "False when the page had not read the body: all of it had been there for 5 s and Chromium reported no "
            "end, or its document was left first; or when it was still coming after 5 minutes. Else absent. "
            "telltale's own addition."),
        field("timing", &NetworkResponse::timing, "Durations. telltale's own addition."),
        field("encoded_size", &NetworkResponse::encoded_size,
              "Bytes on the wire, headers included; 0 from a cache. telltale's own addition.")
            .unit("bytes"),
        field("decoded_size", &NetworkResponse::decoded_size,
              "Bytes of the body after decompression, as far as the page took them. telltale's own addition.")
            .unit("bytes"),
        field("protocol", &NetworkResponse::protocol, "E.g. http/1.1, h2, h3. telltale's own addition."),
        field("remote_address", &NetworkResponse::remote_address,
              "`ip:port` of the server or proxy; IPv6 in brackets. telltale's own addition."),
        field("from_cache", &NetworkResponse::from_cache,
              "The cache that answered instead of the network, else absent. telltale's own addition."),
        field("from_service_worker", &NetworkResponse::from_service_worker,
              "True when a service worker answered, else absent. telltale's own addition."),
        field("request_wire_headers", &NetworkResponse::request_wire_headers,
              "Request headers as they were sent, cookies included. telltale's own addition."),
        field("wire_headers", &NetworkResponse::wire_headers,
              "Response headers as they were received, Set-Cookie included. telltale's own addition."));
  }
};

struct NetworkLoadingFailed {
  EventContext context;
  RequestId request_id;
  std::string error_text;
  bool canceled = false;
  std::optional<std::string> resource_type;
  std::optional<std::string> blocked_reason;
  std::optional<base::Object<base::RawJson>> request_wire_headers;

  static constexpr EventType kEvent{.name = "network_loading_failed",
                                    .category = Category::network,
                                    .source = "Network.loadingFailed",
                                    .doc =
                                        "A request ended without a complete response. Where Chromium reports "
                                        "no end, telltale ends it with an `error_text` of its own."};

  static constexpr auto describe() {
    using base::field;
    return base::table<NetworkLoadingFailed>(
        kEvent.doc, base::flatten(&NetworkLoadingFailed::context),
        field("request_id", &NetworkLoadingFailed::request_id, "That of the network_request."),
        field(
            "error_text", &NetworkLoadingFailed::error_text,
            "E.g. `net::ERR_CONNECTION_REFUSED`; never empty. telltale's own: `document_gone` (its document was replaced "
            "or its frame removed), `target_gone` (its page, frame or worker is gone), `target_crashed`, "
            "`request_gone` (a preflight whose request has ended), `timed_out` (no response after 5 minutes, of a "
            "worker's script after 10 s), `superseded` (its id was used again), "
            "`response_unknown` (it ended, but its response was never reported), `not_tracked` (too many "
            "requests at once), `observation_ended` (the session or its connection has ended)."),
        field("canceled", &NetworkLoadingFailed::canceled,
              "Whether the page or a navigation gave the request up."),
        field("resource_type", &NetworkLoadingFailed::resource_type, "CDP ResourceType."),
        field("blocked_reason", &NetworkLoadingFailed::blocked_reason,
              "Why the browser did not let the request or its response through, as a sentence: a policy of the page "
              "or of the server, CORS, mixed content, a client, ... Absent when it failed otherwise. The texts "
              "stand in docs/attaching.md. telltale's own addition."),
        field("request_wire_headers", &NetworkLoadingFailed::request_wire_headers,
              "Request headers as they were sent, if they were. telltale's own addition."));
  }
};

struct NetworkIdle {
  EventContext context;

  static constexpr EventType kEvent{
      .name = "network_idle",
      .category = Category::network,
      .doc = "No request was in flight for 500 ms; at most once per top-level navigation. Computed."};

  static constexpr auto describe() {
    return base::table<NetworkIdle>(kEvent.doc, base::flatten(&NetworkIdle::context));
  }
};

}  // namespace telltale::telemetry

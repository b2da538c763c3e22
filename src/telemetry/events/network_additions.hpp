#pragma once

// Events of the category `network` that the public contract does not know: telltale's own.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "telemetry/event_context.hpp"
#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

struct NetworkWebsocketOpened {
  EventContext context;
  RequestId request_id;
  std::int64_t status = 0;
  base::Object<base::RawJson> headers;
  std::optional<base::Object<base::RawJson>> request_wire_headers;

  static constexpr EventType kEvent{.name = "network_websocket_opened",
                                    .category = Category::network,
                                    .source = "Network.webSocketHandshakeResponseReceived",
                                    .doc = "A WebSocket is open. telltale's own addition."};

  static constexpr auto describe() {
    using base::field;
    using T = NetworkWebsocketOpened;
    return base::table<T>(
        kEvent.doc, base::flatten(&T::context),
        field("request_id", &T::request_id, "CDP request id; the same in all events of this WebSocket."),
        field("status", &T::status, "HTTP status code of the handshake."),
        field("headers", &T::headers, "Headers of the handshake's response."),
        field("request_wire_headers", &T::request_wire_headers, "Headers of its request, as sent."));
  }
};

enum class FrameDirection { sent, received };

constexpr std::array<base::EnumName<FrameDirection>, 2> describe_enum(FrameDirection) {
  return {{{FrameDirection::sent, "sent"}, {FrameDirection::received, "received"}}};
}

struct NetworkWebsocketFrame {
  EventContext context;
  RequestId request_id;
  FrameDirection direction = FrameDirection::sent;
  std::int64_t opcode = 0;
  std::int64_t size = 0;
  std::optional<base::Secret<std::string>> payload;

  static constexpr EventType kEvent{.name = "network_websocket_frame",
                                    .category = Category::network,
                                    .source = "Network.webSocketFrameSent",
                                    .doc = "A message over a WebSocket. telltale's own addition."};

  static constexpr auto describe() {
    using base::field;
    using T = NetworkWebsocketFrame;
    return base::table<T>(
        kEvent.doc, base::flatten(&T::context), field("request_id", &T::request_id, "That of the WebSocket."),
        field("direction", &T::direction, "As seen from the page."),
        field("opcode", &T::opcode, "As in RFC 6455: 1 text, 2 binary."),
        field("size", &T::size, "Of the whole message.").unit("bytes"),
        field("payload", &T::payload,
              "Of text, up to 4096 bytes; one that was cut ends with `...[truncated]`. Absent for others."));
  }
};

struct NetworkWebsocketClosed {
  EventContext context;
  RequestId request_id;
  std::optional<std::string> error_text;

  static constexpr EventType kEvent{
      .name = "network_websocket_closed",
      .category = Category::network,
      .source = "Network.webSocketClosed",
      .doc = "A WebSocket has ended, or could not be opened. telltale's own addition."};

  static constexpr auto describe() {
    using base::field;
    using T = NetworkWebsocketClosed;
    return base::table<T>(
        kEvent.doc, base::flatten(&T::context), field("request_id", &T::request_id, "That of the WebSocket."),
        field("error_text", &T::error_text,
              "Why it failed, in Chromium's words, or one of telltale's as in network_loading_failed; absent "
              "after an orderly end."));
  }
};

struct ProxyError {
  EventContext context;
  RequestId request_id;
  std::optional<std::string> method;
  std::int64_t status = 0;
  std::string code;
  std::optional<std::string> raw_code;
  std::optional<std::string> resource_type;

  static constexpr EventType kEvent{
      .name = "proxy_error",
      .category = Category::network,
      .source = "Network.responseReceived",
      .doc =
          "A proxy answered instead of the site, with status 502 or 403 and the header "
          "X-Kernel-Proxy-Error. At most one per second of each session, code and resource type."};

  static constexpr auto describe() {
    using base::field;
    using T = ProxyError;
    return base::table<T>(
        kEvent.doc, base::flatten(&T::context),
        field("request_id", &T::request_id, "That of the network_request."),
        field("method", &T::method, "HTTP method of the request."),
        field("status", &T::status, "HTTP status code."),
        field("code", &T::code,
              "destination_blocked, provider_blacklisted, provider_unreachable, proxy_unavailable, "
              "upstream_timeout, upstream_dns_failure, upstream_connect_failed, "
              "restricted_route_unavailable, network_policy_denied, or unknown."),
        field("raw_code", &T::raw_code, "What the header says, when the code is unknown."),
        field("resource_type", &T::resource_type, "CDP ResourceType."));
  }
};

}  // namespace telltale::telemetry

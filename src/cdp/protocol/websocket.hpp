#pragma once

// WebSocket events of the Network domain, as Chromium 156 sends them.

#include <optional>
#include <string>

#include "cdp/protocol/network.hpp"

namespace telltale::cdp::network {

struct WebSocketCreated {
  static constexpr std::string_view kMethod = "Network.webSocketCreated";
  base::RequestId request_id;
  std::string url;

  static constexpr auto describe() {
    using T = WebSocketCreated;
    return table<T>(kMethod, field("requestId", &T::request_id, ""), field("url", &T::url, ""),
                    ignored("initiator", "always a script"));
  }
};

struct WebSocketResponse {
  std::int64_t status = 0;
  Headers headers;
  std::optional<Headers> request_headers;

  static constexpr auto describe() {
    using T = WebSocketResponse;
    return table<T>("Network.WebSocketResponse", field("status", &T::status, ""),
                    field("headers", &T::headers, ""), field("requestHeaders", &T::request_headers, ""),
                    ignored("statusText", "always that of 101"), ignored("headersText", "repeats headers"),
                    ignored("requestHeadersText", "repeats requestHeaders"));
  }
};

struct WebSocketHandshakeResponseReceived {
  static constexpr std::string_view kMethod = "Network.webSocketHandshakeResponseReceived";
  base::RequestId request_id;
  WebSocketResponse response;

  static constexpr auto describe() {
    using T = WebSocketHandshakeResponseReceived;
    return table<T>(kMethod, field("requestId", &T::request_id, ""), field("response", &T::response, ""),
                    ignored("timestamp", "the envelope has its own"));
  }
};

struct WebSocketFrame {
  std::int64_t opcode = 0;
  std::string payload_data;

  static constexpr auto describe() {
    using T = WebSocketFrame;
    return table<T>("Network.WebSocketFrame", field("opcode", &T::opcode, "1 text, 2 binary"),
                    field("payloadData", &T::payload_data, "base64 unless opcode is 1"),
                    ignored("mask", "direction says it"));
  }
};

struct WebSocketFrameSent {
  static constexpr std::string_view kMethod = "Network.webSocketFrameSent";
  base::RequestId request_id;
  WebSocketFrame response;

  static constexpr auto describe() {
    using T = WebSocketFrameSent;
    return table<T>(kMethod, field("requestId", &T::request_id, ""), field("response", &T::response, ""),
                    ignored("timestamp", "the envelope has its own"));
  }
};

struct WebSocketFrameReceived {
  static constexpr std::string_view kMethod = "Network.webSocketFrameReceived";
  base::RequestId request_id;
  WebSocketFrame response;

  static constexpr auto describe() {
    using T = WebSocketFrameReceived;
    return table<T>(kMethod, field("requestId", &T::request_id, ""), field("response", &T::response, ""),
                    ignored("timestamp", "the envelope has its own"));
  }
};

struct WebSocketFrameError {
  static constexpr std::string_view kMethod = "Network.webSocketFrameError";
  base::RequestId request_id;
  std::string error_message;

  static constexpr auto describe() {
    using T = WebSocketFrameError;
    return table<T>(kMethod, field("requestId", &T::request_id, ""),
                    field("errorMessage", &T::error_message, ""),
                    ignored("timestamp", "webSocketClosed follows"));
  }
};

struct WebSocketClosed {
  static constexpr std::string_view kMethod = "Network.webSocketClosed";
  base::RequestId request_id;

  static constexpr auto describe() {
    return table<WebSocketClosed>(kMethod, field("requestId", &WebSocketClosed::request_id, ""),
                                  ignored("timestamp", "the envelope has its own"));
  }
};

}  // namespace telltale::cdp::network

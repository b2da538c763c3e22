// Network.webSocket* -> network_websocket_opened, network_websocket_frame, network_websocket_closed.

#include <utility>

#include "collector/body_text.hpp"
#include "collector/collector.hpp"
#include "collector/limits.hpp"

namespace telltale::collector {

using telemetry::FrameDirection;

void Collector::on_event(const cdp::network::WebSocketCreated& created, const base::CdpSessionId& id,
                         base::Time, Output&) {
  Session* session = tree_.find(id);
  if (session == nullptr || !captures(telemetry::Category::network)) return;
  TrackedWebSocket socket{context_of(session), id};
  socket.context.url = created.url;
  websockets_.add(created.request_id, std::move(socket));
}

void Collector::on_event(const cdp::network::WebSocketHandshakeResponseReceived& received,
                         const base::CdpSessionId& id, base::Time now, Output& out) {
  const TrackedWebSocket* socket = websockets_.find(received.request_id);
  if (socket == nullptr) return;
  telemetry::NetworkWebsocketOpened event;
  event.context = socket->context;
  event.request_id = received.request_id;
  event.status = received.response.status;
  event.headers = received.response.headers;
  event.request_wire_headers = received.response.request_headers;
  publish(std::move(event), tree_.find(id), received.kMethod, now, out);
}

void Collector::publish_message(const base::RequestId& id, const cdp::network::WebSocketFrame& frame,
                                FrameDirection direction, std::string_view source, base::Time now,
                                Output& out) {
  const TrackedWebSocket* socket = websockets_.find(id);
  if (socket == nullptr) return;
  telemetry::NetworkWebsocketFrame event;
  event.context = socket->context;
  event.request_id = id;
  event.direction = direction;
  event.opcode = frame.opcode;
  if (frame.opcode == 1) {
    event.size = static_cast<std::int64_t>(frame.payload_data.size());
    event.payload.emplace(capped_text(frame.payload_data, limits::kWebSocketPayloadBytes));
  } else {
    event.size = static_cast<std::int64_t>(base64_size(frame.payload_data));
  }
  publish(std::move(event), tree_.find(socket->session), source, now, out);
}

void Collector::on_event(const cdp::network::WebSocketFrameSent& sent, const base::CdpSessionId&,
                         base::Time now, Output& out) {
  publish_message(sent.request_id, sent.response, FrameDirection::sent, sent.kMethod, now, out);
}

void Collector::on_event(const cdp::network::WebSocketFrameReceived& received, const base::CdpSessionId&,
                         base::Time now, Output& out) {
  publish_message(received.request_id, received.response, FrameDirection::received, received.kMethod, now,
                  out);
}

void Collector::on_event(const cdp::network::WebSocketFrameError& error, const base::CdpSessionId&,
                         base::Time, Output&) {
  if (TrackedWebSocket* socket = websockets_.find(error.request_id)) socket->error = error.error_message;
}

void Collector::on_event(const cdp::network::WebSocketClosed& closed, const base::CdpSessionId&,
                         base::Time now, Output& out) {
  close_websocket(closed.request_id, std::nullopt, closed.kMethod, now, out);
}

void Collector::close_websocket(const base::RequestId& id, std::optional<std::string> error_text,
                                std::string_view source, base::Time now, Output& out) {
  auto socket = websockets_.take(id);
  if (!socket) return;
  telemetry::NetworkWebsocketClosed event;
  event.context = std::move(socket->context);
  event.request_id = id;
  event.error_text = socket->error ? std::move(socket->error) : std::move(error_text);
  publish(std::move(event), tree_.find(socket->session), source, now, out);
}

void Collector::close_websockets(const base::CdpSessionId& session, const Cause& cause, base::Time now,
                                 Output& out) {
  for (const auto& id : websockets_.of(session)) {
    close_websocket(id, std::string(cause.error_text), cause.source, now, out);
  }
}

}  // namespace telltale::collector

#pragma once

// Beast's WebSocket over the read-ahead layer; shared by the client and the relay, and by nobody outside of
// this folder.

#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <string>
#include <utility>

#include "net/read_ahead_socket.hpp"
#include "net/websocket.hpp"

namespace telltale::net {

using WebSocketStream = boost::beast::websocket::stream<ReadAheadSocket, /*deflateSupported=*/false>;

// Found by Beast through argument-dependent lookup: how to end a connection over the read-ahead layer.
template <class TeardownHandler>
void async_teardown(boost::beast::role_type role, ReadAheadSocket& stream, TeardownHandler&& handler) {
  using boost::beast::websocket::async_teardown;
  async_teardown(role, stream.next_layer(), std::forward<TeardownHandler>(handler));
}

/// The settings of both sides: no bound of Beast's own on messages, one message in one frame, pings,
/// deadlines.
void configure(WebSocketStream& stream, const WebSocketLimits& limits);
/// The client's handshake. `via`: see net::via(). Errors: protocol (refused with a status), invalid_argument (it leads
/// back to this process), timeout, stopped, closed.
base::Task<base::Result<void>> shake_hands(WebSocketStream& stream, std::string authority, std::string target,
                                           std::string via);
/// Connects and shakes hands; errors as connect_websocket().
base::Task<base::Result<WebSocketStream>> connect_stream(std::string url, WebSocketLimits limits,
                                                         std::string via);
/// What a failed read says about the peer.
base::Error read_failure(const WebSocketStream& stream, boost::system::error_code error);

}  // namespace telltale::net

#pragma once

// The client's side of a WebSocket whose handshake is done.

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string_view>

#include "net/websocket.hpp"

namespace telltale::net {

/// `early`: what the server said right behind its answer to the handshake, at most kReadAheadBytes.
std::unique_ptr<MessageTransport> make_websocket_client(base::asio::ip::tcp::socket socket, std::string_view early,
                                                        WebSocketLimits limits);

}  // namespace telltale::net

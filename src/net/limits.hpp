#pragma once

// The bounds of src/net: unit, value, why, and what happens at the limit.

#include <chrono>
#include <cstddef>

namespace telltale::net::limits {

using namespace std::chrono_literals;

/// Bytes of one WebSocket message from the browser. Screenshots and bodies are the largest we ask for (tens
/// of MB). Beyond it the message is discarded to its end, the call it answers fails, and it is counted.
inline constexpr std::size_t kWebSocketMessageBytes = 64u << 20;
/// Bytes read from a WebSocket at a time. Beast alone reads 1.5 KB: 859 instead of 323 ns per frame.
inline constexpr std::size_t kReadAheadBytes = 256u << 10;
/// Time for which one WebSocket may be read without a break. At the limit the loop does what else waits and then
/// goes on: a busy browser must not keep other sessions and consumers of its loop waiting. Where that takes long,
/// the next turn has a quarter of it, up to the second figure: consumers must not keep the browser waiting either.
inline constexpr auto kReadTurn = 2ms;
inline constexpr auto kLongestReadTurn = 10ms;
/// Bytes queued for sending on a WebSocket. Commands are small; at the limit send() fails with Errc::limit.
inline constexpr std::size_t kWebSocketSendQueueBytes = 64u << 20;
/// Bytes of an HTTP request's header block. At the limit: 431.
inline constexpr std::size_t kHttpHeaderBytes = 32u << 10;
/// Bytes of an HTTP request's body. At the limit: 413.
inline constexpr std::size_t kHttpBodyBytes = 8u << 20;
/// Time that a body which its handler reads as it comes (files) may take; between two of its pieces
/// kHttpRequestTimeout. At the limit: 408.
inline constexpr auto kHttpStreamedBodyTimeout = 10min;
/// Bytes of the header of one part of a multipart body, and of what comes before the first; parts of one body.
/// Beyond them the body is refused.
inline constexpr std::size_t kMultipartHeaderBytes = 8u << 10;
inline constexpr std::size_t kMultipartParts = 16;
/// Bytes of a response body that the HTTP client accepts. At the limit the call fails with Errc::limit.
inline constexpr std::size_t kHttpClientBodyBytes = 64u << 20;
/// Time for a client to send a whole request header, and the body (slow loris). At the limit: 408, connection
/// closed.
inline constexpr auto kHttpRequestTimeout = 15s;
/// Time a kept-alive HTTP connection may stay idle between requests. At the limit it is closed.
inline constexpr auto kHttpIdleTimeout = 75s;
/// Time one write to an HTTP client may take before the client is taken for gone and its connection is
/// closed.
inline constexpr auto kHttpWriteTimeout = 30s;
/// Open HTTP connections. At the limit a new one is answered 503 and closed.
inline constexpr std::size_t kHttpConnections = 10'000;
/// Time for connect and WebSocket handshake.
inline constexpr auto kConnectTimeout = 5s;
/// A WebSocket without any traffic for this long is pinged at half of it, and taken for dead at the end.
inline constexpr auto kWebSocketIdleTimeout = 10s;
/// Bytes that a relayed WebSocket holds for a client that does not take them, and how long it may take
/// nothing then before it is closed with the reason.
inline constexpr std::size_t kRelayQueueBytes = 16u << 20;
inline constexpr auto kRelayStallTimeout = 5s;
/// A relayed client that answers no ping for this long is taken for gone. Longer than a browser's: a client
/// that is stopped in a debugger answers none.
inline constexpr auto kRelayIdleTimeout = 60s;
/// Time that open requests get to end after a stop before their connections are closed.
inline constexpr auto kGracefulStopTimeout = 1s;

}  // namespace telltale::net::limits

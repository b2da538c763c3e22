#pragma once

// Frames of the DevTools WebSocket -> values. The only place that knows simdjson.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.hpp"
#include "cdp/notification.hpp"

namespace telltale::cdp {

/// The answer to a command: the text of its `result` object, or the browser's error.
struct Reply {
  std::uint64_t id = 0;
  base::Result<std::string> result;  ///< JSON object; Errc::protocol with the browser's message on error
};

/// A notification whose method telltale does not use: skipped without decoding its parameters.
struct Unused {};

using Frame = std::variant<Reply, Notification, Unused>;

/// Decodes frames one after the other, reusing its buffers. Tolerant: unknown methods and members are
/// skipped, unknown enum values stay strings, lone surrogates become U+FFFD. One per connection, one loop.
class Decoder {
 public:
  Decoder();
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  /// `text` is one message followed by net::kMessagePadding readable bytes. Errors: protocol, when it is not
  /// JSON, has no id and no method, or a known method has a bad shape (the message names method and member).
  base::Result<Frame> decode(std::string_view text);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Decodes the result of a command into a described struct of protocol/. Instantiated in decode.cpp for every
/// *Result.
template <class Result_>
base::Result<Result_> decode_result(const std::string& json);

/// The id of the command that a discarded message answered, from the beginning of the message.
std::optional<std::uint64_t> id_of_prefix(std::string_view prefix) noexcept;

/// The method of a notification from its beginning, also of one that is not decoded; empty when it does not
/// begin as Chromium's do.
std::string_view method_of_prefix(std::string_view prefix) noexcept;

/// The Notification of one frame as text without padding; for tests and recorded traces.
base::Result<Frame> decode_copy(std::string_view text);

/// Encodes an event back to the text of its frame's params; for the round-trip tests.
std::string encode_params(const Event& event);

}  // namespace telltale::cdp

#pragma once

// The frames of a WebSocket as its client sees them (RFC 6455, sections 5 and 7.4), without I/O.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/message_buffer.hpp"

namespace telltale::net {

/// The codes of a closing handshake that we use (RFC 6455 7.4.1).
enum class CloseCode : std::uint16_t {
  normal = 1000,
  protocol_error = 1002,
  none = 1005,  ///< The peer gave no code; never sent.
};

/// Cuts what a server sends into messages. One large read holds hundreds of frames, and a message that lies in
/// it whole is handed out where it lies. UTF-8 is left to whoever parses the text.
class FrameReader {
 public:
  enum class Kind {
    none,       ///< Nothing is whole: read more.
    message,    ///< `bytes`, with kMessagePadding readable bytes behind.
    oversized,  ///< A message above the limit: `bytes` is its beginning, `size` its length.
    ping,       ///< `bytes` is what the pong has to say.
    pong,
    close,      ///< `code`, and the reason in `bytes`. Nothing may follow.
    violation,  ///< The peer broke the protocol; `bytes` says how. next() must not be called again.
  };
  struct Item {
    Kind kind = Kind::none;
    std::string_view bytes;
    std::size_t size = 0;
    std::uint16_t code = 0;
  };

  explicit FrameReader(std::size_t message_bytes);

  /// Where the next read goes; never empty once next() has returned none. Ends the views of next().
  std::span<char> prepare();
  /// The first `size` bytes of prepare() were read.
  void commit(std::size_t size) noexcept { end_ += size; }
  /// The next item of what was read; its views last until the next call of this object.
  Item next();

 private:
  struct Header {
    unsigned opcode = 0;
    bool final = false;
    std::size_t header_bytes = 0;
    std::uint64_t payload_bytes = 0;
  };

  // False when it is not whole yet, or `violation_` says what is wrong with it.
  bool read_header(Header& header);
  // What a header alone says against it; empty when nothing does.
  [[nodiscard]] std::string_view objection(const Header& header, std::uint8_t first, std::uint8_t second) const;
  Item control(const Header& header);
  Item close(std::string_view payload) const;
  // True when all of the frame's payload has gone into message_.
  bool collect();
  Item collected();

  std::unique_ptr<char[]> storage_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  MessageBuffer message_;          ///< what does not fit into storage_, or comes in fragments
  std::uint64_t frame_left_ = 0;   ///< payload of the present frame that has not gone into message_ yet
  bool collecting_ = false;        ///< inside a frame that goes into message_
  bool fragmented_ = false;        ///< between the first and the last fragment of a message
  bool final_ = false;             ///< the frame being collected is its message's last
  bool handed_out_ = false;        ///< message_ was returned by the last next()
  std::string_view violation_;
};

/// Makes the frames of a client. Every one is masked with a key that nobody can foresee.
class FrameWriter {
 public:
  enum class Opcode : std::uint8_t { text = 1, close = 8, ping = 9, pong = 10 };
  static constexpr std::size_t kMostControlBytes = 125;

  /// Appends the whole frame to `out`. Of a control frame's payload at most kMostControlBytes.
  void append(std::string& out, Opcode opcode, std::string_view payload);
  void append_close(std::string& out, CloseCode code);

 private:
  using Key = std::array<unsigned char, 4>;
  Key next_key();

  std::array<unsigned char, 256> random_{};  ///< fetched from the kernel for many keys at a time
  std::size_t used_ = random_.size();
};

}  // namespace telltale::net

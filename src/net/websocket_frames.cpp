#include "net/websocket_frames.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/random.hpp"
#include "base/utf8.hpp"
#include "net/limits.hpp"
#include "net/websocket.hpp"

namespace telltale::net {
namespace {

constexpr std::size_t kCapacity = limits::kReadAheadBytes;
// The first byte of a frame: FIN, three reserved bits, opcode. The second: MASK, length.
constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kOpcode = 0x0f;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kLength = 0x7f;
constexpr std::uint8_t kLength16 = 126;
constexpr std::uint8_t kLength64 = 127;

constexpr unsigned kContinuation = 0;
constexpr unsigned kBinary = 2;  // and text is 1
constexpr unsigned kClose = 8;
constexpr unsigned kPing = 9;
constexpr unsigned kPong = 10;

constexpr bool is_control(unsigned opcode) noexcept { return opcode >= kClose; }
constexpr bool is_known(unsigned opcode) noexcept {
  return opcode <= kBinary || (opcode >= kClose && opcode <= kPong);
}

std::uint64_t big_endian(const char* bytes, std::size_t size) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = size; i-- > 0;) out += static_cast<char>(value >> 8 * i & 0xff);
}

// RFC 6455 7.4: 1004 to 1006 and 1014 to 2999 are reserved or never sent, below and above is nothing.
constexpr bool is_valid_close_code(std::uint16_t code) noexcept {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1013) || (code >= 3000 && code <= 4999);
}

}  // namespace

FrameReader::FrameReader(std::size_t message_bytes)
    : storage_(std::make_unique_for_overwrite<char[]>(kCapacity + kMessagePadding)), message_(message_bytes) {}

std::span<char> FrameReader::prepare() {
  // What is left is less than one frame, so this moves little, and a large frame only once.
  if (begin_ > 0) {
    std::memmove(storage_.get(), storage_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return {storage_.get() + end_, kCapacity - end_};
}

FrameReader::Item FrameReader::next() {
  if (std::exchange(handed_out_, false)) message_.clear();
  for (;;) {
    if (collecting_) {
      if (!collect()) return {};
      if (final_) return collected();
    }
    Header header;
    if (!read_header(header)) {
      if (violation_.empty()) return {};
      return {.kind = Kind::violation, .bytes = violation_};
    }
    const bool whole = end_ - begin_ - header.header_bytes >= header.payload_bytes;
    if (is_control(header.opcode)) {
      if (!whole) return {};
      return control(header);
    }
    const bool alone = header.final && !fragmented_;
    if (alone && header.header_bytes + header.payload_bytes <= kCapacity) {
      if (!whole) return {};
      const std::size_t at = begin_ + header.header_bytes;
      begin_ = at + header.payload_bytes;
      const std::string_view payload(storage_.get() + at, header.payload_bytes);
      if (payload.size() <= message_.limit()) return {.kind = Kind::message, .bytes = payload};
      return {.kind = Kind::oversized, .bytes = payload, .size = payload.size()};
    }
    begin_ += header.header_bytes;
    frame_left_ = header.payload_bytes;
    collecting_ = true;
    final_ = header.final;
    fragmented_ = !header.final;
  }
}

bool FrameReader::read_header(Header& header) {
  const std::size_t available = end_ - begin_;
  if (available < 2) return false;
  const char* const at = storage_.get() + begin_;
  const auto first = static_cast<std::uint8_t>(at[0]);
  const auto second = static_cast<std::uint8_t>(at[1]);
  const std::uint8_t length = second & kLength;
  header.opcode = first & kOpcode;
  header.final = (first & kFinal) != 0;
  header.payload_bytes = length;
  header.header_bytes = length == kLength16 ? 4 : length == kLength64 ? 10 : 2;
  violation_ = objection(header, first, second);
  if (!violation_.empty() || available < header.header_bytes) return false;
  if (header.header_bytes > 2) {
    header.payload_bytes = big_endian(at + 2, header.header_bytes - 2);
    const bool needs_64 = header.payload_bytes > 0xffff;
    const bool needs_16 = header.payload_bytes >= kLength16;
    if (!(length == kLength64 ? needs_64 : needs_16)) violation_ = "a length was not written in the shortest way";
    if (header.payload_bytes >> 63 != 0) violation_ = "a frame claims more than 2^63 bytes";
  }
  return violation_.empty();
}

std::string_view FrameReader::objection(const Header& header, std::uint8_t first, std::uint8_t second) const {
  if ((first & kReserved) != 0) return "a frame has reserved bits set";
  if (!is_known(header.opcode)) return "a frame has a reserved opcode";
  if ((second & kMasked) != 0) return "the server masked a frame";
  if (is_control(header.opcode)) {
    if (!header.final) return "a control frame came in fragments";
    if (header.header_bytes > 2) return "a control frame is longer than 125 bytes";
  } else if (header.opcode == kContinuation) {
    if (!fragmented_) return "a continuation has nothing to continue";
  } else if (fragmented_) {
    return "a message began inside another";
  }
  return {};
}

FrameReader::Item FrameReader::control(const Header& header) {
  const std::string_view payload(storage_.get() + begin_ + header.header_bytes, header.payload_bytes);
  begin_ += header.header_bytes + header.payload_bytes;
  switch (header.opcode) {
    case kPing:
      return {.kind = Kind::ping, .bytes = payload};
    case kPong:
      return {.kind = Kind::pong, .bytes = payload};
    default:
      return close(payload);
  }
}

FrameReader::Item FrameReader::close(std::string_view payload) const {
  if (payload.empty()) return {.kind = Kind::close, .bytes = {}, .code = static_cast<std::uint16_t>(CloseCode::none)};
  if (payload.size() == 1) return {.kind = Kind::violation, .bytes = "half a close code"};
  const auto code = static_cast<std::uint16_t>(big_endian(payload.data(), 2));
  if (!is_valid_close_code(code)) return {.kind = Kind::violation, .bytes = "a close code that must not be sent"};
  payload.remove_prefix(2);
  if (!base::is_utf8(payload)) return {.kind = Kind::violation, .bytes = "a close reason that is not UTF-8"};
  return {.kind = Kind::close, .bytes = payload, .code = code};
}

bool FrameReader::collect() {
  while (frame_left_ > 0 && begin_ < end_) {
    const auto space = message_.prepare();
    const auto size = static_cast<std::size_t>(
        std::min<std::uint64_t>({frame_left_, end_ - begin_, space.size()}));
    std::memcpy(space.data(), storage_.get() + begin_, size);
    message_.commit(size);
    begin_ += size;
    frame_left_ -= size;
  }
  if (frame_left_ > 0) return false;
  collecting_ = false;
  return true;
}

FrameReader::Item FrameReader::collected() {
  handed_out_ = true;
  if (!message_.oversized()) return {.kind = Kind::message, .bytes = message_.text()};
  return {.kind = Kind::oversized, .bytes = message_.text(), .size = message_.size()};
}

void FrameWriter::append(std::string& out, Opcode opcode, std::string_view payload) {
  if (opcode != Opcode::text) payload = payload.substr(0, kMostControlBytes);
  out += static_cast<char>(kFinal | static_cast<std::uint8_t>(opcode));
  if (payload.size() < kLength16) {
    out += static_cast<char>(kMasked | payload.size());
  } else if (payload.size() <= 0xffff) {
    out += static_cast<char>(kMasked | kLength16);
    append_big_endian(out, payload.size(), 2);
  } else {
    out += static_cast<char>(kMasked | kLength64);
    append_big_endian(out, payload.size(), 8);
  }
  const Key key = next_key();
  out.append(key.begin(), key.end());
  const std::size_t at = out.size();
  out += payload;
  char* const bytes = out.data() + at;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ key[i % key.size()]);
  }
}

void FrameWriter::append_close(std::string& out, CloseCode code) {
  std::string payload;
  if (code != CloseCode::none) append_big_endian(payload, static_cast<std::uint16_t>(code), 2);
  append(out, Opcode::close, payload);
}

FrameWriter::Key FrameWriter::next_key() {
  if (used_ == random_.size()) {
    base::fill_random(random_);
    used_ = 0;
  }
  Key key;
  std::memcpy(key.data(), random_.data() + used_, key.size());
  used_ += key.size();
  return key;
}

}  // namespace telltale::net

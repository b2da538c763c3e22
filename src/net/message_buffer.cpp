#include "net/message_buffer.hpp"

#include <algorithm>
#include <cstring>

#include "net/websocket.hpp"

namespace telltale::net {
namespace {

constexpr std::size_t kFirstCapacity = 64u << 10;
/// Above this the memory is given back after the message: a screenshot must not pin tens of megabytes per
/// session.
constexpr std::size_t kKeptCapacity = 1u << 20;
/// What on_oversized_message() gets to see.
constexpr std::size_t kPrefixBytes = 4u << 10;
/// Less free space than this is not worth a read.
constexpr std::size_t kLeastSpace = 16u << 10;

}  // namespace

MessageBuffer::MessageBuffer(std::size_t message_bytes) : message_bytes_(message_bytes) {
  reserve(kFirstCapacity);
}

std::span<char> MessageBuffer::prepare() {
  if (capacity_ - kept_ < kLeastSpace) reserve(std::max(2 * capacity_, kept_ + kLeastSpace));
  return {storage_.get() + kept_, capacity_ - kept_};
}

void MessageBuffer::commit(std::size_t size) {
  if (dropped_ > 0) {
    dropped_ += size;
    return;
  }
  kept_ += size;
  if (kept_ <= message_bytes_) return;
  const std::size_t prefix = std::min(kept_, kPrefixBytes);
  dropped_ = kept_ - prefix;
  kept_ = prefix;
}

void MessageBuffer::clear() {
  kept_ = 0;
  dropped_ = 0;
  if (capacity_ <= kKeptCapacity) return;
  capacity_ = 0;
  storage_.reset();
  reserve(kFirstCapacity);
}

void MessageBuffer::reserve(std::size_t bytes) {
  auto grown = std::make_unique_for_overwrite<char[]>(bytes + kMessagePadding);
  if (kept_ > 0) std::memcpy(grown.get(), storage_.get(), kept_);
  storage_ = std::move(grown);
  capacity_ = bytes;
}

}  // namespace telltale::net

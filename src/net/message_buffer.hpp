#pragma once

// Where a WebSocket assembles one message at a time.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace telltale::net {

/// Contiguous, padded, bounded. Beyond the bound only the beginning of a message is kept and the rest is
/// counted.
class MessageBuffer {
 public:
  explicit MessageBuffer(std::size_t message_bytes);

  /// Space for the next piece; never empty.
  std::span<char> prepare();
  /// The first `size` bytes of prepare() hold the next piece.
  void commit(std::size_t size);
  /// Forgets the message; gives back the memory of a large one.
  void clear();

  /// What is kept of the message. kMessagePadding readable bytes follow.
  [[nodiscard]] std::string_view text() const noexcept { return {storage_.get(), kept_}; }
  /// Its length so far, kept or not.
  [[nodiscard]] std::size_t size() const noexcept { return kept_ + dropped_; }
  [[nodiscard]] bool oversized() const noexcept { return dropped_ > 0; }
  /// The bound of a message.
  [[nodiscard]] std::size_t limit() const noexcept { return message_bytes_; }

 private:
  void reserve(std::size_t bytes);

  std::size_t message_bytes_;
  std::size_t capacity_ = 0;  ///< without the padding
  std::size_t kept_ = 0;
  std::size_t dropped_ = 0;
  std::unique_ptr<char[]> storage_;
};

}  // namespace telltale::net

#pragma once

// A TCP socket that reads much at a time and hands it out in the small pieces that Beast asks for.

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "base/task.hpp"
#include "net/limits.hpp"

namespace telltale::net {

/// Models AsyncReadStream and AsyncWriteStream for Beast's websocket::stream, which by itself reads 1.5 KB at
/// a time. One read at a time; the object must outlive it.
class ReadAheadSocket {
 public:
  using Socket = base::asio::ip::tcp::socket;
  using next_layer_type = Socket;
  using executor_type = Socket::executor_type;

  explicit ReadAheadSocket(Socket socket)
      : socket_(std::move(socket)),
        storage_(std::make_unique_for_overwrite<char[]>(limits::kReadAheadBytes)) {}

  [[nodiscard]] executor_type get_executor() noexcept { return socket_.get_executor(); }
  [[nodiscard]] Socket& next_layer() noexcept { return socket_; }
  [[nodiscard]] const Socket& next_layer() const noexcept { return socket_; }

  /// While it is set, no read goes past the end of an HTTP head: what a server says right behind its answer to
  /// the handshake stays here, for take() or for later reads.
  void stop_at_head_end(bool stop) noexcept {
    stop_at_head_end_ = stop;
    matched_ = 0;
  }

  /// The bytes that were read and not handed out; they are gone from here.
  [[nodiscard]] std::string_view take() noexcept {
    const std::string_view rest(storage_.get() + begin_, end_ - begin_);
    begin_ = end_;
    return rest;
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return base::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
        Read<Buffers>{*this, buffers}, token, socket_);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return socket_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  template <class Buffers>
  struct Read {
    ReadAheadSocket& stream;
    Buffers buffers;
    bool started = false;

    template <class Self>
    void operator()(Self& self, boost::system::error_code error = {}, std::size_t size = 0) {
      if (!std::exchange(started, true)) return stream.fetch(self);
      if (error) return self.complete(error, 0);
      stream.end_ += size;
      self.complete(error, stream.copy_to(buffers));
    }
  };

  template <class Self>
  void fetch(Self& self) {
    // The contract of async operations forbids to complete inside the initiating call, hence post() for what
    // is here.
    if (begin_ < end_) return base::asio::post(socket_.get_executor(), std::move(self));
    begin_ = end_ = 0;
    socket_.async_read_some(base::asio::buffer(storage_.get(), limits::kReadAheadBytes),
                            std::move(self));
  }

  template <class Buffers>
  std::size_t copy_to(const Buffers& buffers) {
    std::size_t size = std::min(base::asio::buffer_size(buffers), end_ - begin_);
    if (stop_at_head_end_) size = up_to_head_end(size);
    base::asio::buffer_copy(buffers, base::asio::buffer(storage_.get() + begin_, size));
    begin_ += size;
    return size;
  }

  // How many of the next `size` bytes belong to the head.
  std::size_t up_to_head_end(std::size_t size) noexcept {
    constexpr std::string_view kEnd = "\r\n\r\n";
    for (std::size_t i = 0; i < size; ++i) {
      const char byte = storage_[begin_ + i];
      matched_ = byte == kEnd[matched_] ? matched_ + 1 : byte == kEnd[0] ? 1 : 0;
      if (matched_ < kEnd.size()) continue;
      matched_ = 0;
      return i + 1;
    }
    return size;
  }

  Socket socket_;
  std::unique_ptr<char[]> storage_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool stop_at_head_end_ = false;
  std::size_t matched_ = 0;  ///< how much of the head's end the bytes handed out end with
};

}  // namespace telltale::net

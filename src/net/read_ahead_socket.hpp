#pragma once

// A TCP socket that reads much at a time and hands it out in the small pieces that Beast asks for.

#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <memory>
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
    const std::size_t copied =
        base::asio::buffer_copy(buffers, base::asio::buffer(storage_.get() + begin_, end_ - begin_));
    begin_ += copied;
    return copied;
  }

  Socket socket_;
  std::unique_ptr<char[]> storage_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace telltale::net

#include "shared_buffer.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

namespace telltale::bench {
namespace {

constexpr std::size_t kBufferBytes = 16u << 20;
constexpr std::size_t kReadBytes = 256u << 10;
// To each consumer in turn, so that they stay together.
constexpr std::size_t kSendBytes = 64u << 10;
// How often consumers are written to, so that each write carries many events.
constexpr auto kTick = std::chrono::milliseconds(1);
constexpr std::string_view kRequest =
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

class Server {
 public:
  Server(int listener, int browser, std::size_t event_bytes)
      : listener_(listener), browser_(browser), event_bytes_(event_bytes) {
    set_non_blocking(listener_);
    set_non_blocking(browser_);
  }

  [[noreturn]] void run() {
    for (;;) {
      accept_all();
      const bool got_some = read_browser();
      const bool sent_some = send_all();
      if (!got_some && !sent_some) std::this_thread::sleep_for(kTick);
    }
  }

 private:
  struct Consumer {
    int socket;
    std::size_t at;
  };

  void accept_all() {
    for (;;) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0) return;
      std::string rest;
      read_head(socket, rest);
      write_all(socket, std::string(kHead));
      set_non_blocking(socket);
      consumers_.push_back({socket, end_});
    }
  }

  /// Reads for a tick, or until the buffer is full.
  bool read_browser() {
    const auto until = std::chrono::steady_clock::now() + kTick;
    bool got_some = false;
    do {
      // Padded, a read takes up to some multiple of its size.
      if (end_ + 8 * kReadBytes > kBufferBytes && !compact()) break;
      const auto got = ::recv(browser_, input_.get() + input_end_, kReadBytes - input_end_, 0);
      if (got <= 0) break;
      got_some = true;
      input_end_ += static_cast<std::size_t>(got);
      take_frames();
    } while (std::chrono::steady_clock::now() < until);
    return got_some;
  }

  void take_frames() {
    std::size_t at = 0;
    for (;;) {
      const auto* const bytes = reinterpret_cast<const unsigned char*>(input_.get()) + at;
      const std::size_t available = input_end_ - at;
      if (available < 4) break;
      const bool is_long = bytes[1] == 126;
      const std::size_t head = is_long ? 4 : 2;
      const std::size_t size = is_long ? static_cast<std::size_t>(bytes[2]) << 8 | bytes[3] : bytes[1];
      if (available < head + size) break;
      append_event({input_.get() + at + head, size});
      at += head + size;
    }
    std::copy(input_.get() + at, input_.get() + input_end_, input_.get());
    input_end_ -= at;
  }

  void append_event(std::string_view frame) {
    const std::size_t before = end_;
    append("id: " + std::to_string(++seq_) + "\ndata: ");
    append(frame);
    // Frames are longer and shorter; over all of them the size is right.
    const std::uint64_t wanted = seq_ * event_bytes_;
    const std::uint64_t so_far = total_bytes_ + (end_ - before) + 2;
    if (so_far < wanted) append(std::string(wanted - so_far, ' '));
    append("\n\n");
    total_bytes_ += end_ - before;
  }

  void append(std::string_view text) {
    std::ranges::copy(text, buffer_.get() + end_);
    end_ += text.size();
  }

  /// Drops what everybody has; false when that is too little.
  bool compact() {
    std::size_t least = end_;
    for (const auto& consumer : consumers_) least = std::min(least, consumer.at);
    if (least < kBufferBytes / 2) return false;
    std::copy(buffer_.get() + least, buffer_.get() + end_, buffer_.get());
    end_ -= least;
    for (auto& consumer : consumers_) consumer.at -= least;
    return true;
  }

  bool send_all() {
    bool sent_some = false;
    for (auto& consumer : consumers_) {
      if (consumer.at == end_) continue;
      const auto size = std::min(end_ - consumer.at, kSendBytes);
      const auto sent = ::send(consumer.socket, buffer_.get() + consumer.at, size, MSG_NOSIGNAL);
      if (sent <= 0) continue;
      consumer.at += static_cast<std::size_t>(sent);
      sent_some = true;
    }
    return sent_some;
  }

  int listener_;
  int browser_;
  std::size_t event_bytes_;
  std::uint64_t total_bytes_ = 0;
  std::unique_ptr<char[]> input_ = std::make_unique<char[]>(kReadBytes);
  std::size_t input_end_ = 0;
  std::unique_ptr<char[]> buffer_ = std::make_unique<char[]>(kBufferBytes);
  std::size_t end_ = 0;
  std::uint64_t seq_ = 0;
  std::vector<Consumer> consumers_;
};

}  // namespace

void run_shared_buffer(int listener, std::uint16_t browser_port, std::size_t event_bytes) {
  const int browser = connect_to_loopback(browser_port);
  if (browser < 0) give_up("connect to the firehose");
  write_all(browser, std::string(kRequest));
  std::string rest;
  if (!read_head(browser, rest).starts_with("HTTP/1.1 101")) give_up("no WebSocket");
  Server(listener, browser, event_bytes).run();
}

}  // namespace telltale::bench

#include "consumers.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <string_view>
#include <vector>

namespace telltale::bench {
namespace {

constexpr std::size_t kReadBytes = 256u << 10;

// Only the end of an event is an empty line: a chunk's end and an HTTP head have CR LF.
std::uint64_t count_events(const char* bytes, std::size_t size, char before) {
  std::uint64_t count = size > 0 && before == '\n' && bytes[0] == '\n' ? 1 : 0;
  for (std::size_t i = 1; i < size; ++i) count += (bytes[i] == '\n') & (bytes[i - 1] == '\n');
  return count;
}

}  // namespace

void run_consumers(std::uint16_t port, const std::string& path, std::size_t count, Board& board) {
  struct Stream {
    int socket;
    char last = 0;
  };
  std::vector<Stream> streams;
  const int epoll = ::epoll_create1(0);
  for (std::size_t i = 0; i < count; ++i) {
    const int socket = connect_to_loopback(port);
    if (socket < 0) give_up("connect a consumer");
    write_all(socket, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    streams.push_back({socket});
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::string rest;
    const auto head = read_head(streams[i].socket, rest);
    if (!head.starts_with("HTTP/1.1 200")) give_up("a consumer was refused: " + head);
    set_non_blocking(streams[i].socket);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, streams[i].socket, &event);
  }
  board.connected = true;
  const auto buffer = std::make_unique<char[]>(kReadBytes);
  std::array<epoll_event, 256> ready;
  for (;;) {
    const int number = ::epoll_wait(epoll, ready.data(), static_cast<int>(ready.size()), -1);
    for (int i = 0; i < number; ++i) {
      const auto at = ready[static_cast<std::size_t>(i)].data.u64;
      Stream& stream = streams[at];
      const auto got = ::recv(stream.socket, buffer.get(), kReadBytes, 0);
      if (got < 0) continue;
      if (got == 0) give_up("a stream ended");
      const auto size = static_cast<std::size_t>(got);
      board.events[at].fetch_add(count_events(buffer.get(), size, stream.last), std::memory_order_relaxed);
      board.bytes.fetch_add(size, std::memory_order_relaxed);
      stream.last = buffer[size - 1];
    }
  }
}

}  // namespace telltale::bench

#pragma once

// What the processes of one run share, and the little they need of sockets and processes.

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

namespace telltale::bench {

inline constexpr std::size_t kMostConsumers = 4000;

/// In memory that the processes share; written by one of them each, read by all.
struct Board {
  std::atomic<bool> flow{false};           ///< set by the main program: the firehose may send
  std::atomic<std::uint64_t> frames{0};    ///< frames that the firehose has handed to its socket
  std::atomic<bool> connected{false};      ///< every consumer has the head of its stream
  std::atomic<std::uint64_t> bytes{0};     ///< bytes of all streams
  std::array<std::atomic<std::uint64_t>, kMostConsumers> events{};  ///< events that each consumer got
};

Board& make_board();

[[noreturn]] void give_up(const std::string& what);  ///< with errno

/// A child process that runs `body` and is ended with this object.
class Child {
 public:
  explicit Child(const std::function<void()>& body);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  [[nodiscard]] std::uint64_t cpu_ns() const;  ///< of all its threads, so far
  [[nodiscard]] bool running() const;

 private:
  pid_t pid_;
};

int listen_on_loopback(std::uint16_t& port);  ///< 0 picks a port
int connect_to_loopback(std::uint16_t port);  ///< -1 when nobody listens
void set_non_blocking(int socket);
void write_all(int socket, const std::string& text);
/// The head of an HTTP message; `rest` is what came behind it.
std::string read_head(int socket, std::string& rest);
void raise_descriptor_limit();

}  // namespace telltale::bench

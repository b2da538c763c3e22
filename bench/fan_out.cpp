// Many consumers of one busy browser: telltale beside a server that does nothing but fan out. bench/README.md says
// how to read what it prints.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <string_view>
#include <thread>
#include <vector>

#include "board.hpp"
#include "consumers.hpp"
#include "firehose.hpp"
#include "shared_buffer.hpp"

namespace telltale::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

struct Options {
  std::string telltale;
  std::vector<std::size_t> consumers{1, 100, 1000};
  int rounds = 5;
  std::chrono::milliseconds warm_up = 1s;
  std::chrono::milliseconds measured = 3s;
  double least = 0;  ///< of telltale's share with the most consumers, in every round
};

struct Figure {
  double per_second = 0;  ///< events delivered, all consumers together
  double cpu_ns = 0;      ///< of the server, per event delivered
  double bytes = 0;       ///< per event delivered
  double evenness = 0;    ///< events of the consumer that got least, as a share of the one that got most
  double frames = 0;      ///< of the firehose, per second
};

void wait_for(const char* what, const std::function<bool()>& done) {
  const auto deadline = steady_clock::now() + 60s;
  while (!done()) {
    if (steady_clock::now() > deadline) give_up(std::string("waited in vain for ") + what);
    std::this_thread::sleep_for(20ms);
  }
}

bool answers_200(std::uint16_t port, const std::string& path) {
  const int socket = connect_to_loopback(port);
  if (socket < 0) return false;
  write_all(socket, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  std::string rest;
  const bool is_200 = read_head(socket, rest).starts_with("HTTP/1.1 200");
  ::close(socket);
  return is_200;
}

std::uint16_t free_port() {
  std::uint16_t port = 0;
  ::close(listen_on_loopback(port));
  return port;
}

void run_telltale(const std::string& binary, std::uint16_t port, std::uint16_t browser, const std::string& state) {
  ::setenv("XDG_STATE_HOME", state.c_str(), 1);
  const std::string listen = "127.0.0.1:" + std::to_string(port);
  const std::string attach = "http://127.0.0.1:" + std::to_string(browser);
  ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  ::execl(binary.c_str(), binary.c_str(), "serve", "--no-auth", "--listen", listen.c_str(), "--attach",
          attach.c_str(), static_cast<char*>(nullptr));
  std::_Exit(127);
}

struct Sample {
  steady_clock::time_point time = steady_clock::now();
  std::uint64_t cpu_ns;
  std::uint64_t frames;
  std::uint64_t bytes;
  std::vector<std::uint64_t> events;

  Sample(const Child& server, const Board& board, std::size_t consumers)
      : cpu_ns(server.cpu_ns()), frames(board.frames), bytes(board.bytes) {
    for (std::size_t i = 0; i < consumers; ++i) events.push_back(board.events[i]);
  }
};

Figure figure(const Sample& before, const Sample& after) {
  const double seconds = std::chrono::duration<double>(after.time - before.time).count();
  std::vector<std::uint64_t> events;
  double sum = 0;
  for (std::size_t i = 0; i < before.events.size(); ++i) {
    events.push_back(after.events[i] - before.events[i]);
    sum += static_cast<double>(events.back());
  }
  const auto [least, most] = std::ranges::minmax(events);
  const double delivered = std::max(sum, 1.0);
  return {.per_second = sum / seconds,
          .cpu_ns = static_cast<double>(after.cpu_ns - before.cpu_ns) / delivered,
          .bytes = static_cast<double>(after.bytes - before.bytes) / delivered,
          .evenness = static_cast<double>(least) / static_cast<double>(std::max<std::uint64_t>(most, 1)),
          .frames = static_cast<double>(after.frames - before.frames) / seconds};
}

/// One run: firehose, server and consumers are processes of their own, and end with it.
/// `event_bytes`: of the shared buffer; 0 means that telltale is measured.
Figure measure(const Options& options, std::size_t consumers, std::size_t event_bytes) {
  const bool reference = event_bytes > 0;
  Board& board = make_board();
  std::uint16_t browser_port = 0;
  const int browser = listen_on_loopback(browser_port);
  const Child firehose([&] { run_firehose(browser, browser_port, board); });
  std::uint16_t port = reference ? 0 : free_port();
  const int listener = reference ? listen_on_loopback(port) : -1;
  const std::string state =
      std::filesystem::temp_directory_path() / ("telltale_fan_out_" + std::to_string(::getpid()));
  const Child server([&] {
    if (reference) run_shared_buffer(listener, browser_port, event_bytes);
    run_telltale(options.telltale, port, browser_port, state);
  });
  if (!reference) wait_for("telltale", [&] { return server.running() && answers_200(port, "/browsers/attached"); });
  const std::string path = reference ? "/" : "/browsers/attached/telemetry/stream";
  const Child sink([&] { run_consumers(port, path, consumers, board); });
  wait_for("the consumers", [&] { return board.connected.load() && sink.running(); });
  board.flow = true;
  std::this_thread::sleep_for(options.warm_up);
  const Sample before(server, board, consumers);
  std::this_thread::sleep_for(options.measured);
  const Sample after(server, board, consumers);
  if (!firehose.running() || !server.running() || !sink.running()) give_up("a process of the run ended");
  ::close(browser);
  if (listener >= 0) ::close(listener);
  std::filesystem::remove_all(state);
  return figure(before, after);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const auto half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void print(int round, std::size_t consumers, const char* server, const Figure& figure) {
  std::printf("%5d  %9zu  %-13s  %12.0f  %12.0f  %11.0f  %10.0f  %10.2f\n", round, consumers, server,
              figure.per_second, figure.cpu_ns, figure.bytes, figure.frames, figure.evenness);
  std::fflush(stdout);
}

int run(const Options& options) {
  raise_descriptor_limit();
  std::printf("round  consumers  server         delivered/s  CPU ns/event  bytes/event    frames/s  least/most\n");
  std::map<std::size_t, std::vector<double>> shares;
  std::map<std::size_t, std::vector<double>> costs;
  std::size_t event_bytes = 1;
  for (int round = 1; round <= options.rounds; ++round) {
    for (const auto consumers : options.consumers) {
      // In turn, so that what else the machine does falls on both. The size of telltale's events is known from the
      // first round on.
      Figure buffer;
      if (round % 2 == 0) buffer = measure(options, consumers, event_bytes);
      const Figure telltale = measure(options, consumers, 0);
      if (telltale.per_second > 0) event_bytes = static_cast<std::size_t>(telltale.bytes);
      if (round % 2 == 1) buffer = measure(options, consumers, event_bytes);
      print(round, consumers, "telltale", telltale);
      print(round, consumers, "shared buffer", buffer);
      shares[consumers].push_back(telltale.per_second / std::max(buffer.per_second, 1.0));
      costs[consumers].push_back(telltale.cpu_ns / std::max(buffer.cpu_ns, 1.0));
    }
  }
  std::printf("\ntelltale's delivered/s as a share of the shared buffer's, each round\n");
  for (const auto& [consumers, values] : shares) {
    std::printf("%9zu consumers: median %.2f, least %.2f, rounds", consumers, median(values),
                std::ranges::min(values));
    for (const double value : values) std::printf(" %.2f", value);
    std::printf("; CPU per event %.1f times\n", median(costs[consumers]));
  }
  return std::ranges::min(shares.rbegin()->second) >= options.least ? 0 : 1;
}

[[noreturn]] void usage() {
  std::fprintf(stderr,
               "usage: fan_out TELLTALE [--consumers N,N,...] [--rounds N] [--seconds S] [--least SHARE]\n"
               "  --least: exit with 1 when telltale's share with the most consumers is below it in any round\n");
  std::exit(2);
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < Number{}) usage();
  return value;
}

Options parse(const std::vector<std::string_view>& arguments) {
  if (arguments.empty() || arguments[0].starts_with('-') || arguments.size() % 2 == 0) usage();
  Options options{.telltale = std::string(arguments[0])};
  for (std::size_t i = 1; i < arguments.size(); i += 2) {
    std::string_view value = arguments[i + 1];
    if (arguments[i] == "--rounds") {
      options.rounds = std::max(number<int>(value), 1);
    } else if (arguments[i] == "--seconds") {
      options.measured = std::chrono::milliseconds(static_cast<int>(number<double>(value) * 1000));
    } else if (arguments[i] == "--least") {
      options.least = number<double>(value);
    } else if (arguments[i] == "--consumers") {
      options.consumers.clear();
      for (bool more = true; more;) {
        const auto comma = value.find(',');
        const auto count = number<std::size_t>(value.substr(0, comma));
        options.consumers.push_back(std::clamp<std::size_t>(count, 1, kMostConsumers));
        more = comma != std::string_view::npos;
        if (more) value.remove_prefix(comma + 1);
      }
    } else {
      usage();
    }
  }
  return options;
}

}  // namespace
}  // namespace telltale::bench

int main(int count, char** arguments) {
  return telltale::bench::run(telltale::bench::parse({arguments + 1, arguments + count}));
}

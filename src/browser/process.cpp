#include "browser/process.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <list>

#include "browser/limits.hpp"
#include "browser/output_tail.hpp"

namespace telltale::browser {
namespace {

namespace asio = base::asio;
using base::Result;
using base::Task;
using std::chrono::steady_clock;

/// Bytes per read, and reads per wake-up. Together a full pipe (64 KiB), so that a page that floods its
/// console neither starves the loop nor blocks the browser, and one last round after the end gets all that
/// was written.
constexpr std::size_t kReadBytes = 16u << 10;
constexpr int kReadsPerWake = 4;
/// How long the destructor waits for a killed process. Only one stuck in the kernel takes longer than a
/// millisecond.
constexpr auto kKillTimeout = std::chrono::milliseconds(1000);

bool becomes_readable(int fd, std::chrono::milliseconds timeout) {
  pollfd waited{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&waited, 1, static_cast<int>(timeout.count())) == 1;
}

}  // namespace

struct Process::State : std::enable_shared_from_this<State> {
  State(const asio::any_io_executor& loop, Spawned child)
      : executor(loop),
        pid(child.pid),
        pidfd(loop, child.pidfd.release()),
        output(loop, child.output.release()),
        replies(loop),
        commands(std::move(child.commands)) {
    if (child.replies) replies.assign(child.replies.release());
  }

  void watch() {
    watch_exit();
    drain(output, &tail);
    // Nothing is expected here, since commands go through the WebSocket; but a full pipe would block the
    // browser.
    if (replies.is_open()) drain(replies, nullptr);
  }

  void watch_exit() {
    pidfd.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (!error) self->collect();  // else closed: collect() has run already
                     });
  }

  /// Reads and forgets, or keeps the tail, until the end of the pipe. `from` is a member of this object.
  void drain(asio::posix::stream_descriptor& from, OutputTail* into) {
    from.async_wait(asio::posix::stream_descriptor::wait_read,
                    [self = shared_from_this(), &from, into](const boost::system::error_code& error) {
                      if (error) return;  // closed
                      if (read_available(from, into)) {
                        self->drain(from, into);
                      } else {
                        close(from);
                      }
                    });
  }

  /// Whether more may come.
  static bool read_available(asio::posix::stream_descriptor& from, OutputTail* into) {
    std::array<char, kReadBytes> buffer;
    for (int round = 0; round < kReadsPerWake; ++round) {
      const ssize_t count = ::read(from.native_handle(), buffer.data(), buffer.size());
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      if (count == 0) return false;
      if (into != nullptr) into->append({buffer.data(), static_cast<std::size_t>(count)});
    }
    return true;
  }

  /// The process has ended. Until it is collected its number, and so the group's, cannot belong to anybody
  /// else.
  void collect() {
    if (status) return;
    ::kill(-pid, SIGKILL);
    int wait_status = 0;
    pid_t collected = -1;
    do {
      collected = ::waitpid(pid, &wait_status, 0);
    } while (collected < 0 && errno == EINTR);
    status = collected == pid ? exit_status_of(wait_status) : ExitStatus{};
    // What it wrote before its end is complete now; the rest of the group may keep the pipe open a moment
    // longer.
    if (output.is_open()) read_available(output, &tail);
    close(pidfd);
    close_debugging_pipe();
    for (auto* waiter : waiters) waiter->cancel();
  }

  void close_debugging_pipe() noexcept {
    commands.reset();
    close(replies);
  }

  static void close(asio::posix::stream_descriptor& descriptor) noexcept {
    boost::system::error_code ignored;  // it is closed all the same
    descriptor.close(ignored);
  }

  void signal_group(int number) const noexcept {
    if (!status) ::kill(-pid, number);
  }

  static Task<std::optional<ExitStatus>> wait(std::shared_ptr<State> state, steady_clock::time_point until) {
    // A signal that came before this wait would not end it.
    const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
    if (!state->status && cancelled == asio::cancellation_type::none) {
      asio::steady_timer timer(state->executor, until);
      const Waiting registered(*state, timer);
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return state->status;
  }

  /// Registers a waiter's timer for as long as its coroutine is suspended.
  class Waiting {
   public:
    Waiting(State& state, asio::steady_timer& timer)
        : state_(state), place_(state.waiters.insert(state.waiters.end(), &timer)) {}
    ~Waiting() { state_.waiters.erase(place_); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    State& state_;
    std::list<asio::steady_timer*>::iterator place_;
  };

  asio::any_io_executor executor;
  pid_t pid;
  asio::posix::stream_descriptor pidfd;
  asio::posix::stream_descriptor output;
  asio::posix::stream_descriptor replies;
  UniqueFd commands;
  OutputTail tail{limits::kBrowserStderrTailBytes};
  std::optional<ExitStatus> status;
  std::list<asio::steady_timer*> waiters;
};

Result<std::unique_ptr<Process>> Process::start(asio::any_io_executor executor, const Command& command) {
  auto child = spawn(command);
  if (!child) return std::unexpected(child.error());
  auto state = std::make_shared<State>(executor, std::move(*child));
  state->watch();
  return std::unique_ptr<Process>(new Process(std::move(state)));
}

Process::Process(std::shared_ptr<State> state) : state_(std::move(state)) {}

Process::~Process() {
  if (!state_->status) {
    kill();
    state_->close_debugging_pipe();
    // If it does not die in time, the handler that waits for the pidfd keeps the state and collects it later.
    if (becomes_readable(state_->pidfd.native_handle(), kKillTimeout)) state_->collect();
  }
  State::close(state_->output);
}

pid_t Process::pid() const noexcept { return state_->pid; }

std::optional<ExitStatus> Process::exit_status() const noexcept { return state_->status; }

std::string Process::output_tail() const { return state_->tail.str(); }

OutputPart Process::output_since(std::uint64_t position) const { return state_->tail.since(position); }

Task<std::optional<ExitStatus>> Process::wait_exit() const {
  return State::wait(state_, steady_clock::time_point::max());
}

Task<std::optional<ExitStatus>> Process::wait_exit_for(std::chrono::nanoseconds duration) const {
  return State::wait(state_, steady_clock::now() + duration);
}

void Process::ask_to_exit() noexcept {
  state_->close_debugging_pipe();
  state_->signal_group(SIGTERM);
}

void Process::kill() noexcept { state_->signal_group(SIGKILL); }

bool Process::group_is_gone() const noexcept { return state_->status && !state_->output.is_open(); }

}  // namespace telltale::browser

#include "browser/oom_watch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/logging.hpp"
#include "browser/limits.hpp"

namespace telltale::browser {
namespace {

namespace asio = base::asio;
using base::Errc;
using base::fail;

constexpr const char* kKernelLog = "/dev/kmsg";
/// The number of the initial pid namespace, the same in every Linux (PROC_PID_INIT_INO).
constexpr const char* kInitialPidNamespace = "pid:[4026531836]";
/// Records per wake-up: a report of a large machine has some thousand, and the loop has other work.
constexpr int kReadsPerWake = 64;

std::int64_t page_kb() { return ::sysconf(_SC_PAGESIZE) / 1024; }

}  // namespace

OomWatch::OomWatch(base::Loop& loop) : log_(loop.context()), report_(page_kb()) {}

base::Result<void> OomWatch::open_kernel_log() {
  std::error_code error;
  const auto pid_namespace = std::filesystem::read_symlink("/proc/self/ns/pid", error);
  if (pid_namespace != kInitialPidNamespace) {
    return fail(Errc::unavailable, "the kernel log counts processes differently inside this container");
  }
  return open(kKernelLog);
}

base::Result<void> OomWatch::open(const std::filesystem::path& log) {
  const int fd = ::open(log.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return fail(Errc::io, "cannot read " + log.string() + ": " + ::strerrordesc_np(errno));
  ::lseek(fd, 0, SEEK_END);  // what happened before is not ours; a pipe has no past
  boost::system::error_code error;
  log_.assign(fd, error);
  if (!error) return {};
  ::close(fd);
  return fail(Errc::io, "cannot follow " + log.string() + ": " + error.message());
}

base::Task<> OomWatch::run() {
  const auto executor = co_await asio::this_coro::executor;
  base::TaskScope scope(executor);
  scope.spawn(list_processes());
  co_await follow();
  scope.stop();
  co_await scope.join();
}

base::Task<> OomWatch::list_processes() {
  for (;;) {
    keep_up();
    const bool slept = co_await base::sleep_for(limits::kProcessListInterval);
    if (!slept) co_return;
  }
}

void OomWatch::keep_up() {
  if (has_listeners()) note(groups_.keep_up());
}

void OomWatch::note(const std::vector<pid_t>& made) const {
  for (const pid_t process : made) {
    if (!listeners_of(process).empty()) spdlog::debug("process of a browser pid={}", process);
  }
}

base::Task<> OomWatch::follow() {
  for (;;) {
    const auto waited = co_await log_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                 asio::as_tuple(asio::use_awaitable));
    if (std::get<0>(waited) || !read_available()) co_return;
  }
}

// Whether more may come.
bool OomWatch::read_available() {
  std::array<char, limits::kKernelLogRecordBytes> buffer;
  for (int round = 0; round < kReadsPerWake; ++round) {
    const ssize_t count = ::read(log_.native_handle(), buffer.data(), buffer.size());
    if (count > 0) {
      take({buffer.data(), static_cast<std::size_t>(count)});
    } else if (count == 0) {
      return false;
    } else if (errno == EAGAIN) {
      return true;
    } else if (errno != EPIPE && errno != EINTR) {  // EPIPE: records were overwritten before they were read
      spdlog::warn("out-of-memory kills are not reported any more: {}", ::strerrordesc_np(errno));
      return false;
    }
  }
  return true;
}

void OomWatch::take(std::string_view bytes) {
  partial_ += bytes;
  std::size_t begin = 0;
  for (auto end = partial_.find('\n'); end != std::string::npos; end = partial_.find('\n', begin)) {
    take_record(std::string_view(partial_).substr(begin, end - begin));
    begin = end + 1;
  }
  partial_.erase(0, begin);
  if (partial_.size() > limits::kKernelLogRecordBytes) partial_.clear();
}

void OomWatch::take_record(std::string_view record) {
  const auto message = kernel_message(record);
  if (!message) return;
  const bool was_pending = report_.pending();
  const auto kill = report_.take(*message);
  // The victim is chosen already and can be gone before the report ends.
  if (report_.pending() && !was_pending && has_listeners()) note(groups_.look());
  if (kill) report(*kill);
}

void OomWatch::report(const OomKill& kill) {
  spdlog::warn("the kernel killed a process because memory ran out pid={} name={} rss_kb={}", kill.pid,
               kill.process_name, kill.rss_kb);
  if (!has_listeners()) return;
  note(groups_.look());
  const auto listeners = listeners_of(static_cast<pid_t>(kill.pid));
  if (listeners.empty()) spdlog::debug("it was not known as a process of a browser pid={}", kill.pid);
  for (const auto& listener : listeners) listener(kill);
}

std::vector<OomWatch::Listener> OomWatch::listeners_of(pid_t process) const {
  std::vector<Listener> listeners;
  const auto group = groups_.group_of(process);
  if (!group) return listeners;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, entry] : entries_) {
    if (entry.group == *group) listeners.push_back(entry.listener);
  }
  return listeners;
}

bool OomWatch::has_listeners() const {
  const std::lock_guard lock(mutex_);
  return !entries_.empty();
}

OomWatch::Subscription::Subscription(OomWatch& watch, pid_t group, Listener listener) : watch_(watch) {
  const std::lock_guard lock(watch_.mutex_);
  id_ = ++watch_.last_id_;
  watch_.entries_.emplace(id_, Entry{group, std::move(listener)});
}

OomWatch::Subscription::~Subscription() {
  const std::lock_guard lock(watch_.mutex_);
  watch_.entries_.erase(id_);
}

}  // namespace telltale::browser

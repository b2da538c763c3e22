#include "base/log_hub.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cassert>
#include <string_view>
#include <utility>

#include "base/limits.hpp"

namespace telltale::base {
namespace {

std::size_t size_of(const LogLine& line) noexcept {
  return sizeof line + line.scope.size() + line.message.size() +
         (line.session_id ? line.session_id->size() : 0);
}

// Never in the middle of a character.
void cut(std::string& message) {
  if (message.size() <= limits::kLogMessageBytes) return;
  constexpr std::string_view kMark = "...";
  auto end = limits::kLogMessageBytes - kMark.size();
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
  message.replace(end, std::string::npos, kMark);
}

}  // namespace

LogHub& log_hub() {
  // Never destroyed: objects with static lifetime may have something to say at their end.
  static LogHub* const hub = new LogHub;
  return *hub;
}

void LogHub::write(LogLine line) {
  if (!has_consumers()) return;
  cut(line.message);
  const auto shared = std::make_shared<LogLine>(std::move(line));
  const std::lock_guard lock(mutex_);
  if (!has_consumers()) return;                   // the last one has gone meanwhile, and its lines with it
  shared->at = std::chrono::system_clock::now();  // in here: the order of the lines is that of their times
  bytes_ += size_of(*shared);
  lines_.push_back(shared);
  while (bytes_ > capacity_) drop_oldest();
  for (const auto& readers : readers_) {
    if (std::exchange(readers->waiting, false)) wake(readers);
  }
}

void LogHub::drop_oldest() {
  bytes_ -= size_of(*lines_.front());
  lines_.pop_front();
  ++first_;
}

// Held weakly: a wake-up may come when the last cursor has gone, or be destroyed with its loop.
void LogHub::wake(const std::shared_ptr<Readers>& readers) {
  asio::post(readers->loop.executor(), [weak = std::weak_ptr(readers)] {
    if (const auto self = weak.lock()) self->waiters.notify_all();
  });
}

std::shared_ptr<LogHub::Readers> LogHub::open() {
  Loop* const loop = Loop::current();
  assert(loop != nullptr && "a cursor is made on a loop");
  const auto is_here = [loop](const auto& readers) { return &readers->loop == loop; };
  auto here = std::ranges::find_if(readers_, is_here);
  if (here == readers_.end()) here = readers_.insert(here, std::make_shared<Readers>(*loop));
  ++(*here)->cursors;
  ++consumers_;
  return *here;
}

void LogHub::close(const Readers& readers) {
  std::erase_if(readers_, [&](const auto& each) { return each.get() == &readers && --each->cursors == 0; });
  if (--consumers_ > 0) return;
  while (!lines_.empty()) drop_oldest();
}

LogCursor::LogCursor(LogHub& hub) : hub_(hub) {
  const std::lock_guard lock(hub_.mutex_);
  readers_ = hub_.open();
  next_ = hub_.end();
}

LogCursor::~LogCursor() {
  const std::lock_guard lock(hub_.mutex_);
  hub_.close(*readers_);
}

LogCursor::Batch LogCursor::read(std::size_t most) {
  Batch batch;
  const std::lock_guard lock(hub_.mutex_);
  if (next_ < hub_.first_) batch.dropped = hub_.first_ - std::exchange(next_, hub_.first_);
  for (; next_ < hub_.end() && batch.lines.size() < most; ++next_) {
    batch.lines.push_back(hub_.lines_[next_ - hub_.first_]);
  }
  return batch;
}

Task<Wake> LogCursor::wait(std::chrono::steady_clock::time_point deadline) {
  {
    const std::lock_guard lock(hub_.mutex_);
    if (next_ < hub_.end()) co_return Wake::notified;
    readers_->waiting = true;
  }
  // A line that is written from here on posts a wake-up to this loop: it comes after the wait has begun.
  co_return co_await readers_->waiters.wait(deadline);
}

}  // namespace telltale::base

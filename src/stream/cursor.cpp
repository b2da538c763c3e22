#include "stream/cursor.hpp"

#include <utility>

namespace telltale::stream {

Cursor::Cursor(std::shared_ptr<Log> log, Log::Readers& readers, Log::Position position, Start start)
    : log_(std::move(log)), readers_(&readers), position_(std::move(position)) {
  if (position_.segment) {
    last_ = {position_.segment->first().value + position_.at - 1};
  }
  // A resume point beyond the head delivers nothing until seq has passed it.
  if (start.from == Start::From::after) last_ = std::max(last_, start.seq);
}

base::Task<bool> Cursor::advance() {
  for (;;) {
    if (!position_.segment) {
      if (log_->head().value == 0) co_return false;
      position_ = co_await base::on(log_->home_, log_->locate_on_home(Start::oldest()));
    }
    // sealed() first: a count read after it is final.
    const bool sealed = position_.segment->sealed();
    if (position_.at < position_.segment->count()) co_return true;
    if (!sealed) co_return false;
    auto next = position_.segment->next();
    if (next) {
      position_ = {std::move(next), 0};
    } else {
      // Retention removed what comes next: go on with the oldest retained event. The consumer sees a jump in
      // seq.
      position_ = co_await base::on(log_->home_, log_->locate_on_home(Start::oldest()));
    }
  }
}

base::Task<Batch> Cursor::read(const TypeMask& mask, std::size_t max_bytes) {
  Batch batch;
  const bool more = co_await advance();
  if (!more) {
    batch.last = last_;
    co_return batch;
  }
  batch.segment = position_.segment;
  const Segment& segment = *batch.segment;
  const auto count = segment.count();
  std::size_t bytes = 0;
  while (position_.at < count && bytes < max_bytes) {
    const auto& entry = segment.entry(position_.at);
    const base::Seq seq{segment.first().value + position_.at};
    if (seq > last_) {
      last_ = seq;
      if (mask.test(entry.type)) {
        const auto frame = segment.frame(position_.at);
        if (!batch.pieces.empty() && batch.pieces.back().end() == frame.begin()) {
          batch.pieces.back() = {batch.pieces.back().data(), batch.pieces.back().size() + frame.size()};
        } else {
          batch.pieces.push_back(frame);
        }
        bytes += frame.size();
      }
    }
    ++position_.at;
  }
  batch.last = last_;
  co_return batch;
}

bool Cursor::at_end() const noexcept {
  if (!log_->ended()) return false;
  if (!position_.segment) return log_->head().value == 0;
  // The writer has stopped, so the last segment never gets sealed and its count is final.
  return !position_.segment->sealed() && position_.at >= position_.segment->count();
}

base::Task<base::Wake> Cursor::wait(std::chrono::steady_clock::time_point deadline) {
  // Announce first, look second: an event appended in between is seen here or posts a wake-up (see
  // Log::append).
  readers_->waiting.store(true, std::memory_order_seq_cst);
  const auto head = log_->head_.load(std::memory_order_seq_cst);
  const bool unread = position_.segment ? position_.segment->first().value + position_.at <= head : head > 0;
  if (unread || log_->ended_.load(std::memory_order_seq_cst)) co_return base::Wake::notified;
  co_return co_await readers_->waiters.wait(deadline);
}

}  // namespace telltale::stream

#include "stream/cursor.hpp"

#include <utility>

namespace telltale::stream {

base::Task<bool> Cursor::advance(TypeMask mask) {
  while (last() < log_->head()) {
    if (position_.segment) {
      // sealed() first: a count read after it is final.
      const bool sealed = position_.segment->sealed();
      if (position_.at < position_.segment->count()) co_return true;
      if (!sealed) co_return false;
      if (auto next = position_.segment->next()) {
        position_ = {std::move(next), 0, last()};
        continue;
      }
    }
    co_await go_on(mask);
  }
  co_return false;
}

base::Task<> Cursor::go_on(TypeMask mask) {
  auto in_memory = co_await base::on(log_->home_, log_->behind_on_home(last()));
  if (log_->store_ && !in_memory.is_next()) {
    const auto stored = co_await log_->store_->read(last(), mask);
    if (stored) in_memory.last = std::max(last(), stored->looked);
    if (stored && stored->segment) {
      const auto first = stored->segment->first();
      const auto at = in_memory.last < first ? 0 : static_cast<std::uint32_t>(in_memory.last.value + 1 - first.value);
      position_ = {stored->segment, at, in_memory.last};
      co_return;
    }
  }
  position_ = std::move(in_memory);
  if (position_.segment) co_return;
  // It was to be stored, and cannot be read.
  const auto head = log_->head();
  if (last() < head) lost_ = Gap{last().next(), head};
  position_.last = head;
}

base::Task<Batch> Cursor::read(const TypeMask& mask, std::size_t max_bytes) {
  Batch batch;
  const bool more = co_await advance(mask);
  batch.last = last();
  batch.gap = std::exchange(lost_, std::nullopt);
  if (!more) co_return batch;
  batch.segment = position_.segment;
  const Segment& segment = *batch.segment;
  const auto count = segment.count();
  std::size_t bytes = 0;
  for (; position_.at < count && bytes < max_bytes; ++position_.at) {
    const Record record = segment.record(position_.at);
    if (record.seq > last().next()) batch.gap = Gap{last().next(), {record.seq.value - 1}};
    position_.last = record.seq;
    if (!mask.test(record.type)) continue;
    if (!batch.pieces.empty() && batch.pieces.back().end() == record.frame.begin()) {
      batch.pieces.back() = {batch.pieces.back().data(), batch.pieces.back().size() + record.frame.size()};
    } else {
      batch.pieces.push_back(record.frame);
    }
    bytes += record.frame.size();
    batch.last_delivered = record.seq;
  }
  batch.last = last();
  co_return batch;
}

bool Cursor::at_end() const noexcept { return log_->ended() && last() >= log_->head(); }

base::Task<base::Wake> Cursor::wait(std::chrono::steady_clock::time_point deadline) {
  // Announce first, look second: an event appended in between is seen here or wakes this (see Log::append).
  readers_->expect();
  const auto head = log_->head_.load(std::memory_order_seq_cst);
  if (last().value < head || log_->ended_.load(std::memory_order_seq_cst)) co_return base::Wake::notified;
  co_return co_await readers_->wait(deadline);
}

}  // namespace telltale::stream

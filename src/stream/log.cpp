#include "stream/log.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cassert>
#include <utility>

#include "stream/cursor.hpp"
#include "telemetry/envelope.hpp"
#include "stream/limits.hpp"

namespace telltale::stream {

std::shared_ptr<Log> Log::create(base::LoopPool& loops, base::Loop& home, LogStart start) {
  return std::shared_ptr<Log>(new Log(loops, home, std::move(start)));
}

Log::Log(base::LoopPool& loops, base::Loop& home, LogStart start)
    : home_(home), retained_bytes_(start.retained_bytes), store_(std::move(start.store)),
      head_(start.next.value - 1) {
  for (std::size_t i = 0; i < loops.size(); ++i) readers_.push_back(std::make_shared<Readers>(loops.at(i)));
}

base::Seq Log::append(const telemetry::Event& event, base::Secrets secrets) {
  if (ended()) return {};
  const auto seq = head().next();
  frame_.assign("id: ");
  base::encode_json(frame_, seq, secrets);
  frame_ += "\ndata: ";
  telemetry::encode_envelope(frame_, seq, event, secrets);
  frame_ += "\n\n";
  segment_for(frame_.size(), seq).append(frame_, event.ts_us, static_cast<std::uint8_t>(event.data.index()));
  // A 10 MB console message must not keep 10 MB for ever.
  if (frame_.capacity() > limits::kSegmentBytes) std::string().swap(frame_);
  // seq_cst, like the reader's look at it after `waiting`: one of the two sides sees the other (Dekker).
  head_.store(seq.value, std::memory_order_seq_cst);
  retain();
  announce();
  return seq;
}

void Log::end() {
  seal();
  ended_.store(true, std::memory_order_seq_cst);
  announce();
}

void Log::seal() { seal_before(nullptr); }

void Log::seal_before(const std::shared_ptr<Segment>& next) {
  if (segments_.empty() || segments_.back()->sealed() || segments_.back()->count() == 0) return;
  segments_.back()->seal(next);
  if (store_) store_->sealed(segments_.back());
}

// A read from the browser holds many events. Woken for the first of them, readers would find it alone, write it and
// wait again: one flush and one write per event instead of one for all.
void Log::announce() {
  if (announced_) return;
  // Looked at behind the head's store, see append(). A reader that begins to wait later than this sees the head.
  const bool anybody = std::ranges::any_of(readers_, [](const auto& readers) { return readers->waiting(); });
  if (!anybody) return;
  announced_ = true;
  base::asio::post(home_.executor(), [self = shared_from_this()] {
    self->announced_ = false;
    self->wake_readers();
  });
}

Segment& Log::segment_for(std::size_t frame_size, base::Seq seq) {
  if (segments_.empty() || segments_.back()->sealed() || !segments_.back()->fits(frame_size)) {
    const auto bytes = std::max(frame_size, limits::kSegmentBytes);
    auto segment = std::make_shared<Segment>(seq, store_ ? store_->memory(seq, bytes) : std::make_unique<HeapMemory>(bytes));
    footprint_ += segment->footprint();
    seal_before(segment);
    segments_.push_back(std::move(segment));
  }
  return *segments_.back();
}

void Log::retain() {
  while (footprint_ > retained_bytes_ && segments_.size() > 1) {
    const auto& oldest = *segments_.front();
    if (store_ && store_->settled() < oldest.last()) return;
    footprint_ -= oldest.footprint();
    segments_.pop_front();
  }
}

void Log::wake_readers() {
  for (const auto& readers : readers_) {
    if (readers->waiting()) readers->wake(ended());
  }
}

Log::Position Log::locate(Start start) const {
  base::Seq last = start.from == Start::From::after ? start.seq : head();
  if (start.from == Start::From::oldest || last > head()) {
    auto oldest = segments_.empty() ? head().next() : segments_.front()->first();
    if (const auto stored = store_ ? store_->oldest() : std::nullopt) oldest = std::min(oldest, *stored);
    last = {oldest.value - 1};
  }
  auto position = behind(last);
  if (store_ && !position.is_next()) position.segment = nullptr;
  return position;
}

Log::Position Log::behind(base::Seq last) const {
  for (const auto& segment : segments_) {
    if (segment->last() <= last && segment != segments_.back()) continue;
    const auto first = segment->first();
    const auto at = last < first ? 0 : std::min<std::uint64_t>(last.value + 1 - first.value, segment->count());
    return {segment, static_cast<std::uint32_t>(at), last};
  }
  return {{}, 0, last};
}

base::Task<Log::Position> Log::locate_on_home(Start start) const { co_return locate(start); }
base::Task<Log::Position> Log::behind_on_home(base::Seq last) const { co_return behind(last); }

base::Task<Cursor> Log::open(Start start) {
  base::Loop* loop = base::Loop::current();
  assert(loop != nullptr && "a cursor is opened on a loop of the pool");
  auto self = shared_from_this();
  Position position = co_await base::on(home_, locate_on_home(start));
  co_return Cursor(std::move(self), readers_[loop->index()], std::move(position));
}

}  // namespace telltale::stream

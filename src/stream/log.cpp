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
  return std::shared_ptr<Log>(new Log(loops, home, start));
}

Log::Log(base::LoopPool& loops, base::Loop& home, LogStart start)
    : home_(home), retained_bytes_(start.retained_bytes), head_(start.next.value - 1) {
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
  ended_.store(true, std::memory_order_seq_cst);
  announce();
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
  if (segments_.empty() || !segments_.back()->fits(frame_size)) {
    auto segment = std::make_shared<Segment>(seq, std::max(frame_size, limits::kSegmentBytes));
    footprint_ += segment->footprint();
    if (!segments_.empty()) segments_.back()->seal(segment);
    segments_.push_back(std::move(segment));
  }
  return *segments_.back();
}

void Log::retain() {
  while (footprint_ > retained_bytes_ && segments_.size() > 1) {
    footprint_ -= segments_.front()->footprint();
    segments_.pop_front();
  }
}

void Log::wake_readers() {
  for (const auto& readers : readers_) {
    if (readers->waiting()) readers->wake(ended());
  }
}

Log::Position Log::locate(Start start) const {
  const bool foreign = start.from == Start::From::after && start.seq > head();
  if (segments_.empty()) return {{}, 0, foreign || start.from != Start::From::after ? head() : start.seq};
  if (start.from == Start::From::oldest || foreign) {
    return {segments_.front(), 0, {segments_.front()->first().value - 1}};
  }
  if (start.from == Start::From::now) return {segments_.back(), segments_.back()->count(), head()};
  const auto wanted = start.seq.value + 1;
  for (const auto& segment : segments_) {
    const auto first = segment->first().value;
    if (wanted < first + segment->count()) {
      return {segment, wanted > first ? static_cast<std::uint32_t>(wanted - first) : 0, start.seq};
    }
  }
  return {segments_.back(), segments_.back()->count(), start.seq};
}

base::Task<Log::Position> Log::locate_on_home(Start start) const { co_return locate(start); }

base::Task<Cursor> Log::open(Start start) {
  base::Loop* loop = base::Loop::current();
  assert(loop != nullptr && "a cursor is opened on a loop of the pool");
  auto self = shared_from_this();
  Position position = co_await base::on(home_, locate_on_home(start));
  co_return Cursor(std::move(self), readers_[loop->index()], std::move(position));
}

}  // namespace telltale::stream

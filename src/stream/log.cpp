#include "stream/log.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cassert>
#include <charconv>
#include <utility>

#include "stream/cursor.hpp"
#include "telemetry/envelope.hpp"
#include "stream/limits.hpp"

namespace telltale::stream {
namespace {

// A busy log with many readers flushes at most this often, so that each flush carries many events: the next
// one starts no earlier than 8x the cost of the last, at most 20 ms later. With few readers the cost is
// microseconds: no delay.
constexpr int kFlushPause = 8;
constexpr auto kLongestFlushPause = std::chrono::milliseconds(20);
// A flush holds its loop for about so long at a time: a thousand readers, each of which writes to its client, take
// milliseconds, and the browser's socket may be on the same loop.
constexpr auto kFlushSlice = std::chrono::microseconds(500);

}  // namespace

std::shared_ptr<Log> Log::create(base::LoopPool& loops, base::Loop& home, std::size_t retained_bytes) {
  return std::shared_ptr<Log>(new Log(loops, home, retained_bytes));
}

Log::Log(base::LoopPool& loops, base::Loop& home, std::size_t retained_bytes)
    : home_(home), retained_bytes_(retained_bytes) {
  for (std::size_t i = 0; i < loops.size(); ++i) readers_.push_back(std::make_unique<Readers>(loops.at(i)));
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
  const bool anybody = std::ranges::any_of(
      readers_, [](const auto& readers) { return readers->waiting.load(std::memory_order_seq_cst); });
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
  for (auto& readers : readers_) {
    if (!readers->waiting.load(std::memory_order_seq_cst)) continue;
    if (readers->posted.exchange(true, std::memory_order_acq_rel)) continue;
    base::asio::post(readers->loop.executor(),
                     [self = shared_from_this(), target = readers.get()] { self->flush(*target); });
  }
}

void Log::flush(Readers& readers) {
  if (readers.flushing) {
    readers.flush_again = true;
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now < readers.next_flush && !ended()) {
    readers.pacer.expires_at(readers.next_flush);
    readers.pacer.async_wait(
        [self = shared_from_this(), &readers](const boost::system::error_code&) { self->flush(readers); });
    return;
  }
  // Events appended from here on post again; those before are seen by the readers that run now.
  readers.waiting.store(false, std::memory_order_seq_cst);
  readers.posted.store(false, std::memory_order_seq_cst);
  readers.flushing = true;
  readers.next_flush = now;
  readers.cost = {};
  flush_slice(readers);
}

void Log::flush_slice(Readers& readers) {
  const auto start = std::chrono::steady_clock::now();
  const bool more = readers.waiters.notify_until(start + kFlushSlice);
  readers.cost += std::chrono::steady_clock::now() - start;
  if (more) {
    base::asio::post(readers.loop.executor(),
                     [self = shared_from_this(), &readers] { self->flush_slice(readers); });
    return;
  }
  readers.flushing = false;
  readers.next_flush += std::min<std::chrono::steady_clock::duration>(readers.cost * kFlushPause, kLongestFlushPause);
  if (std::exchange(readers.flush_again, false)) flush(readers);
}

Log::Position Log::locate(Start start) const {
  if (segments_.empty()) return {};
  const auto end_of = [](const Segment& segment) { return segment.first().value + segment.count(); };
  switch (start.from) {
    case Start::From::oldest:
      return {segments_.front(), 0};
    case Start::From::now:
      return {segments_.back(), segments_.back()->count()};
    case Start::From::after:
      break;
  }
  const auto wanted = start.seq.value + 1;
  for (const auto& segment : segments_) {
    if (wanted < end_of(*segment)) {
      const auto first = segment->first().value;
      return {segment, wanted > first ? static_cast<std::uint32_t>(wanted - first) : 0};
    }
  }
  return {segments_.back(), segments_.back()->count()};
}

base::Task<Log::Position> Log::locate_on_home(Start start) const { co_return locate(start); }

base::Task<Cursor> Log::open(Start start) {
  base::Loop* loop = base::Loop::current();
  assert(loop != nullptr && "a cursor is opened on a loop of the pool");
  auto self = shared_from_this();
  Position position = co_await base::on(home_, locate_on_home(start));
  co_return Cursor(std::move(self), *readers_[loop->index()], std::move(position), start);
}

}  // namespace telltale::stream

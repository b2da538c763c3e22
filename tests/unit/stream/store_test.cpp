// A log whose older events are in a store: readers go from the one to the other without noticing.

#include "stream/store.hpp"

#include <gtest/gtest.h>

#include <map>

#include "log_events.hpp"
#include "stream/cursor.hpp"

namespace telltale::stream {
namespace {

using base::Seq;
using base::Task;

// What is stored, and how it fails.
struct Shelf {
  std::map<Seq, std::shared_ptr<const Segment>> segments;  // by their last event
  Seq settled{};
  bool slow = false;     // nothing is settled yet
  bool broken = false;   // nothing can be read
  int reads = 0;
};

class ShelfStore final : public Store {
 public:
  explicit ShelfStore(Shelf& shelf) : shelf_(shelf) {}
  std::unique_ptr<SegmentMemory> memory(Seq, std::size_t bytes) override { return std::make_unique<HeapMemory>(bytes); }
  void sealed(std::shared_ptr<const Segment> segment) override {
    const auto last = segment->last();
    shelf_.segments.emplace(last, copy_of(*segment));
    if (!shelf_.slow) shelf_.settled = last;
  }
  [[nodiscard]] Seq settled() const noexcept override { return shelf_.settled; }
  [[nodiscard]] std::optional<Seq> oldest() const noexcept override {
    if (shelf_.segments.empty()) return std::nullopt;
    return shelf_.segments.begin()->second->first();
  }
  Task<base::Result<Stored>> read(Seq after, TypeMask mask) override {
    ++shelf_.reads;
    if (shelf_.broken) co_return base::fail(base::Errc::io, "broken");
    Stored stored{.segment = nullptr, .looked = after};
    for (auto at = shelf_.segments.upper_bound(after); at != shelf_.segments.end(); ++at) {
      for (std::uint32_t i = 0; i < at->second->count(); ++i) {
        if (!mask.test(at->second->record(i).type)) continue;
        stored.segment = at->second;
        co_return stored;
      }
      stored.looked = at->first;
    }
    co_return stored;
  }

 private:
  // As if it had been read from a file: nothing leads on from it.
  static std::shared_ptr<const Segment> copy_of(const Segment& segment) {
    auto copy = std::make_shared<Segment>(segment.first(), std::make_unique<HeapMemory>(segment.frames().size()));
    for (std::uint32_t i = 0; i < segment.count(); ++i) {
      const auto record = segment.record(i);
      copy->append(record.frame, record.ts_us, record.type);
    }
    copy->seal(nullptr);
    return copy;
  }

  Shelf& shelf_;
};

constexpr std::size_t kTail = 3 * limits::kSegmentBytes;

template <class Body>
void with_shelf(Shelf& shelf, Body body) {
  base::LoopPool loops(1);
  auto log = Log::create(loops, loops.at(0), {.next = {1}, .retained_bytes = kTail, .store = std::make_unique<ShelfStore>(shelf)});
  loops.run(body(log, shelf));
}

// 10 KB each: some 25 of them are a segment.
void append(Log& log, int count) {
  for (int i = 0; i < count; ++i) log.append(console(std::string(10'000, 'x')), base::Secrets::reveal);
}

TEST(Store, GivesWhatMemoryHasNoMore) {
  Shelf shelf;
  with_shelf(shelf, [](std::shared_ptr<Log> log, Shelf& stored) -> Task<> {
    append(*log, 300);
    const std::vector<std::uint64_t> places{0, 1, 24, 25, 26, 120, 299};
    for (const auto after : places) {
      const auto start = Start::after(Seq{after});
      auto cursor = co_await log->open(start);
      EXPECT_EQ(co_await drain(cursor, everything(), 64 << 10), range(after + 1, 300)) << after;
    }
    EXPECT_GT(stored.reads, 0);
    auto oldest = co_await log->open(Start::oldest());
    EXPECT_EQ(co_await drain(oldest, everything(), 64 << 10), range(1, 300));
  });
}

TEST(Store, HandsASlowReaderOverToTheTailAndBack) {
  Shelf shelf;
  with_shelf(shelf, [](std::shared_ptr<Log> log, Shelf&) -> Task<> {
    auto cursor = co_await log->open(Start::now());
    std::vector<std::uint64_t> got;
    for (int round = 0; round < 12; ++round) {
      append(*log, 40);
      const auto batch = co_await cursor.read(everything(), 64 << 10);
      EXPECT_FALSE(batch.gap);
      for (const auto id : ids(batch)) got.push_back(id);
    }
    for (const auto id : co_await drain(cursor, everything(), 64 << 10)) got.push_back(id);
    EXPECT_EQ(got, range(1, 480));
  });
}

TEST(Store, SkipsWhatTheFilterHoldsBackAndTellsHowFar) {
  Shelf shelf;
  with_shelf(shelf, [](std::shared_ptr<Log> log, Shelf& stored) -> Task<> {
    log->append(idle(), base::Secrets::reveal);
    append(*log, 300);
    log->append(idle(), base::Secrets::reveal);
    auto cursor = co_await log->open(Start::oldest());
    const auto mask = only(telemetry::NetworkIdle{});
    const auto got = co_await drain(cursor, mask, 64 << 10);
    EXPECT_EQ(got, (std::vector<std::uint64_t>{1, 302}));
    EXPECT_EQ(cursor.last(), Seq{302});
    EXPECT_LE(stored.reads, 3) << "not once for each segment";
  });
}

TEST(Store, KeepsInMemoryWhatIsNotStoredYet) {
  Shelf shelf;
  shelf.slow = shelf.broken = true;
  with_shelf(shelf, [](std::shared_ptr<Log> log, Shelf& stored) -> Task<> {
    append(*log, 300);
    auto cursor = co_await log->open(Start::oldest());
    EXPECT_EQ(co_await drain(cursor, everything(), 64 << 10), range(1, 300));
    EXPECT_EQ(stored.reads, 0);
  });
}

TEST(Store, TellsOfAGapWhereNothingCanBeRead) {
  Shelf shelf;
  with_shelf(shelf, [](std::shared_ptr<Log> log, Shelf& stored) -> Task<> {
    append(*log, 300);
    stored.broken = true;
    auto cursor = co_await log->open(Start::after({3}));
    const auto batch = co_await cursor.read(everything(), 1);
    EXPECT_TRUE(batch.gap);
    if (!batch.gap) co_return;
    EXPECT_EQ(batch.gap->first, Seq{4});
    EXPECT_EQ(ids(batch).front(), batch.gap->last.value + 1);
  });
}

TEST(Store, GetsTheLastEventsAtTheEndAndWhenAskedTo) {
  Shelf shelf;
  with_shelf(shelf, [](std::shared_ptr<Log> log, Shelf& stored) -> Task<> {
    log->seal();
    EXPECT_TRUE(stored.segments.empty()) << "there is nothing yet";
    append(*log, 3);
    log->seal();
    log->seal();
    EXPECT_EQ(stored.settled, Seq{3});
    append(*log, 2);
    log->end();
    EXPECT_EQ(stored.settled, Seq{5});
    EXPECT_EQ(stored.segments.size(), 2u);
    auto cursor = co_await log->open(Start::oldest());
    EXPECT_EQ(co_await drain(cursor, everything(), 1 << 20), range(1, 5));
    EXPECT_TRUE(cursor.at_end());
  });
}

}  // namespace
}  // namespace telltale::stream

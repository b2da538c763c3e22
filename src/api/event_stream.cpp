#include "api/event_stream.hpp"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <span>
#include <string>
#include <string_view>

#include "stream/limits.hpp"

namespace telltale::api {
namespace {

using std::chrono::steady_clock;

constexpr std::string_view kComment = ":\n\n";
constexpr std::string_view kReplayName = "replay";
// One write to the client. A segment is not larger, so a consumer that reads behind gets it in one piece.
constexpr std::size_t kBatchBytes = stream::limits::kSegmentBytes;

// One consumer of one log.
class EventStream {
 public:
  EventStream(net::BodyWriter& out, EventStreamOptions options) : out_(out), options_(options) {}

  base::Task<> run(std::shared_ptr<stream::Log> log);

 private:
  base::Task<bool> write(std::span<const std::string_view> pieces) {
    const auto written = co_await out_.write(pieces);
    silent_at_ = steady_clock::now() + options_.keepalive;
    co_return written.has_value();  // why not does not matter: the client is gone or we stop
  }

  base::Task<bool> write_one(std::string_view text) {
    const std::span<const std::string_view> pieces(&text, 1);
    co_return co_await write(pieces);
  }
  base::Task<bool> write_position();
  base::Task<bool> write_gap(stream::Gap gap);
  base::Task<bool> write_silence() { return held_back() ? write_position() : write_one(kComment); }
  // Events passed that the filter did not let through, and the client does not know.
  [[nodiscard]] bool held_back() const { return options_.filter.filtered && looked_ > told_; }

  net::BodyWriter& out_;
  EventStreamOptions options_;
  steady_clock::time_point silent_at_{};
  base::Seq told_{};    // the position that the client knows
  base::Seq looked_{};  // how far the log was looked at
};

// Moves the client's Last-Event-ID over events that its filter held back, so that a resume need not pass them
// again.
base::Task<bool> EventStream::write_position() {
  told_ = looked_;
  const std::string frame = "id: " + std::to_string(told_.value) + "\n\n";
  co_return co_await write_one(frame);
}

// Where a filter makes holes anyway, nobody could tell which of them are losses.
base::Task<bool> EventStream::write_gap(stream::Gap gap) {
  const std::string comment =
      ": gap " + std::to_string(gap.first.value) + "-" + std::to_string(gap.last.value) + "\n\n";
  co_return co_await write_one(comment);
}

base::Task<> EventStream::run(std::shared_ptr<stream::Log> log) {
  // The first byte lets the client know that the stream stands, before there is any event.
  bool taken = co_await write_one(kComment);
  if (!taken) co_return;
  auto cursor = co_await log->open(options_.start);
  told_ = looked_ = cursor.last();
  for (;;) {
    const auto batch = co_await cursor.read(options_.filter.mask, kBatchBytes);
    looked_ = std::max(looked_, batch.last);
    if (batch.gap && !options_.filter.filtered) {
      taken = co_await write_gap(*batch.gap);
      if (!taken) co_return;
    }
    if (!batch.empty()) {
      taken = co_await write(batch.pieces);
      if (!taken) co_return;
      if (options_.filter.filtered) told_ = batch.last_delivered;
      continue;
    }
    if (cursor.at_end()) break;
    const base::Wake wake = co_await cursor.wait(silent_at_);
    if (wake == base::Wake::cancelled) co_return;
    if (steady_clock::now() < silent_at_) continue;
    taken = co_await write_silence();
    if (!taken) co_return;
  }
  if (held_back()) co_await write_position();
}

}  // namespace

stream::Start start_position(const net::HttpRequest& request) {
  const auto id = request.headers.find("Last-Event-ID").value_or(std::string_view{});
  if (!id.empty()) {
    base::Seq seq;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), seq.value);
    const bool valid = error == std::errc{} && end == id.data() + id.size() && seq.value > 0;
    return valid ? stream::Start::after(seq) : stream::Start::now();
  }
  return request.query_value(kReplayName) == "all" ? stream::Start::oldest() : stream::Start::now();
}

net::HttpResponse event_stream_head() {
  net::HttpResponse head;
  head.headers.set("Content-Type", "text/event-stream");
  head.headers.set("X-SSE-Content-Type", "application/json");
  head.headers.set("Cache-Control", "no-cache, no-transform");
  head.headers.set("X-Accel-Buffering", "no");  // nginx would hold events back
  return head;
}

base::Task<> write_event_stream(net::BodyWriter& out, std::shared_ptr<stream::Log> log,
                                EventStreamOptions options) {
  EventStream events(out, options);
  co_await events.run(std::move(log));
}

}  // namespace telltale::api

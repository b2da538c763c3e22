#include "api/seraph_events.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/event_stream.hpp"
#include "api/limits.hpp"
#include "api/seraph_schemas.hpp"
#include "api/seraph_snapshot.hpp"
#include "base/json_encode.hpp"
#include "base/log_hub.hpp"
#include "session/registry.hpp"
#include "telemetry/secret_text.hpp"

namespace telltale::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr std::string_view kComment = ":\n\n";
/// Lines of one write to the client.
constexpr std::size_t kBatchLines = 1024;

std::int64_t unix_ms(system_clock::time_point when) {
  return std::chrono::duration_cast<milliseconds>(when.time_since_epoch()).count();
}

template <class Data>
void append_frame(std::string& out, std::string_view event, const Data& data) {
  out += "event: ";
  out += event;
  out += "\ndata: ";
  base::encode_json(out, data, base::Secrets::mask);
  out += "\n\n";
}

// Diagnostics name URLs, and quote what they were given, as they are. Here they go to whoever holds the token, and to places where dashboards
// keep what they show.
void mask_secrets(std::string& message) {
  static const telemetry::SecretText kSecrets;
  kSecrets.mask_text(message);
}

void append_log(std::string& out, const base::LogLine& line) {
  LogFrame frame;
  frame.timestamp_ms = unix_ms(line.at);
  frame.level = line.level;
  frame.scope = line.scope;
  *frame.session_id = line.session_id;
  *frame.transport = line.transport;
  *frame.direction = line.direction;
  frame.message = line.message;
  mask_secrets(frame.message);
  append_frame(out, "log", frame);
}

void append_dropped(std::string& out, std::uint64_t count) {
  base::LogLine line;
  line.level = base::LogLevel::warn;
  line.scope = "seraph";
  line.message = std::to_string(count) + " lines were dropped: this client reads too slowly";
  line.at = system_clock::now();
  append_log(out, line);
}

// One consumer. Snapshots take a moment, of a stuck browser a second, so each is taken beside the stream: the
// writer alone writes, and is woken when one is there.
class HubStream {
 public:
  HubStream(const Services& services, net::BodyWriter& out, base::LogCursor& cursor, HubStreamOptions options,
            base::asio::any_io_executor executor)
      : services_(services), out_(out), cursor_(cursor), options_(options), snapshots_(std::move(executor)) {}

  base::Task<> run();

 private:
  // A live session, and how many snapshots of it are still to be taken: one per transition.
  struct Known {
    std::shared_ptr<session::Session> session;  // null: not looked up yet
    int owed = 0;
  };

  base::Task<bool> begin();
  base::Task<bool> deliver();
  base::Task<bool> write(std::string text);
  void append_lines(std::string& out);
  base::Task<> begin_round();
  void ask_for(const std::string& id);
  base::Task<> take_owed(std::string id);

  const Services& services_;
  net::BodyWriter& out_;
  base::LogCursor& cursor_;
  const HubStreamOptions options_;
  std::unordered_map<std::string, Known> known_;
  std::string taken_;  // frames of snapshots that are to be written
  base::TaskScope snapshots_;
  bool behind_ = false;  // there is more to read than one write holds
  steady_clock::time_point silent_at_{};
  steady_clock::time_point next_round_{};
};

base::Task<> HubStream::run() {
  bool going = co_await begin();
  while (going) going = co_await deliver();
  snapshots_.stop();
  co_await snapshots_.join();
}

base::Task<bool> HubStream::begin() {
  // The first byte lets the client know that the stream stands.
  const bool greeted = co_await write(std::string(kComment));
  if (!greeted) co_return false;
  const auto all = co_await services_.registry.list();
  std::vector<std::shared_ptr<session::Session>> live;
  for (const auto& found : all) {
    if (session::is_over(found.info->state)) continue;
    known_[found.info->id.value].session = found.session;
    live.push_back(found.session);
  }
  const auto snapshots = co_await take_snapshots(std::move(live));
  for (const auto& snapshot : snapshots) append_frame(taken_, "session", SessionFrame{snapshot});
  next_round_ = steady_clock::now() + options_.round;
  co_return true;
}

base::Task<bool> HubStream::deliver() {
  std::string text = std::exchange(taken_, {});
  append_lines(text);
  if (!text.empty()) {
    const bool written = co_await write(std::move(text));
    if (!written || behind_) co_return written;
    co_return co_await base::sleep_for(limits::kLogStreamPause);
  }
  const auto wake = co_await cursor_.wait(std::min(silent_at_, next_round_));
  if (wake == base::Wake::cancelled) co_return false;
  const auto now = steady_clock::now();
  if (now >= next_round_) {
    next_round_ = now + options_.round;
    snapshots_.spawn(begin_round());
  }
  if (now < silent_at_) co_return true;
  co_return co_await write(std::string(kComment));
}

base::Task<bool> HubStream::write(std::string text) {
  const std::string_view piece = text;
  const std::span<const std::string_view> pieces(&piece, 1);
  const auto written = co_await out_.write(pieces);
  silent_at_ = steady_clock::now() + options_.keepalive;
  co_return written.has_value();  // why not does not matter: the client is gone or we stop
}

void HubStream::append_lines(std::string& out) {
  const auto batch = cursor_.read(kBatchLines);
  behind_ = batch.lines.size() == kBatchLines;
  if (batch.dropped > 0) {
    append_dropped(out, batch.dropped);
    snapshots_.spawn(begin_round());  // transitions may have been among them
  }
  for (const auto& line : batch.lines) {
    append_log(out, *line);
    if (line->level == base::LogLevel::state && line->session_id) ask_for(*line->session_id);
  }
}

void HubStream::ask_for(const std::string& id) {
  if (++known_[id].owed == 1) snapshots_.spawn(take_owed(id));
}

// Also of sessions whose beginning or end was told in lines that this client missed.
base::Task<> HubStream::begin_round() {
  const auto all = co_await services_.registry.list();
  for (const auto& found : all) {
    if (!session::is_over(found.info->state)) known_[found.info->id.value].session = found.session;
  }
  std::vector<std::string> idle;
  for (const auto& [id, known] : known_) {
    if (known.owed == 0) idle.push_back(id);
  }
  for (const auto& id : idle) ask_for(id);
}

base::Task<> HubStream::take_owed(std::string id) {
  for (;;) {
    auto session = known_[id].session;
    if (!session) {
      const auto found = co_await services_.registry.find(id);
      if (!found) break;  // it failed before it could be seen, and nobody has been told of it
      session = known_[id].session = found->session;
    }
    auto snapshot = co_await take_snapshot(std::move(session));
    if (snapshots_.stopping()) co_return;
    const bool over = snapshot.status == BotStatus::disconnected || snapshot.status == BotStatus::error;
    append_frame(taken_, "session", SessionFrame{std::move(snapshot)});
    cursor_.wake();
    if (--known_[id].owed > 0) continue;
    if (over) break;
    co_return;
  }
  known_.erase(id);
}

base::Task<> serve(const Services& services, net::BodyWriter& out, std::shared_ptr<base::LogCursor> cursor,
                   HubStreamOptions options) {
  const auto executor = co_await base::asio::this_coro::executor;
  HubStream stream(services, out, *cursor, options, executor);
  co_await stream.run();
}

}  // namespace

net::HttpReply stream_hub(const Services& services, HubStreamOptions options) {
  net::HttpReply reply;
  reply.response = event_stream_head();
  // Made here, before the client sees the head: what it causes from then on reaches it.
  const auto cursor = std::make_shared<base::LogCursor>(base::log_hub());
  reply.stream = [&services, cursor, options](net::BodyWriter& out) {
    return serve(services, out, cursor, options);
  };
  return reply;
}

}  // namespace telltale::api

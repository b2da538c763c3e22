#include "api/browser_logs.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "api/browser_body.hpp"
#include "api/driving.hpp"
#include "api/error_response.hpp"
#include "api/event_stream.hpp"
#include "api/limits.hpp"
#include "base/json_encode.hpp"
#include "session/registry.hpp"
#include "stream/limits.hpp"

namespace telltale::api {
namespace {

using std::chrono::steady_clock;
using Violations = std::vector<base::Violation>;

// The one process of a session that telltale supervises.
constexpr std::string_view kProcess = "chromium";
// How often a followed browser is asked for more.
constexpr auto kInterval = std::chrono::milliseconds(250);

struct LogEvent {
  std::string event = "log";
  std::string message;
  std::string timestamp;

  static constexpr auto describe() {
    using base::field;
    using T = LogEvent;
    return base::table<T>("A line of a log.", field("event", &T::event, "Always `log`."),
                          field("message", &T::message, "The line."),
                          field("timestamp", &T::timestamp, "RFC 3339, UTC: when telltale read it."));
  }
};

struct LogQuery {
  bool follow = true;
};

std::expected<LogQuery, Violations> parse_query(const net::HttpRequest& request) {
  LogQuery query;
  Violations violations;
  const auto source = request.query_value("source");
  const auto process = request.query_value("supervisor_process");
  if (!source) {
    violations.push_back({"source", "is required: supervisor", base::ViolationKind::missing});
  } else if (*source != "supervisor") {
    violations.push_back({"source", "must be supervisor: a session has no log files to read by their path"});
  } else if (process && *process != kProcess) {
    violations.push_back({"supervisor_process", "must be chromium: there is no other process"});
  }
  const auto follow = request.query_value("follow").value_or("true");
  if (follow != "true" && follow != "false") violations.push_back({"follow", "must be true or false"});
  query.follow = follow == "true";
  if (!violations.empty()) return std::unexpected(std::move(violations));
  return query;
}

base::Task<std::optional<browser::OutputPart>> output_of(std::shared_ptr<session::Session> session,
                                                         std::uint64_t position) {
  co_return session->browser_output(position);
}

// Cuts what was read into frames; the rest of an unfinished line stays in `text`.
std::string take_frames(std::string& text, const base::Clock& clock, bool all) {
  std::string frames;
  std::size_t begin = 0;
  for (;;) {
    auto end = text.find('\n', begin);
    if (end == std::string::npos && (!all || begin == text.size())) break;
    end = std::min(end, text.size());
    LogEvent event;
    event.message = text.substr(begin, end - begin);
    if (event.message.ends_with('\r')) event.message.pop_back();
    event.timestamp = to_rfc3339(clock.now().wall);
    if (!event.message.empty()) frames += "data: " + base::to_json(event, base::Secrets::mask) + "\n\n";
    begin = std::min(end + 1, text.size());
  }
  text.erase(0, begin);
  return frames;
}

base::Task<bool> write_text(net::BodyWriter& out, std::string text) {
  const std::array<std::string_view, 1> pieces{text};
  const auto written = co_await out.write(pieces);
  co_return written.has_value();
}

// `out` outlives the call (net::HttpReply::stream), `clock` the server.
base::Task<> write_log(net::BodyWriter& out, std::shared_ptr<session::Session> session, const base::Clock& clock,
                       LogQuery query) {
  const session::Activity activity(session);
  std::string opening = ":\n\n";
  bool taken = co_await write_text(out, std::move(opening));
  std::uint64_t position = 0;
  std::string unfinished;
  auto silent_at = steady_clock::now() + stream::limits::kKeepaliveInterval;
  while (taken) {
    auto part = co_await base::on(session->loop(), output_of(session, position));
    if (part) {
      position = part->end;
      unfinished += part->text;
    }
    const bool over = !part || !query.follow;
    auto frames = take_frames(unfinished, clock, over || unfinished.size() > limits::kUnfinishedLineBytes);
    if (frames.empty() && !over && steady_clock::now() >= silent_at) frames = ":\n\n";
    if (!frames.empty()) {
      taken = co_await write_text(out, std::move(frames));
      silent_at = steady_clock::now() + stream::limits::kKeepaliveInterval;
    }
    if (over) co_return;
    const bool slept = co_await base::sleep_for(kInterval);
    if (!slept) co_return;
  }
}

base::Task<net::HttpReply> stream_logs(const Services& services, Call call) {
  const auto query = parse_query(call.request);
  if (!query) co_return whole(error_response(query.error()));
  const auto found = co_await find_live(services, call.record, call.parameters.front());
  if (!found) co_return whole(error_response(found.error()));
  if (!found->info->spec.attach_url.empty()) {
    co_return whole(error_response({base::Errc::invalid_argument,
                                    "source: this session is attached to a browser that telltale has not started; "
                                    "whoever did has its output"}));
  }
  net::HttpReply reply;
  reply.response = event_stream_head();
  reply.stream = [session = found->session, &clock = services.clock, query = *query](net::BodyWriter& out) {
    return write_log(out, session, clock, query);
  };
  co_return reply;
}

constexpr std::array kParameters = {
    Parameter{"source", "supervisor: what the session's browser writes to its stderr.",
              &base::type_model<std::string>},
    Parameter{"supervisor_process", "chromium, or absent.", &base::type_model<std::string>},
    Parameter{"path", "Of source=path, which is refused.", &base::type_model<std::string>},
    Parameter{"follow", "Default true: goes on until the session ends. False: what there is, at most 16 KiB.",
              &base::type_model<bool>}};

}  // namespace

std::vector<Route> browser_log_routes() {
  return {{.method = "GET",
           .pattern = "/browsers/{id_or_name}/logs/stream",
           .operation_id = "streamBrowserLogs",
           .summary = "Follow what the browser itself writes.",
           .handler = stream_logs,
           .access = Access::token_or_query,
           .parameters = kParameters,
           .success = {200, "Frames of `data: {event, message, timestamp}`.", "text/event-stream",
                       &base::type_model<LogEvent>}}};
}

}  // namespace telltale::api

#include "cli/print_stream.hpp"

#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>

#include "cli/event_follower.hpp"
#include "cli/terminal.hpp"
#include "telemetry/envelope.hpp"

namespace telltale::cli {
namespace {

using base::Result;
using base::Task;

/// Why the stream is to end, told to the follower once.
class Ending {
 public:
  void attach(EventFollower& follower) noexcept { follower_ = &follower; }
  void now(StreamEnd why) noexcept {
    if (end_ != StreamEnd::session_over) return;
    end_ = why;
    follower_->stop();
  }
  [[nodiscard]] StreamEnd reason() const noexcept { return end_; }

 private:
  EventFollower* follower_ = nullptr;
  StreamEnd end_ = StreamEnd::session_over;
};

// The references of both are to locals of print_stream(), which awaits them.
Task<> end_at_interrupt(Interrupt& interrupt, Ending& ending) {
  const bool interrupted = co_await interrupt.wait();
  if (interrupted) ending.now(StreamEnd::interrupted);
}

Task<> end_after(std::chrono::milliseconds duration, Ending& ending) {
  const bool elapsed = co_await base::sleep_for(duration);
  if (elapsed) ending.now(StreamEnd::duration_over);
}

bool has_type(std::string_view envelope_json, std::string_view type) {
  // Decoding every event for a name that is rarely there would be waste.
  if (envelope_json.find(type) == std::string_view::npos) return false;
  const auto envelope = telemetry::decode_envelope(envelope_json);
  return envelope && telemetry::event_type(envelope->event.data).name == type;
}

}  // namespace

Task<Result<StreamEnd>> print_stream(Client client, StreamRequest request, StreamLimits limits,
                                     EventPrinter& printer, Interrupt& interrupt) {
  Ending ending;
  FollowerEvents events;
  events.on_event = [&](std::string_view envelope_json) {
    printer.print_event(envelope_json);
    if (!limits.until.empty() && has_type(envelope_json, limits.until)) ending.now(StreamEnd::seen);
    if (printer.failed()) ending.now(StreamEnd::output_closed);
  };
  events.on_gap = [&](base::Seq first, base::Seq last) { printer.print_gap(first, last); };
  events.on_retry = [](const base::Error& why, std::chrono::milliseconds delay) {
    std::fputs(fmt::format("telltale: {}; trying again in {} ms\n", printable(why.message), delay.count()).c_str(),
               stderr);
  };
  EventFollower follower(std::move(client), std::move(request), std::move(events));
  ending.attach(follower);

  base::TaskScope endings(co_await base::asio::this_coro::executor);
  endings.spawn(end_at_interrupt(interrupt, ending));
  if (limits.duration) endings.spawn(end_after(*limits.duration, ending));
  const auto outcome = co_await follower.run();
  endings.stop();
  co_await endings.join();

  if (!outcome) co_return std::unexpected(outcome.error());
  co_return ending.reason();
}

}  // namespace telltale::cli

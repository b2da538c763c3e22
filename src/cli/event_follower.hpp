#pragma once

// Follows the event stream of a session to its end, over lost connections.

#include <boost/asio/cancellation_signal.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/client.hpp"
#include "cli/sse_parser.hpp"

namespace telltale::cli {

/// What a follower tells. Called on its loop, in order.
struct FollowerEvents {
  std::function<void(std::string_view envelope_json)> on_event;
  /// Events `first` to `last` were not delivered: the server keeps them no more. Never on a filtered stream,
  /// where holes are the rule.
  std::function<void(base::Seq first, base::Seq last)> on_gap;
  /// The connection was lost; the next try is after `delay`.
  std::function<void(const base::Error& why, std::chrono::milliseconds delay)> on_retry;
};

/// Lives on the loop that runs it, and must outlive run().
class EventFollower {
 public:
  /// Tries to get the stream back, in a row and without a sign of life; the waits double from half a second:
  /// 15 s in all.
  static constexpr int kTries = 5;
  static constexpr std::chrono::milliseconds kFirstDelay{500};

  EventFollower(Client client, StreamRequest request, FollowerEvents events);

  /// Reads until the server ends the stream, or stop(). Errors: of Client::stream, at once if the first
  /// connection fails.
  base::Task<base::Result<void>> run();
  /// Makes run() return soon. On the loop, also from inside the callbacks.
  void stop() noexcept;

 private:
  base::Task<base::Result<void>> follow();
  base::Task<base::Result<void>> read_once();
  void take(const SseEvent& event);

  Client client_;
  StreamRequest request_;
  FollowerEvents events_;
  std::optional<base::Seq> last_;  ///< the last seq that arrived, or that the caller has already
  bool heard_ = false;             ///< the present connection has delivered something
  bool stopping_ = false;
  /// Shared with stop()'s handler, which may run when this object is gone.
  std::shared_ptr<base::asio::cancellation_signal> cancel_;
};

}  // namespace telltale::cli

#pragma once

// A client of a session's event stream that reads in the background and keeps everything.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"
#include "support/patience.hpp"
#include "support/telltale_process.hpp"

namespace telltale::testing {

using nlohmann::json;

/// Where a stream begins and what it holds.
struct StreamQuery {
  std::string query = "replay=all";  ///< of the URL; empty: only new events
  std::optional<std::uint64_t> last_event_id = std::nullopt;

  static StreamQuery from_now() { return {.query = ""}; }
  static StreamQuery after(std::uint64_t seq) { return {.query = "", .last_event_id = seq}; }
};

/// Whether `actual` has every member of `expected`, deeply; other values must be equal.
bool contains(const json& actual, const json& expected);

/// What is wrong with the seqs of these envelopes when each must follow the one before, from `first` on;
/// empty: nothing.
std::string gap_in(const std::vector<json>& envelopes, std::uint64_t first = 1);

/// Reads from construction on; accepts nothing but the frames of the contract: `id: N\ndata: JSON\n\n`, `id:
/// N\n\n` and
/// `:\n\n`. Waits throw std::runtime_error, with what was seen, after kPatience.
class EventStream {
 public:
  /// Returns once the server has answered.
  EventStream(const TelltaleProcess& server, const std::string& session, const StreamQuery& query = {});
  ~EventStream() { stop(); }
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  [[nodiscard]] unsigned status() const { return head().status; }
  [[nodiscard]] net::HttpResponse head() const;

  /// The first envelope of that type whose data contain() `data`, after the event numbered `after`.
  json wait_for(std::string_view type, const json& data = json::object(), std::uint64_t after = 0);
  /// The first envelope for which `matches` holds; `what` names it in the error.
  json wait_for_any(const std::string& what, const std::function<bool(const json& envelope)>& matches);
  /// All so far.
  [[nodiscard]] std::vector<json> all() const;
  [[nodiscard]] std::vector<json> all(std::string_view type) const;
  /// Whether the server has ended the stream cleanly within `patience`.
  bool wait_end(std::chrono::nanoseconds patience = kPatience);
  /// The id of the last frame, with or without data: what a client would resume with.
  [[nodiscard]] std::uint64_t last_id() const;
  /// Disconnects.
  void stop() { thread_.stop(); }

 private:
  base::Task<> read(net::HttpRequest request, std::string host, std::uint16_t port);
  void take(std::string_view bytes);
  void take_frame(const std::string& frame);
  [[nodiscard]] std::string summary() const;

  mutable std::mutex mutex_;  // guards everything below: the test reads what the loop writes
  std::condition_variable changed_;
  std::optional<net::HttpResponse> head_;
  std::string partial_;
  std::vector<json> envelopes_;
  std::uint64_t last_id_ = 0;
  std::string malformed_;
  bool ended_ = false;
  std::string error_;  ///< why it ended, if not cleanly
  LoopThread thread_;
};

}  // namespace telltale::testing

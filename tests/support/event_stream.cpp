#include "support/event_stream.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "net/http_client.hpp"
#include "support/event_record.hpp"

namespace telltale::testing {
namespace {

/// Above the keepalive interval: a stream that is silent for longer is broken.
constexpr auto kIdle = std::chrono::seconds(30);

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

}  // namespace

bool contains(const json& actual, const json& expected) {
  if (!expected.is_object() || !actual.is_object()) return actual == expected;
  for (const auto& [name, value] : expected.items()) {
    const auto member = actual.find(name);
    if (member == actual.end() || !contains(*member, value)) return false;
  }
  return true;
}

std::string gap_in(const std::vector<json>& envelopes, std::uint64_t first) {
  std::uint64_t expected = first;
  for (const auto& envelope : envelopes) {
    const auto seq = envelope.at("seq").get<std::uint64_t>();
    if (seq != expected) return "expected seq " + std::to_string(expected) + ", got " + std::to_string(seq);
    ++expected;
  }
  return {};
}

EventStream::EventStream(const TelltaleProcess& server, const std::string& session,
                         const StreamQuery& query) {
  net::HttpRequest request;
  request.path = "/browsers/" + session + "/telemetry/stream";
  request.query = net::parse_query(query.query);
  request.headers.set("Accept", "text/event-stream");
  request.headers.set("Authorization", "Bearer " + server.token());
  if (query.last_event_id) request.headers.set("Last-Event-ID", std::to_string(*query.last_event_id));
  thread_.spawn(read(std::move(request), server.address().host, server.address().port));

  std::unique_lock lock(mutex_);
  const bool answered = changed_.wait_for(lock, kPatience, [&] { return head_ || ended_; });
  if (!answered || !head_) throw std::runtime_error("no answer for the event stream: " + error_);
}

base::Task<> EventStream::read(net::HttpRequest request, std::string host, std::uint16_t port) {
  std::function<void(const net::HttpResponse&)> on_head = [this](const net::HttpResponse& head) {
    const std::lock_guard lock(mutex_);
    head_ = head;
    changed_.notify_all();
  };
  std::function<void(std::string_view)> on_data = [this](std::string_view bytes) { take(bytes); };
  const auto response = co_await net::http_stream(std::move(host), port, std::move(request),
                                                  std::move(on_head), std::move(on_data), kIdle);
  const std::lock_guard lock(mutex_);
  ended_ = true;
  if (response) head_ = *response;
  if (!response) error_ = response.error().message;
  changed_.notify_all();
}

void EventStream::take(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  partial_ += bytes;
  for (auto end = partial_.find("\n\n"); end != std::string::npos; end = partial_.find("\n\n")) {
    take_frame(partial_.substr(0, end));
    partial_.erase(0, end + 2);
  }
  changed_.notify_all();
}

void EventStream::take_frame(const std::string& frame) {
  if (frame == ":") return;
  constexpr std::string_view kId = "id: ";
  constexpr std::string_view kData = "data: ";
  const auto line_end = frame.find('\n');
  const auto id =
      frame.starts_with(kId) ? number_in(std::string_view(frame).substr(0, line_end).substr(kId.size())) : 0;
  if (id == 0) {
    malformed_ = frame;
    return;
  }
  last_id_ = id;
  if (line_end == std::string::npos) return;
  const std::string_view data = std::string_view(frame).substr(line_end + 1);
  auto envelope = data.starts_with(kData) ? json::parse(data.substr(kData.size()), nullptr, false) : json();
  if (!envelope.is_object() || envelope.value("seq", std::uint64_t{0}) != id) {
    malformed_ = frame;
    return;
  }
  record_event(data.substr(kData.size()));
  envelopes_.push_back(std::move(envelope));
}

net::HttpResponse EventStream::head() const {
  const std::lock_guard lock(mutex_);
  return *head_;
}

std::string EventStream::summary() const {
  std::string text;
  for (const auto& envelope : envelopes_) text += "  " + envelope.dump().substr(0, 400) + "\n";
  return text + (ended_ ? "  (the stream has ended) " + error_ + "\n" : "");
}

json EventStream::wait_for(std::string_view type, const json& data, std::uint64_t after) {
  return wait_for_any(std::string(type) + " " + data.dump(), [&](const json& envelope) {
    const auto& event = envelope.at("event");
    return envelope.at("seq").get<std::uint64_t>() > after && event.at("type") == type &&
           contains(event.value("data", json::object()), data);
  });
}

json EventStream::wait_for_any(const std::string& what, const std::function<bool(const json&)>& matches) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::unique_lock lock(mutex_);
  for (std::size_t seen = 0;;) {
    if (!malformed_.empty()) throw std::runtime_error("malformed frame: " + malformed_);
    for (; seen < envelopes_.size(); ++seen) {
      if (matches(envelopes_[seen])) return envelopes_[seen];
    }
    if (ended_ || changed_.wait_until(lock, deadline) == std::cv_status::timeout) {
      throw std::runtime_error("no " + what + "; there were\n" + summary());
    }
  }
}

std::vector<json> EventStream::all() const {
  const std::lock_guard lock(mutex_);
  return envelopes_;
}

std::vector<json> EventStream::all(std::string_view type) const {
  auto envelopes = all();
  std::erase_if(envelopes, [&](const json& envelope) { return envelope.at("event").at("type") != type; });
  return envelopes;
}

bool EventStream::wait_end(std::chrono::nanoseconds patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return ended_; }) && error_.empty() && malformed_.empty();
}

std::uint64_t EventStream::last_id() const {
  const std::lock_guard lock(mutex_);
  return last_id_;
}

}  // namespace telltale::testing

// The one end of each request: network_response or network_loading_failed, from Chromium where it reports one
// and from telltale where it does not. docs/attaching.md lists the cases.

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "base/logging.hpp"
#include "cdp/decode.hpp"
#include "collector/body_text.hpp"
#include "collector/collector.hpp"
#include "collector/limits.hpp"

namespace telltale::collector {
namespace {

using cdp::command;

// Old requests are swept together: one is ended up to this much late rather than waking up for each.
constexpr auto kSweepSlack = std::chrono::minutes(1);

// The charset that the response gives itself; empty: none.
std::string charset_of(const TrackedRequest& request) {
  constexpr std::string_view kParameter = "charset=";
  const auto type = base::ascii_lower(header(request.response->headers, "content-type").value_or(""));
  const auto at = type.find(kParameter);
  if (at == std::string::npos) return {};
  const auto value = std::string_view(type).substr(at + kParameter.size());
  const auto begin = std::min(value.find_first_not_of("\"\\ "), value.size());
  return std::string(value.substr(begin, value.find_first_of("\"\\; ,", begin) - begin));
}

struct Body {
  std::string bytes;
  bool of_wire;  ///< as they came, where Chromium has not read them as text; else UTF-8
};

// What Network.getResponseBody has answered; absent when it has no such body.
std::optional<Body> body_of(const ReplyTag& tag, const base::Result<std::string>& result) {
  if (!result) {
    spdlog::debug("body of request {}: {}", tag.request.value, result.error().message);
    return std::nullopt;
  }
  auto got = cdp::decode_result<cdp::network::GetResponseBodyResult>(*result);
  if (!got) return std::nullopt;
  const bool of_wire = got->base64_encoded;
  return Body{of_wire ? from_base64(got->body) : std::move(got->body), of_wire};
}

std::string text_of(Body body, std::size_t cap, const TrackedRequest& request) {
  // No charset takes more than four bytes for a character; what is beyond would be cut off all the same.
  const auto charset = body.of_wire ? charset_of(request) : std::string();
  if (!charset.empty() && body.bytes.size() > 4 * cap + 4) body.bytes.resize(4 * cap + 4);
  return capped_text(utf8_from(std::move(body.bytes), charset), cap);
}

// How many bytes of its body the event of a response may carry; absent: the body is not fetched at all.
std::optional<std::size_t> cap_of(const TrackedRequest& request, const Ending& ending) {
  // One that is read as a blob, or passed on by a service worker, is told in bytes of the wire alone.
  const bool empty = request.decoded == 0 && request.encoded == 0;
  const bool large =
      request.decoded > limits::kBodyFetchBytes || request.encoded > limits::kBodyFetchBytes;
  if (ending.body_read == false || empty || large) return std::nullopt;
  return body_cap(request.resource_type.value_or(""), request.response->mime_type);
}

}  // namespace

void Collector::end_with_response(const base::RequestId& id, TrackedRequest& request, Ending ending,
                                  base::Time now, Output& out) {
  if (request.has_extra_info && !request.wire.complete()) {
    ending.extra_until = now.mono + limits::kExtraInfoWait;
  }
  auto cap = cap_of(request, ending);
  if (!cap && ending.otherwise) cap = 0;
  if (cap) {
    const auto turn = bodies_.add(id);
    if (turn != BodyQueue::Turn::never) {
      ending.cap = cap;
      ending.body_until = now.mono + limits::kBodyTimeout;
    }
    request.ending = std::move(ending);
    if (turn == BodyQueue::Turn::now) fetch_body(id, request, out);
  } else {
    request.ending = std::move(ending);
  }
  const auto due = request.due();
  if (!due) return publish_response(id, now, out);
  requests_.arm(id);
  wake_at(*due);
}

void Collector::fetch_body(const base::RequestId& id, const TrackedRequest& request, Output& out) {
  ReplyTag tag;
  tag.kind = ReplyTag::Kind::body;
  tag.session = request.ending->session;
  tag.request = id;
  out.commands.push_back({command(tag.session, cdp::network::GetResponseBody{id}), tag});
}

void Collector::body_settled(const base::RequestId& id, Output& out) {
  auto next = bodies_.remove(id);
  while (next) {
    const TrackedRequest* request = requests_.find(*next);
    if (request != nullptr && request->ending && request->ending->body_until) {
      return fetch_body(*next, *request, out);
    }
    next = bodies_.remove(*next);
  }
}

void Collector::on_body(const ReplyTag& tag, const base::Result<std::string>& result, base::Time now,
                        Output& out) {
  body_settled(tag.request, out);
  TrackedRequest* request = requests_.find(tag.request);
  if (request == nullptr || !request->ending || !request->ending->body_until) return;  // too late
  Ending& ending = *request->ending;
  ending.body_until.reset();
  if (auto body = body_of(tag, result)) {
    ending.otherwise.reset();
    const auto size = static_cast<std::int64_t>(body->bytes.size());
    if (request->decoded == 0) request->decoded = request->announced.value_or(size);
    // Of a body that was passed on without being looked at, Chromium may keep nothing.
    if (*ending.cap > 0 && size > 0) ending.body = text_of(std::move(*body), *ending.cap, *request);
  } else if (ending.otherwise) {
    return publish_response(tag.request, now, out);
  }
  if (!ending.extra_until) return publish_response(tag.request, now, out);
  requests_.arm(tag.request);
}

void Collector::wire_headers_came(const base::RequestId& id, TrackedRequest& request, base::Time now,
                                  Output& out) {
  if (!request.ending || !request.ending->extra_until || !request.wire.complete()) return;
  request.ending->extra_until.reset();
  if (!request.ending->body_until) return publish_response(id, now, out);
  requests_.arm(id);
}

void Collector::publish_response(const base::RequestId& id, base::Time now, Output& out) {
  if (const TrackedRequest* known = requests_.find(id); known != nullptr && known->ending->otherwise) {
    const std::string text = *known->ending->otherwise;
    return end_with_failure(id, {.error_text = text, .canceled = true, .source = known->ending->source}, now, out);
  }
  auto request = requests_.take(id);
  if (!request) return;
  if (request->ending->cap) body_settled(id, out);
  request_over(id, *request, now);
  // Only now, so that a page that is said to be idle has all its responses in the record.
  on_request_end(*request, now);
  const Session* session = tree_.find(request->ending->session);
  const auto source = request->ending->source;
  auto wire = request->has_extra_info ? request->wire.end_hop() : WireHeaders::Hop{};
  publish(response_event(id, std::move(*request), std::move(wire)), session, source, now, out);
}

void Collector::end_with_failure(const base::RequestId& id, const Cause& cause, base::Time now, Output& out) {
  auto request = requests_.take(id);
  if (!request) return;
  if (request->ending && request->ending->cap) body_settled(id, out);
  request_over(id, *request, now);
  on_request_end(*request, now);
  telemetry::NetworkLoadingFailed event;
  event.context = std::move(request->context);
  event.resource_type = std::move(request->resource_type);
  event.request_id = id;
  event.error_text = cause.error_text;
  event.canceled = cause.canceled;
  event.blocked_reason = cause.blocked;
  event.request_wire_headers = request->wire.end_hop().request;
  publish(std::move(event), tree_.find(request->session), cause.source, now, out);
}

// Nothing more will come of it: a response that only waits is published as it is, everything else has failed.
void Collector::end_unanswered(const base::RequestId& id, const Cause& cause, base::Time now, Output& out) {
  const TrackedRequest* request = requests_.find(id);
  if (request != nullptr && request->ending) return publish_response(id, now, out);
  end_with_failure(id, cause, now, out);
}

void Collector::publish_unread(const base::RequestId& id, TrackedRequest& request, base::Time now, Output& out) {
  Ending ending;
  ending.session = request.session;
  ending.source = cdp::network::ResponseReceived::kMethod;
  if (request.announced != 0) ending.body_read = false;
  request.ending = std::move(ending);
  publish_response(id, now, out);
}

// Its document, frame or target is gone. What has come as a whole, or did not go on coming, the page has left unread.
void Collector::end_left(const base::RequestId& id, const Cause& cause, base::Time now, Output& out) {
  TrackedRequest* request = requests_.find(id);
  if (request != nullptr && request->response && !request->ending && !request->streams) {
    const bool stalled = request->announced && *request->announced > 0 &&
                         now.mono - request->last_sign >= limits::kUnreadSilence;
    if (request->complete() || request->all_came || stalled) return publish_unread(id, *request, now, out);
  }
  end_unanswered(id, cause, now, out);
}

void Collector::request_over(const base::RequestId& id, const TrackedRequest& request, base::Time now) {
  if (!request.preflight_of.empty()) {
    const auto mine = preflights_.find(request.preflight_of);
    if (mine != preflights_.end() && mine->second == id) preflights_.erase(mine);
  }
  if (const auto preflight = preflights_.find(id); preflight != preflights_.end()) {
    orphan(base::RequestId(preflight->second), "request_gone", now);
  }
}

// Chromium's own end may be on its way.
void Collector::orphan(const base::RequestId& id, std::string_view error, base::Time now) {
  TrackedRequest* request = requests_.find(id);
  if (request == nullptr || request->ending || request->orphaned) return;
  request->orphaned = now.mono + limits::kOrphanGrace;
  request->orphan_error = error;
  requests_.arm(id);
  wake_at(*request->orphaned);
}

void Collector::on_event(const cdp::target::TargetDestroyed& destroyed, const base::CdpSessionId&, base::Time now,
                         Output&) {
  orphan(base::RequestId(destroyed.target_id.value), "target_gone", now);
}

void Collector::probe(const base::RequestId& id, TrackedRequest& request, base::Time now, Output& out) {
  request.probe_at = now.mono + request.probe_after;
  request.probe_after = std::min(2 * request.probe_after, limits::kProbeAtMost);
  requests_.arm(id);
  const Session* session = tree_.find(request.session);
  const bool large = request.decoded > limits::kBodyFetchBytes || request.encoded > limits::kBodyFetchBytes;
  if (session == nullptr || session->bodies.empty() || large) return;
  ReplyTag tag;
  tag.kind = ReplyTag::Kind::probe;
  tag.session = request.session;
  tag.request = id;
  out.commands.push_back({command(tag.session, cdp::network::GetResponseBody{id}), tag});
}

void Collector::on_probe(const ReplyTag& tag, const base::Result<std::string>& result, base::Time, Output&) {
  TrackedRequest* request = requests_.find(tag.request);
  if (!result || request == nullptr || !request->response || request->ending) return;
  request->all_came = true;
  requests_.arm(tag.request);
  if (const auto due = request->due()) wake_at(*due);
}

void Collector::expire_requests(base::Time now, Output& out) {
  while (const auto id = requests_.take_due(now.mono)) {
    TrackedRequest& request = *requests_.find(*id);
    if (!request.ending) {
      if (request.orphaned) {
        end_left(*id, {request.orphan_error, true, {}}, now, out);
      } else if (!request.response) {
        expire_unanswered(*id, request, now, out);
      } else if (request.complete() || request.all_came) {
        publish_unread(*id, request, now, out);
      } else {
        probe(*id, request, now, out);
      }
      continue;
    }
    Ending& ending = *request.ending;
    if (ending.extra_until && *ending.extra_until <= now.mono) ending.extra_until.reset();
    if (ending.body_until && *ending.body_until <= now.mono) ending.body_until.reset();
    if (!request.due()) {
      publish_response(*id, now, out);
    } else {
      requests_.arm(*id);
    }
  }
  while (requests_.oldest_start() && *requests_.oldest_start() + limits::kRequestAge <= now.mono) {
    const auto id = *requests_.oldest();
    TrackedRequest& request = *requests_.find(id);
    if (request.response && !request.ending) {
      publish_unread(id, request, now, out);  // an event stream, or a download that still goes on
    } else {
      end_unanswered(id, {.error_text = "timed_out"}, now, out);
    }
  }
  if (const auto next = requests_.next_due()) wake_at(*next);
  if (const auto oldest = requests_.oldest_start()) {
    wake_at(*oldest + limits::kRequestAge + kSweepSlack);
  }
}

// A worker's script; or a preflight that came before its request, which may be known by now.
void Collector::expire_unanswered(const base::RequestId& id, TrackedRequest& request, base::Time now, Output& out) {
  if (request.preflight_of.empty()) return end_with_failure(id, {.error_text = "timed_out"}, now, out);
  request.answer_until.reset();
  if (requests_.find(request.preflight_of) == nullptr) orphan(id, "request_gone", now);
}

void Collector::forget_requests() noexcept {
  requests_.clear();
  preflights_.clear();
  blocked_.clear();
  early_wire_headers_.clear();
  bodies_.clear();
  websockets_.clear();
}

void Collector::end_requests_of_document(Session& session, const cdp::page::Frame& frame, base::Time now,
                                         Output& out) {
  // A navigation's request id is the id of its loader.
  if (TrackedRequest* own = requests_.find(base::RequestId(frame.loader_id.value))) {
    own->committed = session.id;
    // To about 2 ms; the injected script corrects it. Not earlier than this: a navigation that is answered
    // 204, or becomes a download, leaves the document and its clock as they are.
    session.set_time_origin(frame.id, own->began_ms);
  }
  // The root of a session takes everything with it, frames and worker scripts included; other frames only
  // what is their own.
  const bool root = session.is_root(frame);
  const auto gone = [&](const TrackedRequest& request) {
    if (request.ending || request.loader == frame.loader_id) return false;
    // The next navigation may have begun already; when it is superseded, Chromium says so.
    const bool next = request.navigation && request.frame == frame.id && request.committed.empty();
    return !next && (root ? request.session == session.id : request.frame == frame.id);
  };
  const Cause cause{"document_gone", true, cdp::page::FrameNavigated::kMethod};
  for (const auto& id : requests_.ids_if(gone)) end_left(id, cause, now, out);
  if (root) close_websockets(session.id, cause, now, out);
}

void Collector::end_requests_of_frame(const base::FrameId& frame, base::Time now, Output& out) {
  // In the frame's own process Chromium has ended them before, with ERR_ABORTED.
  const auto gone = [&](const TrackedRequest& request) { return !request.ending && request.frame == frame; };
  const Cause cause{"document_gone", true, cdp::page::FrameDetached::kMethod};
  for (const auto& id : requests_.ids_if(gone)) end_left(id, cause, now, out);
}

void Collector::end_requests_of_session(Session& session, base::Time now, Output& out) {
  const Cause cause{"target_gone", true, cdp::target::DetachedFromTarget::kMethod};
  const auto here = [&](const TrackedRequest& request) {
    return (request.ending ? request.ending->session : request.session) == session.id;
  };
  for (const auto& id : requests_.ids_if(here)) {
    TrackedRequest& request = *requests_.find(id);
    // An out-of-process iframe that navigates to its parent's site goes on there, and so does that
    // navigation. If the frame was removed instead, its frameDetached has ended the navigation before.
    const bool goes_on = !request.ending && request.navigation && !session.is_page() &&
                         session.has_frames() && request.committed != session.id;
    if (goes_on) {
      request.session = session.parent;
    } else {
      end_left(id, cause, now, out);
    }
  }
  close_websockets(session.id, cause, now, out);
}

void Collector::end_requests_of_crash(Session& session, base::Time now, Output& out) {
  // A navigation is the browser's, which lives: only what the crashed process had begun has ended.
  const auto gone = [&](const TrackedRequest& request) {
    if (request.ending) return request.ending->session == session.id;
    return request.session == session.id && !(request.navigation && request.committed.empty());
  };
  const Cause cause{"target_crashed", false, cdp::page::TargetCrashed::kMethod};
  for (const auto& id : requests_.ids_if(gone)) end_unanswered(id, cause, now, out);
  close_websockets(session.id, cause, now, out);
}

void Collector::end_all_requests(base::Time now, Output& out) {
  const Cause cause{.error_text = "observation_ended"};
  for (const auto& id : requests_.ids_if([](const TrackedRequest&) { return true; })) {
    end_unanswered(id, cause, now, out);
  }
  close_websockets({}, cause, now, out);
}

}  // namespace telltale::collector

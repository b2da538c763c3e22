// The one end of each request: network_response or network_loading_failed, from Chromium where it reports one
// and from telltale where it does not. docs/attaching.md lists the cases.

#include <utility>

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

// How many bytes of its body the event of a response may carry; absent: the body is not fetched at all.
std::optional<std::size_t> cap_of(const TrackedRequest& request, const Ending& ending) {
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
  if (const auto cap = cap_of(request, ending)) {
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
  if (result) {
    if (auto got = cdp::decode_result<cdp::network::GetResponseBodyResult>(*result)) {
      const auto bytes = got->base64_encoded ? from_base64(got->body) : std::move(got->body);
      ending.body = capped_text(bytes, *ending.cap);
    }
  } else {
    spdlog::debug("body of request {}: {}", tag.request.value, result.error().message);
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
  auto request = requests_.take(id);
  if (!request) return;
  if (request->ending->cap) body_settled(id, out);
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
  on_request_end(*request, now);
  telemetry::NetworkLoadingFailed event;
  event.context = std::move(request->context);
  event.resource_type = std::move(request->resource_type);
  event.request_id = id;
  event.error_text = cause.error_text;
  event.canceled = cause.canceled;
  event.request_wire_headers = request->wire.end_hop().request;
  publish(std::move(event), tree_.find(request->session), cause.source, now, out);
}

// Nothing more will come of it: a response that only waits is published as it is, everything else has failed.
void Collector::end_unanswered(const base::RequestId& id, const Cause& cause, base::Time now, Output& out) {
  const TrackedRequest* request = requests_.find(id);
  if (request != nullptr && request->ending) return publish_response(id, now, out);
  end_with_failure(id, cause, now, out);
}

void Collector::expire_requests(base::Time now, Output& out) {
  const auto unread = [&](const base::RequestId& id, TrackedRequest& request) {
    Ending ending;
    ending.session = request.session;
    ending.source = cdp::network::ResponseReceived::kMethod;
    if (request.announced != 0) ending.body_read = false;
    request.ending = std::move(ending);
    publish_response(id, now, out);
  };
  while (const auto id = requests_.take_due(now.mono)) {
    TrackedRequest& request = *requests_.find(*id);
    if (!request.ending) {
      unread(*id, request);
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
      unread(id, request);  // an event stream, or a download that still goes on
    } else {
      end_unanswered(id, {.error_text = "timed_out"}, now, out);
    }
  }
  if (const auto next = requests_.next_due()) wake_at(*next);
  if (const auto oldest = requests_.oldest_start()) {
    wake_at(*oldest + limits::kRequestAge + kSweepSlack);
  }
}

void Collector::forget_requests() noexcept {
  requests_.clear();
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
  for (const auto& id : requests_.ids_if(gone)) end_with_failure(id, cause, now, out);
  if (root) close_websockets(session.id, cause, now, out);
}

void Collector::end_requests_of_frame(const base::FrameId& frame, base::Time now, Output& out) {
  // In the frame's own process Chromium has ended them before, with ERR_ABORTED.
  const auto gone = [&](const TrackedRequest& request) { return !request.ending && request.frame == frame; };
  const Cause cause{"document_gone", true, cdp::page::FrameDetached::kMethod};
  for (const auto& id : requests_.ids_if(gone)) end_with_failure(id, cause, now, out);
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
      end_unanswered(id, cause, now, out);
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

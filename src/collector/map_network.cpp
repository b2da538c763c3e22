// Network.* -> network_request, and what the ends of requests are made of (end_request.cpp).

#include <utility>

#include "collector/collector.hpp"
#include "collector/limits.hpp"
#include "collector/proxy_error_code.hpp"

namespace telltale::collector {
namespace {

telemetry::NetworkRequest request_event(const cdp::network::RequestWillBeSent& sent,
                                        telemetry::EventContext context) {
  telemetry::NetworkRequest event;
  event.context = std::move(context);
  event.context.url = sent.request.url;
  if (sent.frame_id) event.context.frame_id = sent.frame_id;
  if (!sent.loader_id.empty()) event.context.loader_id = sent.loader_id;
  event.request_id = sent.request_id;
  event.method = sent.request.method;
  event.document_url = sent.document_url;
  event.headers = sent.request.headers;
  event.initiator_type = sent.initiator.type;
  if (sent.request.post_data && !sent.request.post_data->empty()) {
    event.post_data = base::Secret<std::string>(*sent.request.post_data);
  }
  event.resource_type = sent.type;
  return event;
}

TrackedRequest tracked(const cdp::network::RequestWillBeSent& sent, const telemetry::NetworkRequest& event,
                       const base::CdpSessionId& session, base::Time now) {
  TrackedRequest request;
  request.context = event.context;
  request.method = event.method;
  request.resource_type = event.resource_type;
  request.started = now.mono;
  request.session = session;
  if (sent.frame_id) request.frame = *sent.frame_id;
  request.loader = sent.loader_id;
  // What is prefetched, or fetched later than its document, has a loader of its own, too.
  request.navigation = sent.loader_id.value == sent.request_id.value && sent.type.value_or("Document") == "Document";
  if (sent.initiator.type == "preflight" && sent.initiator.request_id) {
    request.preflight_of = *sent.initiator.request_id;
  }
  // The script of a dedicated or shared worker is fetched by the browser; its request id is its target's.
  const bool worker_script = sent.type == "Script" && sent.frame_id && sent.loader_id.empty() &&
                             sent.request_id.value.find('.') == std::string::npos;
  if (worker_script) request.answer_until = now.mono + limits::kWorkerScriptWait;
  request.sent = sent.timestamp;
  request.began_ms = sent.wall_time * 1000;
  return request;
}

// Of a response without a body (204, HEAD, content-length 0), and of one that the page has read as a stream, Chromium
// may say that it was canceled though nothing of it is missing. Of the latter only a body that was kept is proof.
bool may_be_whole(const TrackedRequest& request) {
  if (request.complete()) return true;
  const bool by_script = request.resource_type == "Fetch" || request.resource_type == "XHR";
  const auto most = static_cast<std::int64_t>(limits::kNetworkResourceBufferBytes);
  return by_script && request.decoded > 0 && request.decoded <= most && request.encoded <= most;
}

}  // namespace

void Collector::on_event(const cdp::network::RequestWillBeSent& sent, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr) return;
  if (!captures(telemetry::Category::network)) return;

  // It has become a request: from now on its failure is this one's.
  if (session->started && session->started->loader.value == sent.request_id.value) session->started.reset();
  TrackedRequest* hop = requests_.find(sent.request_id);
  if (hop != nullptr && (hop->ending || !sent.redirect_response)) {
    end_unanswered(sent.request_id, {.error_text = "superseded", .source = sent.kMethod}, now, out);
    hop = nullptr;
  }
  auto event = request_event(sent, context_of(session));
  // The whole chain belongs to the page state in which it began.
  if (hop != nullptr) event.context.nav_seq = hop->context.nav_seq;
  auto request = tracked(sent, event, id, now);
  if (hop != nullptr) {
    event.is_redirect = true;
    event.redirect_url = hop->context.url;
    request.page = std::move(hop->page);
    request.began_ms = hop->began_ms;
    request.wire = std::move(hop->wire);
    hop->response = sent.redirect_response;
    // Not waited for: the next hop's request is published now, and must come after this.
    auto wire = sent.redirect_has_extra_info.value_or(false) ? request.wire.end_hop() : WireHeaders::Hop{};
    publish(response_event(sent.request_id, std::move(*hop), std::move(wire), sent.timestamp), session,
            sent.kMethod, now, out);
    const auto until = request.answer_until;
    requests_.put(sent.request_id, std::move(request));
    if (until) requests_.arm(sent.request_id);
  } else {
    if (requests_.full()) end_unanswered(*requests_.oldest(), {.error_text = "not_tracked"}, now, out);
    request.wire = early_wire_headers_.take(sent.request_id);
    if (const Session* page = tree_.page_of(*session)) request.page = page->id;
    if (!request.preflight_of.empty()) {
      preflights_.insert_or_assign(request.preflight_of, sent.request_id);
      if (requests_.find(request.preflight_of) == nullptr) request.answer_until = now.mono + limits::kPreflightWait;
    }
    const auto until = request.answer_until;
    on_request_begin(requests_.put(sent.request_id, std::move(request)), now);
    if (until) {
      requests_.arm(sent.request_id);
      wake_at(*until);
    }
    if (!due_) wake_at(now.mono + limits::kRequestAge);
  }
  publish(std::move(event), session, sent.kMethod, now, out);
}

void Collector::on_event(const cdp::network::ResponseReceived& received, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  // Published when the body has ended: only then is it known to have arrived.
  TrackedRequest* request = requests_.find(received.request_id);
  if (request == nullptr || request->ending) return;
  request->session = id;
  request->resource_type = received.type;
  request->respond(received.response, received.has_extra_info.value_or(false), now.mono);
  publish_proxy_error(*request, received.request_id, tree_.find(id), now, out);
  requests_.arm(received.request_id);
  if (const auto due = request->due()) wake_at(*due);
}

void Collector::publish_proxy_error(const TrackedRequest& request, const base::RequestId& id,
                                    Session* session, base::Time now, Output& out) {
  auto code = proxy_error_code(*request.response);
  if (session == nullptr || !code) return;
  using Milliseconds = std::chrono::duration<double, std::milli>;
  const bool allowed =
      proxy_error_rate_.allow(session->id, code->code + "/" + request.resource_type.value_or(""),
                              Milliseconds(now.mono.time_since_epoch()).count(),
                              Milliseconds(limits::kProxyErrorSpacing).count());
  if (!allowed) return;
  telemetry::ProxyError event;
  event.context = request.context;
  event.request_id = id;
  event.method = request.method;
  event.status = request.response->status;
  event.code = std::move(code->code);
  event.raw_code = std::move(code->raw);
  event.resource_type = request.resource_type;
  publish(std::move(event), session, cdp::network::ResponseReceived::kMethod, now, out);
}

void Collector::on_event(const cdp::network::DataReceived& data, const base::CdpSessionId& id, base::Time now,
                         Output&) {
  TrackedRequest* request = requests_.find(data.request_id);
  if (request == nullptr || request->ending) return;
  request->session = id;
  request->decoded += data.data_length;
  request->encoded += data.encoded_data_length;
  request->last_sign = now.mono;
  if (!request->complete()) return;
  requests_.arm(data.request_id);
  if (const auto due = request->due()) wake_at(*due);
}

void Collector::on_event(const cdp::network::RequestWillBeSentExtraInfo& extra, const base::CdpSessionId&,
                         base::Time now, Output& out) {
  if (!captures(telemetry::Category::network)) return;
  TrackedRequest* request = requests_.find(extra.request_id);
  (request != nullptr ? request->wire : early_wire_headers_.of(extra.request_id)).add_request(extra.headers);
  if (request != nullptr) wire_headers_came(extra.request_id, *request, now, out);
}

void Collector::on_event(const cdp::network::ResponseReceivedExtraInfo& extra, const base::CdpSessionId&,
                         base::Time now, Output& out) {
  if (!captures(telemetry::Category::network)) return;
  TrackedRequest* request = requests_.find(extra.request_id);
  (request != nullptr ? request->wire : early_wire_headers_.of(extra.request_id)).add_response(extra.headers);
  if (request != nullptr) wire_headers_came(extra.request_id, *request, now, out);
}

void Collector::on_event(const cdp::network::LoadingFinished& finished, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  TrackedRequest* request = requests_.find(finished.request_id);
  if (request == nullptr || request->ending) return;  // began before the capture, or telltale has ended it
  if (!request->response) {
    return end_with_failure(finished.request_id,
                            {.error_text = "response_unknown", .source = finished.kMethod}, now, out);
  }
  Ending ending;
  ending.session = id;
  ending.source = finished.kMethod;
  ending.finished = finished.timestamp;
  ending.encoded = finished.encoded_data_length;
  end_with_response(finished.request_id, *request, std::move(ending), now, out);
}

void Collector::on_event(const cdp::network::LoadingFailed& failed, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  TrackedRequest* request = requests_.find(failed.request_id);
  if (request == nullptr) return failed_unannounced(failed, tree_.find(id), now, out);
  if (request->ending) return;  // telltale has ended it
  request->session = id;
  const bool canceled = failed.canceled.value_or(false);
  if (canceled && request->response && may_be_whole(*request)) {
    Ending ending;
    ending.session = id;
    ending.source = failed.kMethod;
    ending.finished = failed.timestamp;
    ending.encoded = request->encoded_so_far();
    if (!request->complete()) ending.otherwise = failed.error_text;
    return end_with_response(failed.request_id, *request, std::move(ending), now, out);
  }
  Cause cause{.error_text = {}, .canceled = canceled, .source = failed.kMethod,
              .blocked = why_blocked(failed, *request)};
  const auto text = error_text(failed);
  cause.error_text = text;
  end_with_failure(failed.request_id, cause, now, out);
}

}  // namespace telltale::collector

// Requests that the browser does not let through: why, and those which it blocks before they become requests.

#include <algorithm>
#include <utility>

#include "collector/collector.hpp"
#include "collector/limits.hpp"

namespace telltale::collector {

using telemetry::Category;

namespace {

// Whether the log speaks of a navigation, of which it names the origin alone, and not of another request that the
// same document has made meanwhile.
bool is_about(const PolicyViolation& violation, const StartedNavigation& navigation) {
  for (const std::string_view directive : {"frame-src", "child-src", "fenced-frame-src", "form-action"}) {
    if (violation.directive.starts_with(directive)) return true;
  }
  const bool origin = violation.url.ends_with('/') && std::ranges::count(violation.url, '/') == 3;
  return origin && violation.directive.starts_with("default-src") && navigation.url.starts_with(violation.url);
}

}  // namespace

void Collector::on_event(const cdp::page::FrameRequestedNavigation& requested, const base::CdpSessionId& id,
                         base::Time, Output&) {
  Session* session = tree_.find(id);
  if (session == nullptr) return;
  session->started.emplace(
      StartedNavigation{requested.frame_id, {}, requested.url, requested.reason == "formSubmissionPost"});
}

void Collector::on_event(const cdp::page::FrameStartedNavigating& started, const base::CdpSessionId& id,
                         base::Time, Output&) {
  Session* session = tree_.find(id);
  if (session == nullptr) return;
  const auto& asked = session->started;
  const bool post = asked && asked->post && asked->frame == started.frame_id && asked->url == started.url;
  session->started.emplace(StartedNavigation{started.frame_id, started.loader_id, started.url, post});
}

std::optional<std::string> Collector::why_blocked(const cdp::network::LoadingFailed& failed,
                                                  const TrackedRequest& request) {
  FailedRequest what;
  const std::string url = request.context.url.value_or("");
  what.url = url;
  if (request.response) what.response = &*request.response;
  if (const Session* session = tree_.find(request.session)) {
    const auto& seen = session->violations;
    const auto last = std::find_if(seen.rbegin(), seen.rend(),
                                   [&](const PolicyViolation& violation) { return violation.url == url; });
    if (last != seen.rend()) what.policy = last->directive;
  }
  return blocked_reason(failed, what);
}

void Collector::note_violation(const cdp::log::Entry& entry, Session& session, base::Time now, Output& out) {
  if (entry.source != "security" || !captures(Category::network)) return;
  auto violation = policy_violation(entry.text);
  if (!violation) return;
  // Of a navigation the log speaks afterwards, and after a redirect of a place that no event has named.
  const auto waiting = std::ranges::find_if(blocked_, [&](const BlockedNavigation& blocked) {
    return blocked.session == session.id && is_about(*violation, blocked.navigation);
  });
  if (waiting != blocked_.end()) return publish_blocked(take_blocked(waiting), violation->directive, now, out);
  if (session.violations.size() >= limits::kPolicyViolations) session.violations.pop_front();
  session.violations.push_back(std::move(*violation));
}

void Collector::failed_unannounced(const cdp::network::LoadingFailed& failed, Session* session, base::Time now,
                                   Output& out) {
  // Chromium announces no request for a navigation that a policy of the page forbids.
  if (session == nullptr || !captures(Category::network) || failed.type != "Document") return;
  if (!session->started || session->started->loader.value != failed.request_id.value) return;
  if (blocked_.size() >= limits::kBlockedNavigations) publish_blocked(take_blocked(blocked_.begin()), {}, now, out);
  auto navigation = *std::exchange(session->started, std::nullopt);
  blocked_.push_back({session->id, std::move(navigation), failed, now.mono + limits::kPolicyWait});
  wake_at(blocked_.back().until);
}

Collector::BlockedNavigation Collector::take_blocked(std::vector<BlockedNavigation>::iterator place) {
  auto taken = std::move(*place);
  blocked_.erase(place);
  return taken;
}

void Collector::publish_blocked(BlockedNavigation blocked, std::string_view policy, base::Time now, Output& out) {
  Session* session = tree_.find(blocked.session);
  const FailedRequest what{blocked.navigation.url, nullptr, false, policy};
  auto reason = blocked_reason(blocked.failed, what);
  // One that was given up before it began has asked for nothing.
  if (session == nullptr || (!reason && blocked.failed.canceled.value_or(false))) return;
  telemetry::NetworkRequest request;
  request.context = context_of(session);
  request.context.url = blocked.navigation.url;
  request.context.frame_id = blocked.navigation.frame;
  request.context.loader_id = blocked.navigation.loader;
  request.request_id = blocked.failed.request_id;
  request.method = blocked.navigation.post ? "POST" : "GET";
  request.document_url = blocked.navigation.url;
  request.initiator_type = "other";
  request.resource_type = blocked.failed.type;
  telemetry::NetworkLoadingFailed failed;
  failed.context = request.context;
  failed.request_id = request.request_id;
  failed.resource_type = request.resource_type;
  failed.error_text = error_text(blocked.failed);
  failed.canceled = blocked.failed.canceled.value_or(false);
  failed.blocked_reason = std::move(reason);
  publish(std::move(request), session, cdp::page::FrameStartedNavigating::kMethod, now, out);
  publish(std::move(failed), session, cdp::network::LoadingFailed::kMethod, now, out);
}

void Collector::expire_blocked(base::Time now, Output& out) {
  while (!blocked_.empty() && blocked_.front().until <= now.mono) {
    publish_blocked(take_blocked(blocked_.begin()), {}, now, out);
  }
  if (!blocked_.empty()) wake_at(blocked_.front().until);
}

}  // namespace telltale::collector

// Attaching so that no event is lost, and keeping pages running. The command sequence was measured on
// Chromium 156; the races it avoids are described in docs/attaching.md.

#include <algorithm>
#include <utility>

#include "base/logging.hpp"
#include "cdp/decode.hpp"
#include "collector/collector.hpp"
#include "collector/limits.hpp"

namespace telltale::collector {
namespace {

using cdp::command;
using telemetry::Category;
using Kind = ReplyTag::Kind;

// The first entry that matches decides. The default filter of Chromium lets browser_ui through, and paused;
// tab and page together are refused. Unknown future types stay visible.
cdp::target::SetAutoAttach auto_attach() {
  cdp::target::SetAutoAttach params;
  for (const char* type : {"browser", "tab", "browser_ui", "other"}) params.filter.push_back({type, true});
  params.filter.emplace_back();
  return params;
}

}  // namespace

void Collector::start(Output& out) {
  out.commands.push_back({command({}, cdp::target::SetDiscoverTargets{}), {}});
  out.commands.push_back({command({}, auto_attach()), {Kind::root_attach, {}}});
}

void Collector::on_event(const cdp::target::AttachedToTarget& event, const base::CdpSessionId& parent,
                         base::Time now, Output& out) {
  if (is_body_session(event, parent, out)) return;
  Session session;
  session.id = event.session_id;
  session.parent = parent;
  session.target = event.target_info;
  session.attached = now;
  session.document_url = event.target_info.url;
  session.type = base::enum_from_name<telemetry::TargetType>(event.target_info.type)
                     .value_or(telemetry::TargetType::other);
  // A service worker attaches to the browser and again to every page of its origin. Each of these sessions
  // holds it, so each must be run, but only the browser's is observed: else every event would come twice.
  const bool service_worker = session.type == telemetry::TargetType::service_worker;
  const bool duplicate = service_worker && !parent.empty();
  Session* observed = duplicate ? nullptr : tree_.add(std::move(session));
  if (observed == nullptr) {
    out.commands.push_back({command(event.session_id, cdp::runtime::RunIfWaitingForDebugger{}), {}});
    return;
  }
  recall_target(*observed, now);
  if (captures(Category::page)) announce_tab(*observed, now, out);
  // Chromium starts the navigation of a target that another client created with a URL before it announces the
  // target (race R2): its frameNavigated is lost, as for pages that were there before.
  const auto& url = event.target_info.url;
  const bool has_document = !event.waiting_for_debugger || (!url.empty() && url != "about:blank");
  observe(*observed, has_document, out);
  keep_screenshot_period(now, out);
  if (service_worker) {
    run(*observed, out);  // answers only after it runs
  } else {
    observed->held_until = now.mono + limits::kAttachHold;
    wake_at(*observed->held_until);
  }
}

void Collector::observe(Session& session, bool has_document, Output& out) {
  const auto post = [&](cdp::Command posted, Kind kind) {
    if (kind == Kind::enabled) ++session.unanswered_enables;
    out.commands.push_back({std::move(posted), {kind, session.id}});
  };
  const auto send = [&](const auto& params, Kind kind) { post(command(session.id, params), kind); };
  // Sent without awaiting one another: some targets answer only after they run.
  if (captures(Category::network)) {
    keep_bodies(session, out);
    post(enable_network(session), Kind::enabled);
  }
  send(cdp::runtime::Enable{}, Kind::enabled);
  send(cdp::page::LogEnable{}, Kind::ignored);
  if (session.has_frames()) {
    send(cdp::page::Enable{}, Kind::ignored);
    send(cdp::page::InspectorEnable{}, Kind::ignored);
    if (captures(Category::page)) post(enable_timeline(session), Kind::ignored);
    send(cdp::runtime::AddBinding{options_.binding_name, options_.world_name}, Kind::ignored);
    // The last of the page's own commands: with its answer the ones before it are in force, too. Under load
    // Page.enable was once still on its way when the network had answered, and frameNavigated was lost.
    send(cdp::page::AddScriptToEvaluateOnNewDocument{script_, options_.world_name, true}, Kind::enabled);
  }
  send(auto_attach(), Kind::ignored);
  if (session.is_page() && options_.viewport) post(override_metrics(session), Kind::ignored);
  if (session.is_page() && has_document) send(cdp::page::GetFrameTree{}, Kind::frame_tree);
}

cdp::Command Collector::enable_network(const Session& session) const {
  cdp::network::Enable params;
  params.max_total_buffer_size = limits::kNetworkTotalBufferBytes;
  params.max_resource_buffer_size = limits::kNetworkResourceBufferBytes;
  return command(session.id, params);
}

// The session that asks for it sees only the bodies that are kept: so it is one of its own, with nothing else on.
void Collector::keep_bodies(Session& session, Output& out) {
  if (std::exchange(session.asked_for_bodies, true)) return;
  out.commands.push_back({command({}, cdp::target::AttachToTarget{session.target.target_id}), {}});
}

bool Collector::is_body_session(const cdp::target::AttachedToTarget& event, const base::CdpSessionId& parent,
                                Output& out) {
  Session* session = parent.empty() ? tree_.find_target(event.target_info.target_id) : nullptr;
  if (session == nullptr || !session->asked_for_bodies || !session->bodies.empty()) return false;
  session->bodies = event.session_id;
  cdp::network::ConfigureDurableMessages params;
  params.max_total_buffer_size = limits::kKeptBodyBytes;
  params.max_resource_buffer_size = limits::kNetworkResourceBufferBytes;
  out.commands.push_back({command(session->bodies, params), {}});
  return true;
}

cdp::Command Collector::enable_timeline(const Session& session) const {
  cdp::page::PerformanceTimelineEnable params;
  params.event_types = {"largest-contentful-paint", "layout-shift"};
  return command(session.id, params);
}

cdp::Command Collector::override_metrics(const Session& session) const {
  cdp::page::SetDeviceMetricsOverride params;
  params.width = options_.viewport->width;
  params.height = options_.viewport->height;
  return command(session.id, params);
}

void Collector::resize(Viewport viewport, Output& out) {
  options_.viewport = viewport;
  tree_.for_each([&](Session& session) {
    if (session.is_page()) out.commands.push_back({override_metrics(session), {}});
  });
}

void Collector::configure(telemetry::CategorySet categories, Output& out) {
  const auto before = std::exchange(options_.categories, categories);
  // Runtime and Page stay on: contexts and navigation numbers need them, and a dialog must be answered.
  const auto goes = [&](Category category, bool on) {
    return before.contains(category) != on && categories.contains(category) == on;
  };
  tree_.for_each([&](Session& session) {
    const auto send = [&](cdp::Command posted) { out.commands.push_back({std::move(posted), {}}); };
    if (goes(Category::network, true)) {
      keep_bodies(session, out);
      send(enable_network(session));
    }
    if (goes(Category::network, false)) {
      send(command(session.id, cdp::network::Disable{}));
      session.asked_for_bodies = false;
      const auto bodies = std::exchange(session.bodies, {});
      if (!bodies.empty()) send(command({}, cdp::target::DetachFromTarget{bodies}));
    }
    if (!session.has_frames()) return;
    if (goes(Category::page, true)) send(enable_timeline(session));
    if (goes(Category::page, false)) send(command(session.id, cdp::page::PerformanceTimelineEnable{}));
    // What is computed over a whole document begins again with the next one.
    if (goes(Category::network, false)) session.settle.forget_network();
    if (goes(Category::page, false)) {
      session.settle.forget_layout();
      session.vitals.reset();
    }
  });
  if (goes(Category::network, false)) forget_requests();
  // tick() knows the time from which the screenshot period counts.
  if (goes(Category::screenshot, true)) wake_at({});
}

void Collector::run(Session& session, Output& out) {
  session.held_until.reset();
  out.commands.push_back({command(session.id, cdp::runtime::RunIfWaitingForDebugger{}), {}});
}

void Collector::enabled(Session& session, Output& out) {
  --session.unanswered_enables;
  if (session.unanswered_enables == 0 && session.held_until) run(session, out);
}

void Collector::on_event(const cdp::target::DetachedFromTarget& event, const base::CdpSessionId&,
                         base::Time now, Output& out) {
  give_up_errors(held_.of_session(event.session_id), out);
  release_page(event.session_id, now, out);
  if (Session* session = tree_.find(event.session_id)) {
    remember_target(*session);
    publish_vitals(*session, now, out);
    end_requests_of_session(*session, now, out);
  }
  proxy_error_rate_.forget(event.session_id);
  screenshots_.forget(event.session_id);
  interaction_rate_.forget(event.session_id);
  tree_.remove(event.session_id);
}

void Collector::on_reply(const ReplyTag& tag, const base::Result<std::string>& result, base::Time now,
                         Output& out) {
  if (tag.kind == Kind::root_attach) {
    // A connection that ended is reported by its owner.
    const bool refused =
        !result && result.error().code != base::Errc::closed && result.error().code != base::Errc::stopped;
    if (refused) {
      spdlog::error("cannot attach to the browser's targets: {}", result.error().message);
      telemetry::MonitorInitFailed failed;
      failed.step = cdp::target::SetAutoAttach::kMethod;
      publish(std::move(failed), nullptr, {}, now, out);
    }
    return;
  }
  if (tag.kind == Kind::body) return on_body(tag, result, now, out);
  if (tag.kind == Kind::probe) return on_probe(tag, result, now, out);
  if (tag.kind == Kind::errors) return on_errors(tag, result, out);
  if (tag.kind == Kind::error_members) return on_error_members(tag, result, out);
  Session* session = tree_.find(tag.session);
  if (session == nullptr) return;  // detached meanwhile
  if (!result && tag.kind != Kind::ignored) {
    spdlog::debug("target {} ({}): {}", session->target.target_id.value, session->target.type,
                  result.error().message);
  }
  switch (tag.kind) {
    case Kind::enabled:
      enabled(*session, out);
      break;
    case Kind::frame_tree:
      if (!result) break;
      if (auto tree = cdp::decode_result<cdp::page::GetFrameTreeResult>(*result)) {
        seed_page(*session, tree->frame_tree.frame);
      }
      break;
    case Kind::screenshot:
      on_screenshot(tag, *session, result, now, out);
      break;
    case Kind::screenshot_place:
      on_screenshot_place(tag, *session, result, out);
      break;
    case Kind::ignored:
    case Kind::root_attach:
    case Kind::body:
    case Kind::probe:
    case Kind::errors:
    case Kind::error_members:
      break;
  }
}

void Collector::on_event(const cdp::page::JavascriptDialogOpening& event, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr) return;
  session->dialog.emplace(OpenDialog{event.type, now.mono, std::nullopt});
  publish_dialog(event, *session, now, out);
  treat_dialog(*session, now, out);
}

void Collector::treat_dialog(Session& session, base::Time now, Output& out) {
  auto& dialog = *session.dialog;
  switch (options_.dialogs) {
    case DialogPolicy::answer:
      answer_dialog(session, out);
      break;
    case DialogPolicy::answer_later:
      dialog.answer_at = now.mono + limits::kAttachedDialogGrace;
      wake_at(*dialog.answer_at);
      break;
    case DialogPolicy::leave:
      dialog.answer_at.reset();
      break;
  }
}

void Collector::set_dialog_policy(DialogPolicy policy, base::Time now, Output& out) {
  if (std::exchange(options_.dialogs, policy) == policy) return;
  tree_.for_each([&](Session& session) {
    if (session.dialog && !session.dialog->answered) treat_dialog(session, now, out);
  });
}

void Collector::on_event(const cdp::page::JavascriptDialogClosed& event, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr || !session->dialog) return;
  const auto dialog = *std::exchange(session->dialog, std::nullopt);
  publish_dialog_closed(event, dialog, *session, now, out);
}

void Collector::answer_dialog(Session& session, Output& out) {
  // Leaving a page is what was asked for; everything else is declined, as if a person had closed it.
  const bool accept = session.dialog->type == "beforeunload";
  session.dialog->answer_at.reset();
  session.dialog->answered = true;
  out.commands.push_back({command(session.id, cdp::page::HandleJavaScriptDialog{accept}), {}});
}

void Collector::tick(base::Time now, Output& out) {
  due_.reset();
  release_late_pages(now, out);
  give_up_errors(held_.expired(now.mono), out);
  if (const auto at = held_.next_deadline()) wake_at(*at);
  tree_.for_each([&](Session& session) {
    if (session.held_until) {
      if (*session.held_until <= now.mono) {
        run(session, out);
      } else {
        wake_at(*session.held_until);
      }
    }
    if (session.dialog && session.dialog->answer_at) {
      if (*session.dialog->answer_at <= now.mono) {
        answer_dialog(session, out);
      } else {
        wake_at(*session.dialog->answer_at);
      }
    }
  });
  expire_requests(now, out);
  expire_blocked(now, out);
  tree_.for_each([&](Session& session) { publish_settled(session, now, out); });
  keep_screenshot_period(now, out);
}

std::vector<base::CdpSessionId> Collector::sessions() {
  std::vector<base::CdpSessionId> ids;
  tree_.for_each([&](Session& session) { ids.push_back(session.id); });
  return ids;
}

std::optional<base::CdpSessionId> Collector::drivable_session(const base::TargetId& target) noexcept {
  const Session* session = tree_.find_target(target);
  if (session == nullptr || session->unanswered_enables > 0 || session->held_until) return std::nullopt;
  return session->id;
}

std::vector<FrameTarget> Collector::frame_targets() {
  std::vector<FrameTarget> targets;
  tree_.for_each([&](Session& session) {
    if (!session.has_frames()) return;
    const Session* page = tree_.page_of(session);
    if (page == nullptr) return;
    FrameTarget target;
    target.target = session.target.target_id;
    target.session = session.id;
    target.page = page->id;
    target.url = session.is_page() ? session.page.url : session.document_url;
    target.attached = session.attached;
    target.drivable = drivable_session(session.target.target_id).has_value();
    target.crashed = session.crashed;
    target.network_idle = !session.page.loader_id.empty() && session.page.idle_loader == session.page.loader_id;
    const bool left_open = session.dialog && !session.dialog->answered && options_.dialogs != DialogPolicy::answer;
    if (left_open) target.dialog = session.dialog->type;
    targets.push_back(std::move(target));
  });
  std::ranges::sort(targets, {}, [](const FrameTarget& target) { return target.attached.mono; });
  return targets;
}

}  // namespace telltale::collector

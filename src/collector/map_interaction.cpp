// Reports of the injected scripts, which arrive as Runtime.bindingCalled -> the interaction category, time
// origins and vitals.

#include <utility>

#include "base/json_decode.hpp"
#include "base/logging.hpp"
#include "collector/collector.hpp"
#include "collector/limits.hpp"

namespace telltale::collector {
namespace {

// Spacing of reports of one kind and session: people do not click twenty times a second, floods do. Keys
// repeat quickly.
constexpr double kSpacingMs = 50;
constexpr double kKeySpacingMs = 1;

/// One message of interaction.js or vitals.js; which members are there depends on `type`.
struct Report {
  std::string type;
  std::optional<double> t;
  std::optional<double> time_origin;
  std::optional<double> x, y, from_x, from_y, to_x, to_y;
  std::optional<std::int64_t> detail;
  std::optional<double> inp, fcp, ttfb;
  std::optional<std::string> key, selector, tag, text, target_selector;

  static constexpr auto describe() {
    using base::field;
    using R = Report;
    return base::table<R>(
        "A message of interaction.js or vitals.js.",
        field("type", &R::type, "click, key, scroll, document, vitals"),
        field("t", &R::t, "when it happened").unit("ms since the Unix epoch"),
        field("time_origin", &R::time_origin, "performance.timeOrigin").unit("ms since the Unix epoch"),
        field("x", &R::x, ""), field("y", &R::y, ""), field("detail", &R::detail, ""),
        field("from_x", &R::from_x, ""),
        field("from_y", &R::from_y, ""), field("to_x", &R::to_x, ""), field("to_y", &R::to_y, ""),
        field("inp", &R::inp, "").unit("ms"), field("fcp", &R::fcp, "").unit("ms"),
        field("ttfb", &R::ttfb, "").unit("ms"), field("key", &R::key, ""),
        field("selector", &R::selector, ""), field("tag", &R::tag, ""), field("text", &R::text, ""),
        field("target_selector", &R::target_selector, ""));
  }
};

telemetry::EventData interaction(Report& report, telemetry::EventContext context) {
  if (report.type == "click") {
    telemetry::InteractionClick click;
    click.context = std::move(context);
    click.x = report.x.value_or(0);
    click.y = report.y.value_or(0);
    click.detail = report.detail;
    click.selector = std::move(report.selector).value_or("");
    click.tag = std::move(report.tag).value_or("");
    click.text = base::Secret<std::string>(std::move(report.text).value_or(""));
    return click;
  }
  if (report.type == "key") {
    telemetry::InteractionKey key;
    key.context = std::move(context);
    key.key = base::Secret<std::string>(std::move(report.key).value_or(""));
    key.selector = std::move(report.selector).value_or("");
    key.tag = std::move(report.tag).value_or("");
    return key;
  }
  telemetry::InteractionScrollSettled scroll;
  scroll.context = std::move(context);
  scroll.from_x = report.from_x.value_or(0);
  scroll.from_y = report.from_y.value_or(0);
  scroll.to_x = report.to_x.value_or(0);
  scroll.to_y = report.to_y.value_or(0);
  scroll.target_selector = std::move(report.target_selector).value_or("");
  return scroll;
}

}  // namespace

void Collector::on_event(const cdp::runtime::ExecutionContextCreated& created, const base::CdpSessionId& id,
                         base::Time, Output&) {
  const auto& context = created.context;
  // Only the frames of our own world matter: they tell which document a report comes from.
  if (context.name != options_.world_name || !context.aux_data || !context.aux_data->frame_id) return;
  Session* session = tree_.find(id);
  if (session == nullptr || session->frames_by_context.size() >= limits::kContextsPerSession) return;
  session->frames_by_context.insert_or_assign(context.id, *context.aux_data->frame_id);
}

void Collector::on_event(const cdp::runtime::ExecutionContextDestroyed& destroyed,
                         const base::CdpSessionId& id, base::Time, Output&) {
  if (Session* session = tree_.find(id)) session->frames_by_context.erase(destroyed.execution_context_id);
}

void Collector::on_event(const cdp::runtime::ExecutionContextsCleared&, const base::CdpSessionId& id,
                         base::Time, Output&) {
  Session* session = tree_.find(id);
  if (session == nullptr) return;
  session->frames_by_context.clear();
  session->contexts_cleared = true;
}

void Collector::on_event(const cdp::runtime::BindingCalled& called, const base::CdpSessionId& id,
                         base::Time now, Output& out) {
  Session* session = tree_.find(id);
  if (session == nullptr || called.name != options_.binding_name) return;
  auto report = base::decode_json<Report>(called.payload);
  if (!report) {
    spdlog::warn("skipped a report of the injected script: {}", report.error().message);
    return;
  }
  if (report->type == "document") {
    const auto frame = session->frames_by_context.find(called.execution_context_id);
    if (frame == session->frames_by_context.end()) return;
    if (report->time_origin) session->set_time_origin(frame->second, *report->time_origin);
    if (report->t && frame->second == session->page.frame_id) session->document_began_ms = *report->t;
    return;
  }
  if (report->type == "vitals") {
    const auto frame = session->frames_by_context.find(called.execution_context_id);
    const bool of_document =
        frame != session->frames_by_context.end() && frame->second == session->page.frame_id;
    if (!session->vitals || !of_document) return;
    session->vitals->inp_ms = report->inp;
    session->vitals->fcp_ms = report->fcp;
    session->vitals->ttfb_ms = report->ttfb;
    return;
  }
  if (!captures(telemetry::Category::interaction)) return;
  const double spacing = report->type == "key" ? kKeySpacingMs : kSpacingMs;
  if (!interaction_rate_.allow(id, report->type, report->t.value_or(0), spacing)) return;
  publish(interaction(*report, context_of(session)), session, called.kMethod, now, out);
}

}  // namespace telltale::collector

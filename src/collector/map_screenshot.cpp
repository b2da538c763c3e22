// monitor_screenshot: when a picture is taken, and what becomes of the answer.

#include <utility>

#include "base/logging.hpp"
#include "cdp/decode.hpp"
#include "cdp/protocol/screenshot.hpp"
#include "collector/body_text.hpp"
#include "collector/collector.hpp"
#include "collector/limits.hpp"

namespace telltale::collector {
namespace {

using cdp::command;
using telemetry::Category;
using Kind = ReplyTag::Kind;

}  // namespace

void Collector::take_screenshot(Session* page, std::string_view trigger, base::Time now, Output& out) {
  if (page == nullptr || !captures(Category::screenshot)) return;
  // Such a page cannot answer, and the slot would be taken until the timeout.
  if (page->held_until || page->crashed || page->dialog) return;
  const auto* shot = screenshots_.take(page->id, std::string(trigger), now.mono);
  if (shot == nullptr) return;
  wake_at(*screenshots_.next());
  out.commands.push_back(
      {command(page->id, cdp::page::CaptureScreenshot{}), {Kind::screenshot, page->id, shot->number}});
}

void Collector::on_screenshot(const ReplyTag& tag, Session& page, const base::Result<std::string>& result,
                              base::Time now, Output& out) {
  const auto* shot = screenshots_.find(tag.number);
  if (shot == nullptr) return;  // given up
  if (!captures(Category::screenshot)) return screenshots_.release();
  auto picture = result ? cdp::decode_result<cdp::page::CaptureScreenshotResult>(*result)
                        : base::Result<cdp::page::CaptureScreenshotResult>(std::unexpected(result.error()));
  if (!picture) {
    const auto code = picture.error().code;
    // A session that ends does not wait for its last picture.
    const bool over = code == base::Errc::closed || code == base::Errc::stopped;
    if (!over) spdlog::warn("no screenshot of {}: {}", page.page.url, picture.error().message);
    return screenshots_.release();
  }
  if (base64_size(picture->data) > limits::kScreenshotBytes) {
    if (!screenshots_.shrink()) {
      spdlog::warn("no screenshot of {}: too large even at its smallest size", page.page.url);
      return;
    }
    // Only a clip has a scale, and a clip needs a place.
    out.commands.push_back(
        {command(page.id, cdp::page::GetLayoutMetrics{}), {Kind::screenshot_place, page.id, tag.number}});
    return;
  }
  telemetry::MonitorScreenshot event;
  event.png.emplace(std::move(picture->data));
  if (shot->scale != 1) event.scale = shot->scale;
  publish(std::move(event), &page, shot->trigger, now, out).source.kind = telemetry::SourceKind::local_process;
  screenshots_.release();
}

void Collector::on_screenshot_place(const ReplyTag& tag, Session& page,
                                    const base::Result<std::string>& result, Output& out) {
  const auto* shot = screenshots_.find(tag.number);
  if (shot == nullptr) return;
  const auto metrics = result
                           ? cdp::decode_result<cdp::page::GetLayoutMetricsResult>(*result)
                           : base::Result<cdp::page::GetLayoutMetricsResult>(std::unexpected(result.error()));
  if (!metrics) {
    spdlog::warn("no smaller screenshot of {}: {}", page.page.url, metrics.error().message);
    return screenshots_.release();
  }
  const auto& viewport = metrics->css_visual_viewport;
  cdp::page::CaptureScreenshot capture;
  capture.clip = cdp::page::Clip{viewport.page_x, viewport.page_y, viewport.client_width,
                                 viewport.client_height, shot->scale};
  out.commands.push_back({command(page.id, capture), {Kind::screenshot, page.id, tag.number}});
}

void Collector::keep_screenshot_period(base::Time now, Output& out) {
  if (screenshots_.expire(now.mono)) spdlog::warn("a screenshot took too long and was given up");
  if (const auto at = screenshots_.next()) wake_at(*at);
  if (!options_.screenshot_period || !captures(Category::screenshot)) return next_screenshot_.reset();
  if (next_screenshot_ && *next_screenshot_ <= now.mono) {
    take_screenshot(tree_.find(main_page_), {}, now, out);
    next_screenshot_.reset();
  }
  if (!next_screenshot_) next_screenshot_ = now.mono + *options_.screenshot_period;
  wake_at(*next_screenshot_);
}

}  // namespace telltale::collector

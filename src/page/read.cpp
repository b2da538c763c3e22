// What is read from a page without changing it.

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/json_decode.hpp"
#include "base/json_encode.hpp"
#include "cdp/decode.hpp"
#include "cdp/protocol/evaluate.hpp"
#include "cdp/protocol/screenshot.hpp"
#include "page/driver.hpp"
#include "page/limits.hpp"
#include "page/script_answer.hpp"

namespace telltale::page {

using base::Errc;
using namespace std::chrono_literals;

namespace {

// Chromium says so, or says nothing, while a page changes its process for another site.
bool is_between_pages(const base::Error& error) {
  return error.code == Errc::timeout || error.message.find("Not attached to an active page") != std::string::npos ||
         error.message.find("Unable to capture screenshot") != std::string::npos;
}

}  // namespace

Answer<std::string> Driver::screenshot(Picture picture) {
  base::Result<Target> began_with = Target{};
  if (picture.of.empty()) {
    began_with = co_await current();
  } else {
    Target of;
    of.id = picture.of;
    began_with = still(of);
  }
  if (!began_with) co_return std::unexpected(began_with.error());
  // The last one is long enough for the largest picture.
  for (const auto patience : {2s, 2s, 6s, 20s}) {
    const auto page = still(*began_with);
    if (!page) co_return std::unexpected(page.error());
    auto taken = co_await capture(*page, picture, patience);
    if (taken) co_return taken;
    const bool again = patience != 20s && is_between_pages(taken.error());
    if (!again) {
      auto cause = co_await cause_of(*page, taken.error());
      co_return std::unexpected(std::move(cause));
    }
    const bool slept = co_await base::sleep_for(limits::kPageLastPause);
    if (!slept) break;
  }
  co_return base::fail(Errc::stopped, "taking a picture was cancelled");
}

Answer<std::string> Driver::capture(Target page, Picture picture, std::chrono::nanoseconds patience) {
  cdp::page::CaptureScreenshot capture;
  capture.format = picture.format;
  if (picture.format != "png") capture.quality = picture.quality;
  if (picture.clip) {
    const auto [x, y, width, height] = *picture.clip;
    capture.clip = cdp::page::Clip{x, y, width, height, 1};
    capture.capture_beyond_viewport = true;
  } else if (picture.full_page) {
    auto command = cdp::command(page.session, cdp::page::GetLayoutMetrics{});
    const auto reply = co_await ask(std::move(command), patience);
    if (!reply) co_return std::unexpected(reply.error());
    const auto metrics = cdp::decode_result<cdp::page::GetLayoutMetricsResult>(*reply);
    if (!metrics) co_return std::unexpected(metrics.error());
    const auto all = metrics->css_content_size.value_or(cdp::page::Area{});
    capture.clip = cdp::page::Clip{0, 0, all.width, all.height, 1};
    capture.capture_beyond_viewport = true;
  }
  const auto& clip = capture.clip;
  if (clip && std::max(clip->width, clip->height) > limits::kScreenshotSide) {
    co_return base::fail(Errc::invalid_argument, "the picture would have more than 16384 px on one side: take a part");
  }
  auto command = cdp::command(page.session, capture);
  const auto reply = co_await ask(std::move(command), patience);
  if (!reply) co_return std::unexpected(reply.error());
  auto taken = cdp::decode_result<cdp::page::CaptureScreenshotResult>(*reply);
  if (!taken) co_return std::unexpected(taken.error());
  co_return std::move(taken->data);
}

Answer<base::RawJson> Driver::evaluate(std::string expression, Timeout timeout) {
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  cdp::runtime::Evaluate evaluate;
  evaluate.expression = std::move(expression);
  auto command = cdp::command(page->session, evaluate);
  const auto reply = co_await ask(std::move(command), timeout);
  auto result = evaluated(reply);
  if (!result) {
    auto cause = co_await cause_of(*page, result.error());
    if (is_gone(cause)) cause.message = "the page went to another document before the script had ended";
    co_return std::unexpected(std::move(cause));
  }
  base::RawJson undefined{"null"};
  co_return std::move(result->value).value_or(std::move(undefined));
}

Answer<base::RawJson> Driver::read(std::string_view function, std::vector<std::string> arguments,
                                   Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto began_with = co_await current();
  if (!began_with) co_return std::unexpected(began_with.error());
  for (;;) {
    const auto page = still(*began_with);
    if (!page) co_return std::unexpected(page.error());
    const auto all = co_await frames(*page, deadline);
    if (!all) co_return std::unexpected(all.error());
    const auto main = co_await world(all->front());
    if (!main && !is_gone(main.error())) co_return std::unexpected(main.error());
    if (main) {
      auto answer = co_await call_in(*main, function, arguments, deadline);
      if (answer || !is_gone(answer.error())) co_return answer;
    }
    // Another document has taken its place.
    if (Clock::now() >= deadline) co_return base::fail(Errc::timeout, "the page does not stay");
  }
}

Answer<Metrics> Driver::metrics() {
  std::vector<std::string> none;
  const auto answer = co_await read("pageMetrics", std::move(none), limits::kPageCallTimeout);
  if (!answer) co_return std::unexpected(answer.error());
  auto metrics = base::decode_checked<Metrics>(parsed(*answer), base::UnknownMembers::skip);
  if (!metrics) co_return base::fail(Errc::protocol, "pageMetrics: " + base::to_string(metrics.error()));
  co_return std::move(*metrics);
}

Answer<base::RawJson> Driver::cookies() {
  cdp::Command command{{}, "Storage.getCookies", "{}"};
  auto reply = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  co_return base::RawJson{std::move(*reply)};
}

Answer<void> Driver::set_cookies(std::string cookies) {
  cdp::Command command{{}, "Storage.setCookies", "{\"cookies\":" + cookies + "}"};
  const auto reply = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  co_return base::Result<void>{};
}

}  // namespace telltale::page

#include "session/page_link.hpp"

#include <algorithm>
#include <utility>

#include "cdp/decode.hpp"
#include "page/limits.hpp"
#include "session/connected.hpp"
#include "session/limits.hpp"

namespace telltale::session {
namespace {

using std::chrono::steady_clock;

page::Target to_target(collector::FrameTarget from) {
  page::Target target;
  target.id = std::move(from.target);
  target.session = std::move(from.session);
  target.url = std::move(from.url);
  target.crashed = from.crashed;
  target.network_idle = from.network_idle;
  target.dialog = std::move(from.dialog);
  return target;
}

base::Error not_connected() { return {base::Errc::unavailable, "the browser is not connected"}; }

}  // namespace

void PageLink::connect(Connected& connected) noexcept {
  connected_ = &connected;
  ++number_;
}

base::Result<std::uint64_t> PageLink::connection() {
  if (connected_ == nullptr) return std::unexpected(not_connected());
  return number_;
}

base::Task<base::Result<std::string>> PageLink::call(cdp::Command command, std::chrono::nanoseconds deadline) {
  if (connected_ == nullptr) co_return std::unexpected(not_connected());
  auto reply = co_await connected_->call(std::move(command), deadline);
  // Whoever drives a page need not tell a connection that ends from one that has ended.
  const bool lost = !reply && reply.error().code == base::Errc::closed;
  if (lost) co_return base::fail(base::Errc::unavailable, "the browser is gone: " + reply.error().message);
  co_return reply;
}

// Not Connected::create_page(): that one must end before the connection does.
base::Task<base::Result<base::TargetId>> PageLink::create_page() {
  const auto deadline = steady_clock::now() + limits::kPageStartTimeout;
  auto command = cdp::command({}, cdp::target::CreateTarget{});
  const auto reply = co_await call(std::move(command), limits::kPageStartTimeout);
  if (!reply) co_return std::unexpected(reply.error());
  auto created = cdp::decode_result<cdp::target::CreateTargetResult>(*reply);
  if (!created) co_return std::unexpected(created.error());
  for (;;) {
    const auto open = pages();
    if (std::ranges::find(open, created->target_id, &page::Target::id) != open.end()) {
      co_return std::move(created->target_id);
    }
    if (connected_ == nullptr) co_return std::unexpected(not_connected());
    if (steady_clock::now() >= deadline) {
      co_return base::fail(base::Errc::timeout, "the new page did not answer in time");
    }
    const bool slept = co_await base::sleep_for(page::limits::kPageFirstPause);
    if (!slept) co_return base::fail(base::Errc::stopped, "opening a page was cancelled");
  }
}

std::vector<page::Target> PageLink::pages() {
  std::vector<page::Target> pages;
  if (connected_ == nullptr) return pages;
  for (auto& target : connected_->frame_targets()) {
    if (target.page == target.session && target.drivable) pages.push_back(to_target(std::move(target)));
  }
  return pages;
}

bool PageLink::is_opening() {
  if (connected_ == nullptr) return false;
  const auto targets = connected_->frame_targets();
  return std::ranges::any_of(
      targets, [](const auto& target) { return target.page == target.session && !target.drivable; });
}

std::vector<page::Target> PageLink::iframes(const base::CdpSessionId& page) {
  std::vector<page::Target> iframes;
  if (connected_ == nullptr) return iframes;
  for (auto& target : connected_->frame_targets()) {
    const bool inside = target.page == page && target.session != page;
    if (inside && target.drivable && !target.crashed) iframes.push_back(to_target(std::move(target)));
  }
  return iframes;
}

}  // namespace telltale::session

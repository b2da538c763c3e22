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

// A session that has ended is either said by the connection, or not known to Chromium any more.
bool is_about_target(const base::Error& error) {
  return error.code == base::Errc::closed ||
         (error.code == base::Errc::protocol && error.message.find("Session with given id") != std::string::npos);
}

}  // namespace

void PageLink::connect(Connected& connected) noexcept {
  connected_ = &connected;
  ++number_;
}

base::Result<std::uint64_t> PageLink::connection() {
  // Before all of the browser's targets are attached, a page that is not known yet would be taken for a closed one.
  if (connected_ == nullptr || !connected_->is_attached()) return std::unexpected(not_connected());
  return number_;
}

base::Task<base::Result<std::string>> PageLink::call(cdp::Command command, std::chrono::nanoseconds deadline) {
  if (connected_ == nullptr) co_return std::unexpected(not_connected());
  const auto number = number_;
  const auto session = command.session;
  const auto page = page_of(session);
  auto reply = co_await connected_->call(std::move(command), deadline);
  if (reply || !is_about_target(reply.error())) co_return reply;
  // A browser that ends takes its pages along first.
  const auto end = steady_clock::now() + limits::kExitStatusGrace;
  while (is_connected(number) && pages().empty() && steady_clock::now() < end) {
    const bool slept = co_await base::sleep_for(page::limits::kPageFirstPause);
    if (!slept) break;
  }
  // Whoever drives a page need not tell a connection that ends from one that has ended.
  const bool lost = !is_connected(number) || session.empty();
  if (lost) co_return base::fail(base::Errc::unavailable, "the browser is gone: " + reply.error().message);
  co_return std::unexpected(why_gone(session, page));
}

bool PageLink::is_connected(std::uint64_t number) const noexcept {
  return connected_ != nullptr && number_ == number;
}

base::CdpSessionId PageLink::page_of(const base::CdpSessionId& session) {
  for (auto& target : connected_->frame_targets()) {
    if (target.session == session) return std::move(target.page);
  }
  return session;
}

base::Error PageLink::why_gone(const base::CdpSessionId& session, const base::CdpSessionId& page) {
  const auto targets = connected_->frame_targets();
  const auto found = std::ranges::find(targets, page, &collector::FrameTarget::session);
  if (found == targets.end()) return {base::Errc::not_found, std::string(page::kPageClosed)};
  if (found->crashed) return {base::Errc::unavailable, std::string(page::kPageCrashed)};
  if (session != page) return {base::Errc::protocol, std::string(page::kFrameGone)};
  return {base::Errc::unavailable, std::string(page::kPageCrashed)};  // and was opened again meanwhile
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

bool PageLink::has_page(const base::TargetId& id) {
  if (connected_ == nullptr) return false;
  const auto targets = connected_->frame_targets();
  return std::ranges::any_of(
      targets, [&](const auto& target) { return target.page == target.session && target.target == id; });
}

bool PageLink::is_opening() {
  if (connected_ == nullptr) return false;
  const auto targets = connected_->frame_targets();
  return std::ranges::any_of(
      targets, [](const auto& target) { return target.page == target.session && !target.drivable; });
}

std::optional<std::int64_t> PageLink::status_of(const base::LoaderId& loader) {
  return connected_ == nullptr ? std::nullopt : connected_->notes().status_of(loader);
}

std::optional<std::string> PageLink::take_download(const base::CdpSessionId& page) {
  return connected_ == nullptr ? std::nullopt : connected_->notes().take_download(page);
}

std::optional<page::FileChooser> PageLink::take_file_chooser(const base::CdpSessionId& session) {
  return connected_ == nullptr ? std::nullopt : connected_->notes().take_file_chooser(session);
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

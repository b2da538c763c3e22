#include "api/seraph_snapshot.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <optional>
#include <utility>
#include <variant>

#include "api/limits.hpp"
#include "base/loop.hpp"

namespace telltale::api {
namespace {

using session::SessionState;

BotStatus to_status(SessionState state) {
  switch (state) {
    case SessionState::starting:
      return BotStatus::connecting;
    case SessionState::ready:
      return BotStatus::in_world;
    case SessionState::reconnecting:
      return BotStatus::reconnecting;
    case SessionState::ended:
    case SessionState::timed_out:
      return BotStatus::disconnected;
    case SessionState::failed:
      break;
  }
  return BotStatus::error;
}

// Nothing when the browser does not tell in time.
base::Task<base::Result<page::Tab>> tab_in_time(session::Session& session) {
  using namespace boost::asio::experimental::awaitable_operators;
  auto first = co_await (base::as_root(session.current_tab()) ||
                         base::as_root(base::sleep_for(limits::kSnapshotPageTimeout)));
  if (first.index() == 0) co_return std::get<0>(std::move(first));
  co_return base::fail(base::Errc::timeout, "the browser did not tell its tabs in time");
}

void show_tab(BotSnapshot& snapshot, const session::Session& session, base::Result<page::Tab> tab) {
  if (!tab && tab.error().code == base::Errc::not_found) return;  // it has no page: nobody failed to answer
  *snapshot.health.responsive = tab.has_value();
  if (!tab) return;
  session.mask_url(tab->url);
  *snapshot.current_url = std::move(tab->url);
  session.mask_text(tab->title);
  *snapshot.title = std::move(tab->title);
}

// On the session's loop.
base::Task<BotSnapshot> look_at(std::shared_ptr<session::Session> session) {
  base::Result<page::Tab> tab = base::fail(base::Errc::not_found, "");
  if (session->info()->state == SessionState::ready) tab = co_await tab_in_time(*session);
  const auto info = session->info();  // as it is now, after the wait
  BotSnapshot snapshot;
  snapshot.id = info->id.value;
  snapshot.status = to_status(info->state);
  if (!info->error.empty()) {
    std::string error = info->error;
    session->mask_text(error);
    *snapshot.last_error = std::move(error);
  }
  if (info->connected_since) *snapshot.connected_since = info->connected_since->unix_us() / 1000;
  if (const auto& viewport = info->spec.viewport) *snapshot.viewport = {viewport->width, viewport->height};
  if (info->browser_pid) *snapshot.browser_pid = *info->browser_pid;
  snapshot.health.connected = info->state == SessionState::ready;
  if (snapshot.health.connected) show_tab(snapshot, *session, std::move(tab));
  snapshot.telemetry_seq = session->log()->head().value;
  co_return snapshot;
}

// `out` is a place in the vector of whoever joins this.
base::Task<> look_into(std::shared_ptr<session::Session> session, BotSnapshot& out) {
  out = co_await take_snapshot(std::move(session));
}

}  // namespace

base::Task<BotSnapshot> take_snapshot(std::shared_ptr<session::Session> session) {
  auto& loop = session->loop();
  co_return co_await base::on(loop, look_at(std::move(session)));
}

base::Task<std::vector<BotSnapshot>> take_snapshots(std::vector<std::shared_ptr<session::Session>> sessions) {
  std::vector<BotSnapshot> snapshots(sessions.size());
  base::TaskScope looks(co_await base::asio::this_coro::executor);
  for (std::size_t i = 0; i < sessions.size(); ++i) looks.spawn(look_into(sessions[i], snapshots[i]));
  co_await looks.join();  // within kSnapshotPageTimeout
  co_return snapshots;
}

}  // namespace telltale::api

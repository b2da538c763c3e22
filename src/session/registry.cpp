#include "session/registry.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "base/logging.hpp"
#include "base/random.hpp"
#include "session/limits.hpp"

namespace telltale::session {
namespace {

using std::chrono::steady_clock;

base::Task<SessionInfoPtr> info_of(std::shared_ptr<Session> session) { co_return session->info(); }
base::Task<> stop(std::shared_ptr<Session> session, SessionState state) { co_return session->stop(state); }
base::Task<base::Result<SessionInfoPtr>> apply(std::shared_ptr<Session> session, SessionUpdate update) {
  co_return co_await session->update(std::move(update));
}
base::Task<> stop_with(std::shared_ptr<Session> session, std::function<void(Session&)> before_log_ends) {
  if (before_log_ends) session->before_log_ends(std::move(before_log_ends));
  co_return session->stop(SessionState::ended);
}

base::Task<base::Result<void>> started(std::shared_ptr<Session> session) {
  co_return co_await session->started();
}
base::Task<> run_to_end(std::shared_ptr<Session> session) { co_await session->run(); }
base::Task<> until_finished(std::shared_ptr<Session> session) { co_await session->finished(); }

base::Error no_such_session(const std::string& id_or_name) {
  return {base::Errc::not_found, "there is no session '" + id_or_name + "'"};
}

base::Error name_in_use(const std::string& name) {
  return {base::Errc::conflict,
          "the name '" + name + "' is in use by a live session: choose another or delete that session"};
}

}  // namespace

// Everything here happens on loop 0, so the tables need no lock.
struct Registry::Impl {
  struct Entry {
    std::shared_ptr<Session> session;
    std::string name;
    std::optional<steady_clock::time_point> ended;
  };

  const Environment& environment;
  std::size_t max_sessions;
  std::vector<Entry> entries;  // in order of creation; as many as live and retained sessions
  base::TaskScope running;
  bool shutting_down = false;

  Impl(const Environment& env, std::size_t max)
      : environment(env), max_sessions(max), running(env.loops.at(0).executor()) {}

  [[nodiscard]] std::size_t live() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(entries, [](const Entry& entry) { return !entry.ended; }));
  }

  [[nodiscard]] Entry* find_entry(const std::string& id_or_name) {
    for (auto& entry : entries) {
      if (entry.session->id().value == id_or_name) return &entry;
      if (!entry.ended && !entry.name.empty() && entry.name == id_or_name) return &entry;
    }
    return nullptr;
  }

  void forget(const Session& session) {
    std::erase_if(entries, [&](const Entry& entry) { return entry.session.get() == &session; });
  }

  // Ended sessions go when they are too old or too many, the oldest first.
  void prune() {
    const auto oldest_kept = steady_clock::now() - limits::kEndedSessionAge;
    std::erase_if(entries, [&](const Entry& entry) { return entry.ended && *entry.ended < oldest_kept; });
    while (entries.size() - live() > limits::kEndedSessions) {
      entries.erase(std::ranges::min_element(entries, {}, [](const Entry& entry) {
        return entry.ended.value_or(steady_clock::time_point::max());
      }));
    }
  }

  base::Task<> run(std::shared_ptr<Session> session) {
    // A session ends by its own stop(), which awaits its browser; being cancelled here would skip that.
    co_await base::asio::this_coro::reset_cancellation_state(base::asio::disable_cancellation());
    co_await base::on(session->loop(), run_to_end(session));
    for (auto& entry : entries) {
      if (entry.session == session) entry.ended = steady_clock::now();
    }
    prune();
  }

  base::Task<base::Result<Found>> create(SessionSpec spec, bool keep_trying) {
    if (shutting_down) co_return base::fail(base::Errc::unavailable, "the server is shutting down");
    if (!spec.name.empty() && find_entry(spec.name) != nullptr) {
      co_return std::unexpected(name_in_use(spec.name));
    }
    if (live() >= max_sessions) {
      co_return base::fail(base::Errc::limit,
                           "there are " + std::to_string(max_sessions) +
                               " live sessions already, which is the limit: delete one, or raise --max-sessions");
    }
    auto name = spec.name;
    auto session = std::make_shared<Session>(environment, environment.loops.next(), std::move(spec),
                                             base::SessionId(base::uuid_v4()));
    entries.push_back({session, std::move(name), std::nullopt});
    running.spawn(run(session));
    // Nobody else knows of a session whose creator has gone while its browser started.
    auto result = co_await base::on(session->loop(), started(session));
    const bool abandoned = (co_await base::asio::this_coro::cancellation_state).cancelled() !=
                           base::asio::cancellation_type::none;
    co_await base::asio::this_coro::reset_cancellation_state(base::asio::disable_cancellation());
    if (abandoned && result) result = base::fail(base::Errc::stopped, "whoever asked for the session has gone");
    if (!result && (abandoned || !keep_trying)) {
      co_await base::on(session->loop(), stop(session, SessionState::failed));
      co_await base::on(session->loop(), until_finished(session));
      forget(*session);
      co_return std::unexpected(result.error());
    }
    auto info = co_await base::on(session->loop(), info_of(session));
    co_return Found{std::move(info), std::move(session)};
  }

  base::Task<base::Result<Found>> find(std::string id_or_name) {
    prune();
    const Entry* entry = find_entry(id_or_name);
    if (entry == nullptr) co_return std::unexpected(no_such_session(id_or_name));
    auto session = entry->session;
    auto info = co_await base::on(session->loop(), info_of(session));
    co_return Found{std::move(info), std::move(session)};
  }

  base::Task<base::Result<Found>> update(std::string id_or_name, SessionUpdate update) {
    co_await base::asio::this_coro::reset_cancellation_state(base::asio::disable_cancellation());
    Entry* const entry = find_entry(id_or_name);
    if (entry == nullptr || entry->ended) co_return std::unexpected(no_such_session(id_or_name));
    auto session = entry->session;
    const auto old_name = entry->name;
    if (update.name) {
      const Entry* const holder = update.name->empty() ? nullptr : find_entry(*update.name);
      if (holder != nullptr && holder != entry) co_return std::unexpected(name_in_use(*update.name));
      entry->name = *update.name;  // taken from here on: nobody gets it while the session is asked
    }
    const auto wanted_name = entry->name;
    auto info = co_await base::on(session->loop(), apply(session, std::move(update)));
    if (info) co_return Found{std::move(*info), std::move(session)};
    Entry* const refused = find_entry(session->id().value);
    if (refused != nullptr && refused->name == wanted_name) refused->name = old_name;
    co_return std::unexpected(std::move(info.error()));
  }

  base::Task<std::vector<Found>> list() {
    prune();
    std::vector<std::shared_ptr<Session>> sessions;
    for (const auto& entry : entries) sessions.push_back(entry.session);
    std::vector<Found> found;
    for (auto& session : sessions) {
      auto info = co_await base::on(session->loop(), info_of(session));
      found.push_back({std::move(info), std::move(session)});
    }
    co_return found;
  }

  base::Task<base::Result<void>> remove(std::string id_or_name,
                                        std::function<void(Session&)> before_log_ends) {
    co_await base::asio::this_coro::reset_cancellation_state(base::asio::disable_cancellation());
    const Entry* entry = find_entry(id_or_name);
    if (entry == nullptr || entry->ended) co_return std::unexpected(no_such_session(id_or_name));
    auto session = entry->session;
    co_await base::on(session->loop(), stop_with(session, std::move(before_log_ends)));
    co_await base::on(session->loop(), until_finished(session));
    co_return base::Result<void>{};
  }

  base::Task<> shutdown() {
    shutting_down = true;
    std::vector<std::shared_ptr<Session>> sessions;
    for (const auto& entry : entries) sessions.push_back(entry.session);
    for (auto& session : sessions) co_await base::on(session->loop(), stop(session, SessionState::ended));
    co_await running.join();
  }
};

Registry::Registry(const Environment& environment, std::size_t max_sessions)
    : impl_(std::make_unique<Impl>(environment, max_sessions)) {}

Registry::~Registry() = default;

base::Task<base::Result<Found>> Registry::create(SessionSpec spec, bool keep_trying) {
  return base::on(impl_->environment.loops.at(0), impl_->create(std::move(spec), keep_trying));
}

base::Task<base::Result<Found>> Registry::find(std::string id_or_name) {
  return base::on(impl_->environment.loops.at(0), impl_->find(std::move(id_or_name)));
}

base::Task<std::vector<Found>> Registry::list() {
  return base::on(impl_->environment.loops.at(0), impl_->list());
}

base::Task<base::Result<Found>> Registry::update(std::string id_or_name, SessionUpdate update) {
  return base::on(impl_->environment.loops.at(0), impl_->update(std::move(id_or_name), std::move(update)));
}

base::Task<base::Result<void>> Registry::remove(std::string id_or_name,
                                                std::function<void(Session&)> before_log_ends) {
  return base::on(impl_->environment.loops.at(0),
                  impl_->remove(std::move(id_or_name), std::move(before_log_ends)));
}

base::Task<> Registry::shutdown() { return impl_->shutdown(); }

}  // namespace telltale::session

#include "session/session.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <csignal>
#include <utility>

#include "base/log_hub.hpp"
#include "base/logging.hpp"
#include "base/random.hpp"
#include "browser/find.hpp"
#include "browser/limits.hpp"
#include "session/connected.hpp"
#include "session/limits.hpp"
#include "session/system_events.hpp"
#include "telemetry/catalog.hpp"
#include "telemetry/config.hpp"
#include "telemetry/envelope.hpp"

namespace telltale::session {
namespace {

namespace asio = base::asio;
using std::chrono::steady_clock;

std::int64_t now_ns() noexcept { return steady_clock::now().time_since_epoch().count(); }

}  // namespace

Session::Session(const Environment& environment, base::Loop& loop, SessionSpec spec, base::SessionId id)
    : environment_(environment),
      loop_(loop),
      id_(std::move(id)),
      spec_(std::move(spec)),
      redactor_(spec_.redaction.value_or(environment.redaction), environment.secret_names),
      published_(telemetry::effective_categories(spec_.categories)),
      log_(stream::Log::create(environment.loops, loop)),
      created_at_(environment.clock.now()),
      changed_(loop),
      scope_(loop.executor()),
      driver_(page_link_, loop),
      files_(environment.uploads, id_.value),
      cdp_token_(base::random_hex(32)),
      last_activity_ns_(now_ns()),
      last_access_us_(created_at_.unix_us()) {
  spec_.redaction = redactor_.level();
}

Session::~Session() = default;

void Session::touch() noexcept {
  last_activity_ns_.store(now_ns(), std::memory_order_relaxed);
  last_access_us_.store(environment_.clock.now().unix_us(), std::memory_order_relaxed);
}

std::optional<browser::OutputPart> Session::browser_output(std::uint64_t position) const {
  if (!process_) return std::nullopt;
  return process_->stderr_since(position);
}

base::Result<void> Session::take_step() {
  if (spec_.max_steps && steps_ >= *spec_.max_steps) {
    return base::fail(base::Errc::limit, "the session has used all of its " + std::to_string(*spec_.max_steps) +
                                             " steps (max_steps): start another one");
  }
  ++steps_;
  return {};
}

SessionInfoPtr Session::info() const {
  auto info = std::make_shared<SessionInfo>();
  info->id = id_;
  info->spec = spec_;
  info->state = state_;
  info->error = error_;
  info->created_at = created_at_;
  info->connected_since = connected_since_;
  info->ended_at = ended_at_;
  const std::chrono::microseconds last_access(last_access_us_.load(std::memory_order_relaxed));
  info->last_access_at = {{}, std::chrono::system_clock::time_point(last_access)};
  info->steps = steps_;
  info->cdp_endpoint = endpoint_;
  info->cdp_token = cdp_token_;
  if (process_) info->browser_pid = process_->pid();
  return info;
}

base::Task<> Session::run() {
  tell_state();
  scope_.spawn(keep_connected());
  if (spec_.idle_timeout || spec_.max_duration) scope_.spawn(watch_time());
  while (!ending_) co_await changed_.wait(steady_clock::time_point::max());
  // What happened before the end belongs to the log: close_at_end() fetches it, for a moment.
  // Longer than its flush() takes at most, so that what comes after that is not cut off.
  const auto deadline = steady_clock::now() + 2 * limits::kFlushTimeout;
  while (connected_ != nullptr && steady_clock::now() < deadline) co_await changed_.wait(deadline);
  const auto goodbye = steady_clock::now() + limits::kCdpGoodbyeTimeout;
  while (cdp_clients_ > 0 && steady_clock::now() < goodbye) co_await changed_.wait(goodbye);
  scope_.stop();
  co_await scope_.join();
  oom_subscription_.reset();
  if (process_) co_await process_->terminate();
  process_.reset();
  files_.close();
  endpoint_.clear();
  ended_at_ = environment_.clock.now();
  set_state(*ending_);
  for (const auto& call : std::exchange(before_log_ends_, {})) call(*this);
  log_->end();
  finished_ = true;
}

void Session::stop(SessionState state, std::string error) noexcept {
  if (ending_) return;
  ending_ = state;
  if (!error.empty()) error_ = std::move(error);
  notify_change();
}

void Session::cdp_client_connected() {
  ++cdp_clients_;
  if (connected_ != nullptr) connected_->set_dialog_policy(dialog_policy());
  publish_now({.source = telemetry::source_of(telemetry::CdpConnect::kEvent), .data = telemetry::CdpConnect{}});
}

void Session::cdp_client_gone(telemetry::CdpDisconnect report) {
  --cdp_clients_;
  using Reason = telemetry::CdpDisconnectReason;
  // Of the two, which comes first at the end of a session is a matter of microseconds.
  if (ending_ && report.reason != Reason::client_close) {
    report.reason = *ending_ == SessionState::failed ? Reason::upstream_error : Reason::context_cancelled;
  }
  if (connected_ != nullptr) connected_->set_dialog_policy(dialog_policy());
  publish_now({.source = telemetry::source_of(telemetry::CdpDisconnect::kEvent), .data = report});
  notify_change();
}

void Session::browser_close_asked() noexcept { close_asked_ = steady_clock::now(); }

// A browser that was attached to may be started again by its owner.
bool Session::closed_by_client() const noexcept {
  return spec_.attach_url.empty() && close_asked_ &&
         steady_clock::now() - *close_asked_ < limits::kBrowserCloseTime;
}

collector::DialogPolicy Session::dialog_policy() const noexcept {
  if (!environment_.answer_dialogs || cdp_clients_ > 0) return collector::DialogPolicy::leave;
  return spec_.attach_url.empty() ? collector::DialogPolicy::answer : collector::DialogPolicy::answer_later;
}

base::Task<> Session::ending() {
  while (!ending_) {
    const auto wake = co_await changed_.wait(steady_clock::time_point::max());
    if (wake == base::Wake::cancelled) co_return;
  }
}

base::Task<base::Result<page::Tab>> Session::current_tab() {
  if (page_link_.pages().empty()) co_return base::fail(base::Errc::not_found, "the browser has no page");
  auto tabs = co_await driver_.tabs();
  if (!tabs) co_return std::unexpected(tabs.error());
  const auto current = std::ranges::find(*tabs, true, &page::Tab::current);
  if (current == tabs->end()) co_return base::fail(base::Errc::not_found, "the tab was closed");
  co_return std::move(*current);
}

void Session::before_log_ends(std::function<void(Session&)> call) {
  before_log_ends_.push_back(std::move(call));
}

base::Task<base::Result<SessionInfoPtr>> Session::update(SessionUpdate update) {
  if (ending_) co_return base::fail(base::Errc::not_found, "session '" + id_.value + "' has ended");
  const auto categories = telemetry::resolve_update(update.telemetry, spec_.categories);
  if (!categories) co_return std::unexpected(categories.error());
  if (update.name) spec_.name = std::move(*update.name);
  if (update.tags) spec_.tags = std::move(*update.tags);
  if (update.redaction) {
    redactor_ = telemetry::Redactor(*update.redaction, environment_.secret_names);
    spec_.redaction = redactor_.level();
  }
  // What lets events through first: nothing that the collector sends from here on is held back.
  published_ = telemetry::effective_categories(*categories);
  const bool reconfigured = *categories != spec_.categories;
  spec_.categories = *categories;
  if (update.viewport) spec_.viewport = update.viewport;
  auto now = info();
  if (connected_ == nullptr) co_return now;  // the next connection begins with all of it
  if (reconfigured) connected_->configure(spec_.categories);
  if (update.viewport) connected_->resize(*update.viewport);
  if (reconfigured || update.viewport) co_await until_answered();
  co_return now;
}

base::Task<> Session::until_answered() {
  const auto deadline = steady_clock::now() + limits::kFlushTimeout;
  const auto answered = std::make_shared<bool>(false);
  connected_->when_answered([self = shared_from_this(), answered] {
    *answered = true;
    self->notify_change();
  });
  auto wake = base::Wake::notified;
  while (!*answered && wake == base::Wake::notified) wake = co_await changed_.wait(deadline);
}

void Session::notify_change() {
  // Posted: the waiters must not run inside whatever just changed.
  asio::post(loop_.executor(), [self = shared_from_this()] { self->changed_.notify_all(); });
}

void Session::set_state(SessionState state) {
  if (state_ == state) return;
  state_ = state;
  connected_since_.reset();
  if (state == SessionState::ready) connected_since_ = environment_.clock.now();
  tell_state();
  notify_change();
}

// Consumers of the hub get every transition, whatever the level of the log is.
void Session::tell_state() const {
  std::string line = "state=" + std::string(base::enum_name(state_));
  if (!error_.empty()) {
    std::string error = error_;
    mask_text(error);
    line += " error=" + error;
  }
  spdlog::log(base::kHubKnows, spdlog::level::info, "session id={} {}", id_.value, line);
  base::log_hub().write({.level = base::LogLevel::state,
                         .scope = "session",
                         .session_id = id_.value,
                         .message = std::move(line)});
}

base::Task<base::Result<void>> Session::started() {
  while (state_ == SessionState::starting) {
    const auto wake = co_await changed_.wait(steady_clock::time_point::max());
    if (wake == base::Wake::cancelled) {
      co_return base::fail(base::Errc::stopped, "waiting for the session was cancelled");
    }
  }
  if (state_ == SessionState::ready) co_return base::Result<void>{};
  // Not a conditional expression in the co_return: g++ 12 destroys a temporary that it never made.
  std::string reason = error_;
  if (reason.empty()) reason = "the session ended while it was starting";
  co_return base::fail(start_failure_, std::move(reason));
}

base::Task<> Session::finished() {
  while (!finished_) {
    const auto wake = co_await changed_.wait(steady_clock::time_point::max());
    if (wake == base::Wake::cancelled) co_return;
  }
}

base::Task<> Session::watch_time() {
  const auto never = std::chrono::nanoseconds::max();
  const std::chrono::nanoseconds idle_timeout = spec_.idle_timeout ? *spec_.idle_timeout : never;
  const std::chrono::nanoseconds max_duration = spec_.max_duration ? *spec_.max_duration : never;
  const auto interval =
      std::min<std::chrono::nanoseconds>(std::min(idle_timeout, max_duration) / 2, limits::kIdleCheckInterval);
  for (;;) {
    const bool slept = co_await base::sleep_for(interval);
    if (!slept) co_return;
    if (open_streams_.load(std::memory_order_relaxed) > 0) touch();
    const std::chrono::nanoseconds idle(now_ns() - last_activity_ns_.load(std::memory_order_relaxed));
    if (idle >= idle_timeout) co_return stop(SessionState::timed_out);
    if (steady_clock::now() - created_at_.mono >= max_duration) co_return stop(SessionState::timed_out);
  }
}

// --- the browser
// -------------------------------------------------------------------------------------------------------

base::Task<base::Result<std::string>> Session::find_endpoint() {
  if (!spec_.attach_url.empty()) co_return co_await browser::discover_websocket_url(spec_.attach_url);
  if (process_) co_return process_->websocket_url();
  auto binary = browser::find_browser(environment_.chromium, spec_.headless);
  if (!binary) co_return std::unexpected(binary.error());
  browser::LaunchOptions options;
  options.binary = std::move(*binary);
  options.headless = spec_.headless;
  options.no_sandbox = environment_.no_sandbox;
  options.profiles = environment_.profiles;
  if (!spec_.user_agent.empty()) options.extra_args.push_back("--user-agent=" + spec_.user_agent);
  if (spec_.viewport) {
    options.width = spec_.viewport->width;
    options.height = spec_.viewport->height;
  }
  auto process = co_await browser::BrowserProcess::launch(std::move(options));
  if (!process) co_return std::unexpected(process.error());
  process_ = std::move(*process);
  watch_oom();
  co_return process_->websocket_url();
}

void Session::watch_oom() {
  if (environment_.oom_watch == nullptr) return;
  auto listener = [weak = weak_from_this(), &loop = loop_](const browser::OomKill& kill) {
    asio::post(loop.executor(), [weak, kill] {
      const auto self = weak.lock();
      if (self && !self->finished_) self->publish_monitor(to_event(kill));
    });
  };
  oom_subscription_ = std::make_unique<browser::OomWatch::Subscription>(*environment_.oom_watch,
                                                                        process_->pid(), std::move(listener));
}

base::Task<std::optional<std::string>> Session::browser_exit() {
  using namespace asio::experimental::awaitable_operators;
  if (!process_) co_return std::nullopt;
  // A browser that dies closes its socket some milliseconds before its exit can be seen.
  co_await (base::as_root(process_->wait_exit()) || base::as_root(base::sleep_for(limits::kExitStatusGrace)));
  const auto status = process_->exit_status();
  if (!status) co_return std::nullopt;
  co_return "the browser " + std::string(status->signal ? "was " : "") + status->describe();
}

// What a browser's own end means to consumers. One that never came up has no consumer yet: the create request
// says why.
base::Task<> Session::report_crash(bool was_ready) {
  if (!process_) co_return;
  // Why it died comes from the kernel's log, and should not come after the end of the session.
  const auto signal = process_->exit_status()->signal;
  if (oom_subscription_ && signal == SIGKILL) co_await base::sleep_for(browser::limits::kOomReportGrace);
  publish_monitor(service_crashed(process_->pid(), was_ready));
  if (was_ready) publish_monitor(telemetry::MonitorReconnectFailed{.reason = "browser_exited"});
}

base::Task<> Session::keep_connected() {
  std::chrono::nanoseconds delay = limits::kReconnectFirstDelay;
  std::optional<steady_clock::time_point> lost_at;
  while (!ending_) {
    base::Error error{base::Errc::closed, ""};
    auto endpoint = co_await find_endpoint();
    if (endpoint) {
      endpoint_ = std::move(*endpoint);
      const bool was_ready = co_await serve_connection(lost_at, error);
      endpoint_.clear();
      if (ending_) co_return;
      if (was_ready) {
        delay = limits::kReconnectFirstDelay;
        lost_at = steady_clock::now();
        if (closed_by_client()) co_return stop(SessionState::ended);
        const auto exit = co_await browser_exit();
        if (ending_) co_return;
        telemetry::MonitorDisconnected disconnected;
        disconnected.reason = exit ? "browser_exited" : "connection_lost";
        publish_monitor(std::move(disconnected));
        if (exit) error.message = *exit;
      }
    } else {
      error = std::move(endpoint.error());
    }
    error_ = error.message;
    // A URL that leads nowhere by its form, or back here, is a mistake of who gave it.
    const bool is_wrong_url = error.code == base::Errc::invalid_argument && !spec_.attach_url.empty();
    start_failure_ = is_wrong_url ? base::Errc::invalid_argument : base::Errc::unavailable;
    // A browser that was launched here and is gone does not come back; neither does one that never came up.
    const bool given_up = spec_.attach_url.empty() && (!process_ || process_->exit_status());
    if (given_up) {
      co_await report_crash(lost_at.has_value());
      co_return stop(SessionState::failed);
    }
    set_state(SessionState::reconnecting);
    const bool slept = co_await base::sleep_for(delay);
    if (!slept) co_return;
    delay = std::min<std::chrono::nanoseconds>(delay * 2, limits::kReconnectLastDelay);
  }
}

// --- the connection
// ----------------------------------------------------------------------------------------------------

base::Task<bool> Session::serve_connection(std::optional<steady_clock::time_point> lost_at,
                                           base::Error& error) {
  auto transport = co_await net::connect_websocket(endpoint_);
  if (!transport) {
    error = std::move(transport.error());
    co_return false;
  }
  collector::Options options;
  options.categories = spec_.categories;
  options.dialogs = dialog_policy();
  options.viewport = spec_.viewport;
  options.screenshot_period = spec_.screenshot_interval;
  options.binding_name = "b" + base::random_hex(12);
  options.world_name = "w" + base::random_hex(12);

  Connected connected(std::move(*transport), std::move(options), loop_, environment_.clock, id_,
                      [this](telemetry::Event event) { publish(event); });
  base::TaskScope children(loop_.executor());
  children.spawn(connected.keep_time());
  children.spawn(make_ready(connected, lost_at));
  children.spawn(close_at_end(connected));
  connected_ = &connected;
  page_link_.connect(connected);
  connected.start();
  error = co_await connected.run();
  connected.finish();  // nothing, when close_at_end() has done it
  connected_ = nullptr;
  page_link_.disconnect();
  notify_change();
  children.stop();
  co_await children.join();
  co_return state_ == SessionState::ready;
}

base::Task<> Session::close_at_end(Connected& connected) {
  co_await ending();
  if (!ending_) co_return;
  co_await connected.flush();
  connected.finish();
  connected.close();
}

base::Task<> Session::make_ready(Connected& connected, std::optional<steady_clock::time_point> lost_at) {
  auto attached = co_await connected.attached();
  if (attached && !start_page_opened_ && (spec_.attach_url.empty() || !spec_.start_url.empty())) {
    attached = co_await open_start_page(connected);
  }
  if (!attached) {
    if (attached.error().code != base::Errc::stopped) {
      spdlog::warn("session id={} {}", id_.value, attached.error().message);
      connected.close();
    }
    co_return;
  }
  if (lost_at) {
    telemetry::MonitorReconnected reconnected;
    reconnected.reconnect_duration_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - *lost_at).count();
    publish_monitor(std::move(reconnected));
  }
  error_.clear();
  set_state(SessionState::ready);
}

base::Task<base::Result<void>> Session::open_start_page(Connected& connected) {
  auto page = co_await connected.create_page();
  if (!page) co_return std::unexpected(page.error().in("cannot open a page"));
  start_page_opened_ = true;
  if (!spec_.start_url.empty()) connected.navigate(*page, spec_.start_url);
  co_return base::Result<void>{};
}

// --- the log
// -----------------------------------------------------------------------------------------------------------

base::Seq Session::publish(telemetry::Event& event) {
  if (!published_.contains(telemetry::event_type(event.data).category)) return {};
  redactor_.apply(event);  // before it is encoded: what is taken out reaches neither log nor stream
  return log_->append(event, base::Secrets::reveal);
}

std::optional<telemetry::Envelope> Session::publish_now(telemetry::Event event) {
  telemetry::Envelope envelope;
  envelope.event = std::move(event);
  envelope.event.ts_us = environment_.clock.now().unix_us();
  envelope.seq = publish(envelope.event);
  if (envelope.seq.value == 0) return std::nullopt;
  return envelope;
}

template <class Data>
void Session::publish_monitor(Data data) {
  telemetry::Event event{.source = {}, .data = std::move(data)};
  event.source.kind = telemetry::SourceKind::local_process;
  publish_now(std::move(event));
}

}  // namespace telltale::session

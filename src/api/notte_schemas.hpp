#pragma once

// Bodies of /sessions requests and responses, as Notte's clients send and expect them. Two eras of that API are spoken: that of
// early 2025, and today's, which its official SDKs announce with the header x-notte-sdk-version.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/action_schemas.hpp"
#include "base/describe.hpp"
#include "page/observation.hpp"

namespace telltale::api {

inline constexpr std::int64_t kNotteIdleMinutes = 3;
inline constexpr std::int64_t kNotteLongestMinutes = 15;
inline constexpr std::int64_t kNotteSteps = 20;
inline constexpr std::int64_t kNotteWidth = 1280;
inline constexpr std::int64_t kNotteHeight = 1080;

enum class NotteStatus { active, closed, error, timed_out };

constexpr auto describe_enum(NotteStatus) {
  using base::EnumName;
  using enum NotteStatus;
  return std::array{EnumName{active, "active"}, EnumName{closed, "closed"}, EnumName{error, "error"},
                    EnumName{timed_out, "timed_out"}};
}

struct SessionStartRequest {
  std::optional<std::int64_t> timeout_minutes;
  std::optional<std::int64_t> timeout_minutes_of_sdk;
  std::optional<std::int64_t> idle_timeout_minutes;
  std::optional<std::int64_t> max_duration_minutes;
  std::optional<std::int64_t> max_steps;
  std::optional<std::string> browser_type;
  std::optional<bool> headless;
  std::optional<std::string> user_agent;
  std::optional<std::int64_t> viewport_width;
  std::optional<std::int64_t> viewport_height;
  std::optional<std::string> cdp_url;
  std::optional<std::string> screenshot_type;
  base::Unsupported proxies;
  base::Unsupported chrome_args;
  base::Unsupported solve_captchas;
  base::Unsupported use_file_storage;
  base::Unsupported profile;
  base::Unsupported web_bot_auth;
  base::Unsupported extra_http_headers;
  base::Unsupported vault_id;
  base::Unsupported auth_ids;
  base::Unsupported aspect_ratio;

  static constexpr auto describe() {
    using base::field;
    using T = SessionStartRequest;
    return base::table<T>(
        "A session to start. Every field may be left out.",
        field("timeout_minutes", &T::timeout_minutes, "Older name of idle_timeout_minutes.").unit("min").range(1, 4'320),
        field("timeoutMinutes", &T::timeout_minutes_of_sdk, "The same, as the README of npm's notte-sdk spells it.")
            .unit("min")
            .range(1, 4'320),
        field("idle_timeout_minutes", &T::idle_timeout_minutes, "Ends when nobody used it for so long; default 3.")
            .unit("min")
            .range(1, 4'320),
        field("max_duration_minutes", &T::max_duration_minutes,
              "Ends so long after its start, used or not. Default 15 for today's SDKs, else none.")
            .unit("min")
            .range(1, 4'320),
        field("max_steps", &T::max_steps,
              "Observations and actions together; then they are refused. Default 20, and none for today's SDKs.")
            .range(1, 1'000'000),
        field("browser_type", &T::browser_type, "chromium: there is no other."),
        field("headless", &T::headless, "Default true. False needs a display on the server."),
        field("user_agent", &T::user_agent, "Absent: the browser's own.").range(0, 1'000),
        field("viewport_width", &T::viewport_width, "Default 1280.").unit("CSS px").range(1, 10'000),
        field("viewport_height", &T::viewport_height, "Default 1080.").unit("CSS px").range(1, 10'000),
        field("cdp_url", &T::cdp_url,
              "Attach to a browser that already runs, at http://HOST:PORT or ws://HOST:PORT/devtools/browser/ID.")
            .range(0, 2'048),
        field("screenshot_type", &T::screenshot_type, "raw: pictures are never drawn on."),
        field("proxies", &T::proxies, "Not supported."), field("chrome_args", &T::chrome_args, "Not supported."),
        field("solve_captchas", &T::solve_captchas, "Not supported."),
        field("use_file_storage", &T::use_file_storage, "Not supported."),
        field("profile", &T::profile, "Not supported."), field("web_bot_auth", &T::web_bot_auth, "Not supported."),
        field("extra_http_headers", &T::extra_http_headers, "Not supported."),
        field("vault_id", &T::vault_id, "Not supported."), field("auth_ids", &T::auth_ids, "Not supported."),
        field("aspect_ratio", &T::aspect_ratio, "Not supported."),
        base::ignored("wait_for_authentication", "there is none to wait for"));
  }
};

/// A session, as early 2025 knew it.
struct EarlySession {
  std::string session_id;
  std::int64_t timeout_minutes = 0;
  std::string created_at;
  base::RawJson closed_at;
  std::string last_accessed_at;
  std::string duration;
  NotteStatus status = NotteStatus::active;
  base::RawJson error;
  bool proxies = false;
  std::string browser_type = "chromium";

  static constexpr auto describe() {
    using base::field;
    using T = EarlySession;
    return base::table<T>(
        "A session.", field("session_id", &T::session_id, "UUID."),
        field("timeout_minutes", &T::timeout_minutes, "Ends when nobody used it for so long; 0: never.").unit("min"),
        field("created_at", &T::created_at, "RFC 3339, UTC."),
        field("closed_at", &T::closed_at, "RFC 3339, UTC; null while it is active."),
        field("last_accessed_at", &T::last_accessed_at, "RFC 3339, UTC."),
        field("duration", &T::duration, "ISO 8601, until its end or now."), field("status", &T::status, ""),
        field("error", &T::error, "Why it failed, or null."), field("proxies", &T::proxies, "Never."),
        field("browser_type", &T::browser_type, "Always chromium."));
  }
};

/// What today's SDKs expect besides.
struct NotteSession {
  EarlySession early;
  std::int64_t idle_timeout_minutes = 0;
  std::optional<std::int64_t> max_duration_minutes;
  std::int64_t viewport_width = 0;
  std::int64_t viewport_height = 0;
  bool headless = true;
  base::RawJson user_agent;
  base::RawJson cdp_url;
  base::RawJson viewer_url;
  bool solve_captchas = false;
  bool use_file_storage = false;
  bool web_bot_auth = false;

  static constexpr auto describe() {
    using base::field;
    using T = NotteSession;
    return base::table<T>(
        "A session.", base::flatten(&T::early),
        field("idle_timeout_minutes", &T::idle_timeout_minutes, "As timeout_minutes.").unit("min"),
        field("max_duration_minutes", &T::max_duration_minutes, "Ends so long after its start; absent: no limit.")
            .unit("min"),
        field("viewport_width", &T::viewport_width, "").unit("CSS px"),
        field("viewport_height", &T::viewport_height, "").unit("CSS px"), field("headless", &T::headless, ""),
        field("user_agent", &T::user_agent, "As it was asked for, or null."),
        field("cdp_url", &T::cdp_url, "For DevTools clients; null while the browser is not connected."),
        field("viewer_url", &T::viewer_url, "Null: there is no viewer."),
        field("solve_captchas", &T::solve_captchas, "Never."),
        field("use_file_storage", &T::use_file_storage, "Never."), field("web_bot_auth", &T::web_bot_auth, "Never."));
  }
};

struct NotteSessionPage {
  std::vector<NotteSession> items;
  std::int64_t page = 1;
  std::int64_t page_size = 0;
  bool has_next = false;
  bool has_previous = false;

  static constexpr auto describe() {
    using base::field;
    using T = NotteSessionPage;
    return base::table<T>("One page of sessions.", field("items", &T::items, "Newest first."),
                          field("page", &T::page, "From 1."), field("page_size", &T::page_size, ""),
                          field("has_next", &T::has_next, ""), field("has_previous", &T::has_previous, ""));
  }
};

struct ObserveRequest {
  std::optional<std::string> url;
  std::optional<std::string> instructions;
  std::optional<std::int64_t> min_nb_actions;
  std::optional<std::int64_t> max_nb_actions;
  std::optional<std::string> perception_type;
  std::optional<bool> screenshot;
  std::optional<bool> names;

  static constexpr auto describe() {
    using base::field;
    using T = ObserveRequest;
    return base::table<T>(
        "How to observe.",
        field("url", &T::url, "Opened first, unless it is the current one.").range(0, 2'000'000),
        field("instructions", &T::instructions,
              "Selecting actions by words needs a language model, which telltale has not: the space is then empty and "
              "says so."),
        field("min_nb_actions", &T::min_nb_actions,
              "Looks again, for 5 s at most, until there are so many interaction actions. telltale's own meaning: "
              "without a language model, none are left out.")
            .range(0, 10'000),
        field("max_nb_actions", &T::max_nb_actions,
              "Lists so many interaction actions at most, the first ones; without it, all. telltale's own meaning; "
              "without effect for today's SDKs, which always send it.")
            .range(1, 10'000),
        field("perception_type", &T::perception_type, "fast; deep needs a language model and is refused."),
        field("screenshot", &T::screenshot, "telltale's own addition: false leaves the picture out."),
        field("names", &T::names,
              "telltale's own addition: true adds to each interaction action its element's `role` and accessible "
              "`name`."));
  }
};

struct TabMetadata {
  std::int64_t tab_id = 0;
  std::string title;
  std::string url;

  static constexpr auto describe() {
    using base::field;
    using T = TabMetadata;
    return base::table<T>("A tab.", field("tab_id", &T::tab_id, "Its place."), field("title", &T::title, ""),
                          field("url", &T::url, ""));
  }
};

struct SnapshotMetadata {
  std::string title;
  std::string url;
  page::ViewportMetrics viewport;
  std::vector<TabMetadata> tabs;
  std::string timestamp;

  static constexpr auto describe() {
    using base::field;
    using T = SnapshotMetadata;
    return base::table<T>("Which page was observed.", field("title", &T::title, ""), field("url", &T::url, ""),
                          field("viewport", &T::viewport, ""), field("tabs", &T::tabs, ""),
                          field("timestamp", &T::timestamp, "RFC 3339, UTC."));
  }
};

struct ActionSpace {
  std::string description;
  base::RawJson interaction_actions;
  base::RawJson category;
  base::RawJson actions;
  base::RawJson browser_actions;
  std::string markdown;

  static constexpr auto describe() {
    using base::field;
    using T = ActionSpace;
    return base::table<T>(
        "What can be done.", field("description", &T::description, "What is seen of the page, line by line."),
        field("interaction_actions", &T::interaction_actions, "On elements of the page: type, category, description, id, parameters."),
        field("category", &T::category, "Null: telling it needs a language model."),
        field("actions", &T::actions, "Interaction actions, then browser actions."),
        field("browser_actions", &T::browser_actions, "Of the browser, with sample values."),
        field("markdown", &T::markdown, "The actions for a language model to read."));
  }
};

struct TrajectoryProgress {
  std::int64_t current_step = 0;
  std::int64_t max_steps = 0;

  static constexpr auto describe() {
    using T = TrajectoryProgress;
    return base::table<T>("Steps of the session.", base::field("current_step", &T::current_step, "So far."),
                          base::field("max_steps", &T::max_steps, "Then it refuses further ones."));
  }
};

/// What an observation was, in early 2025.
struct EarlyObservation {
  SnapshotMetadata metadata;
  base::RawJson screenshot;
  ActionSpace space;
  base::RawJson data;
  base::RawJson progress;
  EarlySession session;

  static constexpr auto describe() {
    using base::field;
    using T = EarlyObservation;
    return base::table<T>("An observation.", field("metadata", &T::metadata, ""),
                          field("screenshot", &T::screenshot, "PNG of the viewport in base64, or null."),
                          field("space", &T::space, ""),
                          field("data", &T::data, "Null: page/scrape yields it."),
                          field("progress", &T::progress, "Null: the session has no limit of steps."),
                          field("session", &T::session, ""));
  }
};

struct ObservedBox {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
  std::int64_t scroll_x = 0;
  std::int64_t scroll_y = 0;
  std::int64_t viewport_width = 0;
  std::int64_t viewport_height = 0;
  std::string notte_id;

  static constexpr auto describe() {
    using base::field;
    using T = ObservedBox;
    return base::table<T>("Where an element is, in CSS px of the viewport.", field("x", &T::x, ""),
                          field("y", &T::y, ""), field("width", &T::width, ""), field("height", &T::height, ""),
                          field("scroll_x", &T::scroll_x, ""), field("scroll_y", &T::scroll_y, ""),
                          field("viewport_width", &T::viewport_width, ""),
                          field("viewport_height", &T::viewport_height, ""), field("notte_id", &T::notte_id, ""));
  }
};

struct ObservedScreenshot {
  std::string raw;
  std::vector<ObservedBox> bboxes;
  base::RawJson last_action_id;

  static constexpr auto describe() {
    using base::field;
    using T = ObservedScreenshot;
    return base::table<T>("What is seen.", field("raw", &T::raw, "PNG of the viewport in base64."),
                          field("bboxes", &T::bboxes, "Where the elements are that can be acted on."),
                          field("last_action_id", &T::last_action_id, "Null."));
  }
};

/// What an observation is to today's SDKs.
struct NotteObservation {
  std::string started_at;
  std::string ended_at;
  SnapshotMetadata metadata;
  ObservedScreenshot screenshot;
  ActionSpace space;

  static constexpr auto describe() {
    using base::field;
    using T = NotteObservation;
    return base::table<T>("An observation.", field("started_at", &T::started_at, "RFC 3339, UTC."),
                          field("ended_at", &T::ended_at, "RFC 3339, UTC."), field("metadata", &T::metadata, ""),
                          field("screenshot", &T::screenshot, ""), field("space", &T::space, ""));
  }
};

struct ExecutionResponse {
  std::string started_at;
  std::string ended_at;
  base::RawJson action;
  bool success = true;
  std::string message;
  base::RawJson data;
  base::RawJson exception;
  std::optional<EarlySession> session;

  static constexpr auto describe() {
    using base::field;
    using T = ExecutionResponse;
    return base::table<T>("What an action came to.", field("started_at", &T::started_at, "RFC 3339, UTC."),
                          field("ended_at", &T::ended_at, "RFC 3339, UTC."),
                          field("action", &T::action, "As it was sent."),
                          field("success", &T::success, "False: `message` says why."),
                          field("message", &T::message, "What was done, or why it could not be."),
                          field("data", &T::data, "What it yielded, or null."),
                          field("exception", &T::exception, "Why it failed, or null."),
                          field("session", &T::session, "Absent for today's SDKs."));
  }
};

struct PageScrapeRequest {
  ScrapeArguments what;
  std::optional<std::string> url;

  static constexpr auto describe() {
    using T = PageScrapeRequest;
    return base::table<T>("What to take from the page.", base::flatten(&T::what),
                          base::field("url", &T::url, "Opened first, unless it is the current one.").range(0, 2'000'000));
  }
};

struct SetCookiesRequest {
  base::RawJson cookies;

  static constexpr auto describe() {
    using T = SetCookiesRequest;
    return base::table<T>("Cookies to set.",
                          base::field("cookies", &T::cookies,
                                      "A list of {name, value, domain or url, path, httpOnly, secure, sameSite, "
                                      "expires or expirationDate}."));
  }
};

}  // namespace telltale::api

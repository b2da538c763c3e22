#pragma once

// Bodies of /browsers requests and responses.

#include <cstdint>
#include <optional>
#include <string>

#include "base/describe.hpp"
#include "session/session_info.hpp"
#include "telemetry/config.hpp"

namespace telltale::api {

inline constexpr std::int64_t kDefaultTimeoutSeconds = 60;
inline constexpr std::int64_t kShortestTimeoutSeconds = 10;
inline constexpr std::int64_t kLongestTimeoutSeconds = 259'200;  ///< three days
inline constexpr std::int64_t kShortestScreenshotSeconds = 2;
inline constexpr std::int64_t kLongestScreenshotSeconds = 3'600;
inline constexpr std::size_t kTagKeyLength = 128;
inline constexpr std::size_t kTagValueLength = 256;

inline constexpr std::string_view kRedactDoc =
    "telltale's own addition: what is taken out of events before they are kept. `default`: credentials in "
    "headers, URLs and bodies, and tokens in any text, are masked; `strict`: also credentials in any text, and "
    "bodies and post data are left out; `none`: nothing. Absent: "
    "what the server "
    "was started with.";

struct ViewportRequest {
  std::int64_t width = 0;
  std::int64_t height = 0;
  base::Unsupported refresh_rate;

  static constexpr auto describe() {
    using base::field;
    return base::table<ViewportRequest>(
        "Size of the page area.",
        field("width", &ViewportRequest::width, "Width.").unit("CSS px").range(1, 10'000),
        field("height", &ViewportRequest::height, "Height.").unit("CSS px").range(1, 10'000),
        field("refresh_rate", &ViewportRequest::refresh_rate,
              "Not supported: a headless browser has no display."));
  }
};

struct ViewportUpdateRequest {
  ViewportRequest size;
  std::optional<bool> force;

  static constexpr auto describe() {
    using base::field;
    return base::table<ViewportUpdateRequest>(
        "Size of the page area.", base::flatten(&ViewportUpdateRequest::size),
        field("force", &ViewportUpdateRequest::force,
              "Accepted, and without effect: nothing here stands in the way of another size."));
  }
};

struct CreateBrowserRequest {
  std::optional<std::string> start_url;
  std::optional<bool> headless;
  std::optional<ViewportRequest> viewport;
  std::optional<std::int64_t> timeout_seconds;
  std::optional<std::string> name;
  std::optional<base::Object<std::string>> tags;
  std::optional<telemetry::BrowserTelemetryRequest> telemetry;
  std::optional<telemetry::Redaction> redact;
  std::optional<std::int64_t> screenshot_interval_seconds;
  std::optional<std::string> cdp_url;
  base::Unsupported chrome_policy;
  base::Unsupported extensions;
  base::Unsupported gpu;
  base::Unsupported invocation_id;
  base::Unsupported kiosk_mode;
  base::Unsupported profile;
  base::Unsupported proxy_id;
  base::Unsupported stealth;

  static constexpr auto describe() {
    using base::field;
    using R = CreateBrowserRequest;
    return base::table<R>(
        "A browser session to create. Every field may be left out.",
        field("start_url", &R::start_url,
              "Opened once everything is being recorded: http, https, data, or about:blank. Absent: "
              "about:blank.")
            .range(0, 2'000'000),
        field("headless", &R::headless, "Default true. False needs a display on the server."),
        field("viewport", &R::viewport,
              "Absent: pages are as large as the window, 1920x1080 when launched here."),
        field("timeout_seconds", &R::timeout_seconds,
              "The session ends when nobody used it for so long: no call, no open stream. From 10 to 259200, "
              "default "
              "60. telltale's own addition: 0 means never.")
            .unit("s")
            .range(0, kLongestTimeoutSeconds),
        field("name", &R::name,
              "Usable instead of the id while the session lives: lower-case letters, digits and hyphens, "
              "starting with "
              "a letter or digit.")
            .range(0, 63),
        field("tags", &R::tags, "Free labels; keys of 1 to 128 and values of up to 256 characters.")
            .range(0, 50),
        field("telemetry", &R::telemetry, "What to capture. Absent or empty: nothing."),
        field("redact", &R::redact, kRedactDoc),
        field("screenshot_interval_seconds", &R::screenshot_interval_seconds,
              "telltale's own addition: while `screenshot` is captured, a picture of the page so often, "
              "besides those of notable moments. Absent: only those.")
            .unit("s")
            .range(kShortestScreenshotSeconds, kLongestScreenshotSeconds),
        field("cdp_url", &R::cdp_url,
              "telltale's own addition: attach to a browser that already runs, at http://HOST:PORT or "
              "ws://HOST:PORT/devtools/browser/ID, instead of launching one. It is left running at the end.")
            .range(0, 2'048),
        field("chrome_policy", &R::chrome_policy, "Not supported."),
        field("extensions", &R::extensions, "Not supported."), field("gpu", &R::gpu, "Not supported."),
        field("invocation_id", &R::invocation_id, "Not supported."),
        field("kiosk_mode", &R::kiosk_mode, "Not supported."),
        field("profile", &R::profile, "Not supported."), field("proxy_id", &R::proxy_id, "Not supported."),
        field("stealth", &R::stealth, "Not supported."));
  }
};

struct UpdateBrowserRequest {
  std::optional<std::string> name;
  std::optional<base::Object<std::string>> tags;
  std::optional<ViewportUpdateRequest> viewport;
  std::optional<telemetry::BrowserTelemetryRequest> telemetry;
  std::optional<telemetry::Redaction> redact;
  base::Unsupported disable_default_proxy;
  base::Unsupported profile;
  base::Unsupported proxy_id;

  static constexpr auto describe() {
    using base::field;
    using R = UpdateBrowserRequest;
    return base::table<R>(
        "What to change of a session. What is left out, or null, stays as it is.",
        field("name", &R::name, "As on creation; an empty one takes the name away.").range(0, 63),
        field("tags", &R::tags, "Instead of all tags that there are; an empty object takes them away.")
            .range(0, 50),
        field("viewport", &R::viewport, "Of every page, also of those that are open."),
        field(
            "telemetry", &R::telemetry,
            "What to capture from now on. `enabled: true` starts anew from the default categories; `browser` "
            "alone changes the named ones; `enabled: false` alone, or every category off, stops."),
        field("redact", &R::redact, "As on creation; of the events from now on."),
        field("disable_default_proxy", &R::disable_default_proxy, "Not supported."),
        field("profile", &R::profile, "Not supported."), field("proxy_id", &R::proxy_id, "Not supported."));
  }
};

struct ViewportBody {
  static constexpr std::string_view kTypeName = "Viewport";

  std::int64_t width = 0;
  std::int64_t height = 0;

  static constexpr auto describe() {
    using base::field;
    return base::table<ViewportBody>("Size of the page area.",
                                     field("width", &ViewportBody::width, "Width.").unit("CSS px"),
                                     field("height", &ViewportBody::height, "Height.").unit("CSS px"));
  }
};

struct UsageBody {
  static constexpr std::string_view kTypeName = "Usage";

  std::int64_t uptime_ms = 0;

  static constexpr auto describe() {
    return base::table<UsageBody>(
        "What the session has used.",
        base::field("uptime_ms", &UsageBody::uptime_ms, "From its creation to now, or to its end.")
            .unit("ms"));
  }
};

struct BrowserBody {
  static constexpr std::string_view kTypeName = "Browser";

  std::string session_id;
  std::string cdp_ws_url;
  std::string webdriver_ws_url;
  std::string created_at;
  std::optional<std::string> deleted_at;
  bool headless = true;
  bool stealth = false;
  bool kiosk_mode = false;
  bool gpu = false;
  std::int64_t timeout_seconds = 0;
  std::optional<ViewportBody> viewport;
  std::optional<std::string> name;
  base::Object<std::string> tags;
  std::optional<std::string> start_url;
  // Boxed, because a bare empty optional would be left out: clients want null where nothing is captured.
  base::Boxed<std::optional<telemetry::BrowserTelemetryConfig>> telemetry;
  UsageBody usage;
  session::SessionState status = session::SessionState::starting;
  std::optional<std::string> error;
  telemetry::Redaction redact = telemetry::Redaction::standard;
  std::optional<std::int64_t> screenshot_interval_seconds;
  std::optional<std::string> cdp_url;
  std::optional<std::int64_t> browser_pid;

  static constexpr auto describe() {
    using base::field;
    using B = BrowserBody;
    return base::table<B>(
        "A browser session.", field("session_id", &B::session_id, "UUID."),
        field("cdp_ws_url", &B::cdp_ws_url,
              "A DevTools endpoint of the whole browser, for Playwright (connectOverCDP), Puppeteer "
              "(connect) and others. "
              "It holds a token of its own: whoever knows it controls the browser. Empty while the browser "
              "is not connected."),
        field("webdriver_ws_url", &B::webdriver_ws_url, "Always empty: there is no WebDriver."),
        field("created_at", &B::created_at, "RFC 3339, UTC."),
        field("deleted_at", &B::deleted_at, "When it ended, RFC 3339, UTC; absent while it lives."),
        field("headless", &B::headless, "Whether it has no window."),
        field("stealth", &B::stealth, "Always false."), field("kiosk_mode", &B::kiosk_mode, "Always false."),
        field("gpu", &B::gpu, "Always false."),
        field("timeout_seconds", &B::timeout_seconds, "Idle time after which it ends; 0: never.").unit("s"),
        field("viewport", &B::viewport, "As asked for; absent when nothing was."),
        field("name", &B::name, "As asked for; absent when none was."),
        field("tags", &B::tags, "As asked for."),
        field("start_url", &B::start_url, "As asked for; absent when none was."),
        field("telemetry", &B::telemetry, "What is captured; null: nothing."),
        field("usage", &B::usage, "So far."), field("status", &B::status, "Where it is in its life."),
        field("error", &B::error, "Why it failed; absent otherwise."),
        field("redact", &B::redact, "What is taken out of its events."),
        field("screenshot_interval_seconds", &B::screenshot_interval_seconds,
              "As asked for; absent when none was.")
            .unit("s"),
        field("cdp_url", &B::cdp_url,
              "The browser that it was attached to; absent when it was launched here."),
        field("browser_pid", &B::browser_pid, "Process of the browser; absent when it was attached to."));
  }
};

struct HealthBody {
  static constexpr std::string_view kTypeName = "Health";

  std::string status;
  std::string version;

  static constexpr auto describe() {
    return base::table<HealthBody>("The server is up.",
                                   base::field("status", &HealthBody::status, "Always `ok`."),
                                   base::field("version", &HealthBody::version, "Version of telltale."));
  }
};

}  // namespace telltale::api

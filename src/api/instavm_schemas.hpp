#pragma once

// Bodies of /v1/browser requests and responses, as InstaVM's clients send and expect them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"

namespace telltale::api {

inline constexpr std::int64_t kInstavmTimeoutMs = 30'000;
inline constexpr double kInstavmLongestTimeoutMs = 300'000;

struct InstavmCreateRequest {
  std::optional<std::int64_t> viewport_width;
  std::optional<std::int64_t> viewport_height;
  std::optional<std::string> user_agent;

  static constexpr auto describe() {
    using base::field;
    using T = InstavmCreateRequest;
    return base::table<T>(
        "A browser session to create. Every field may be left out.",
        field("viewport_width", &T::viewport_width, "Default 1920.").unit("CSS px").range(1, 10'000),
        field("viewport_height", &T::viewport_height, "Default 1080.").unit("CSS px").range(1, 10'000),
        field("user_agent", &T::user_agent, "Absent: the browser's own.").range(0, 1'000));
  }
};

struct BrowserSessionResponse {
  std::string session_id;
  std::string status;
  std::int64_t viewport_width = 0;
  std::int64_t viewport_height = 0;
  base::RawJson user_agent;
  std::string created_at;
  std::string last_activity;
  base::RawJson expires_at;

  static constexpr auto describe() {
    using base::field;
    using T = BrowserSessionResponse;
    return base::table<T>(
        "Response schema for browser session information", field("session_id", &T::session_id, "UUID."),
        field("status", &T::status, "`active`, `closed` or `error`."),
        field("viewport_width", &T::viewport_width, "Width of the page area.").unit("CSS px"),
        field("viewport_height", &T::viewport_height, "Height of the page area.").unit("CSS px"),
        field("user_agent", &T::user_agent, "As it was asked for; null: the browser's own."),
        field("created_at", &T::created_at, "RFC 3339, UTC."),
        field("last_activity", &T::last_activity, "RFC 3339, UTC: the last call on it."),
        field("expires_at", &T::expires_at, "RFC 3339, UTC: when it ends if nobody uses it until then; null: never."));
  }
};

struct BrowserSessionList {
  std::vector<BrowserSessionResponse> sessions;
  std::int64_t total_count = 0;

  static constexpr auto describe() {
    using T = BrowserSessionList;
    return base::table<T>("The sessions that are active.",
                          base::field("sessions", &T::sessions, "Oldest first."),
                          base::field("total_count", &T::total_count, "How many."));
  }
};

/// The session of an interaction: without one, there must be exactly one that is active.
struct NavigateRequest {
  std::string url;
  std::optional<std::string> session_id;
  std::int64_t wait_timeout = kInstavmTimeoutMs;

  static constexpr auto describe() {
    using base::field;
    using T = NavigateRequest;
    return base::table<T>("Where to go.",
                          field("url", &T::url, "Absolute: http, https, data, or about:blank.").range(1, 2'000'000),
                          field("session_id", &T::session_id, "May be left out while one session is active."),
                          field("wait_timeout", &T::wait_timeout, "Until the page has loaded.")
                              .unit("ms")
                              .range(0, kInstavmLongestTimeoutMs)
                              .defaulted());
  }
};

/// What the requests that act on one element have in common.
struct ElementRequest {
  std::string selector;
  std::optional<std::string> session_id;
  std::int64_t timeout = kInstavmTimeoutMs;

  static constexpr auto describe() {
    using base::field;
    using T = ElementRequest;
    return base::table<T>("Which element.",
                          field("selector", &T::selector, "CSS, `xpath=...` or `text=...`.").range(1, 10'000),
                          field("session_id", &T::session_id, "May be left out while one session is active."),
                          field("timeout", &T::timeout, "Wait so long for the element at most.")
                              .unit("ms")
                              .range(0, kInstavmLongestTimeoutMs)
                              .defaulted());
  }
};

struct ClickRequest {
  ElementRequest element;
  bool force = false;

  static constexpr auto describe() {
    using T = ClickRequest;
    return base::table<T>("What to click.", base::flatten(&T::element),
                          base::field("force", &T::force, "Also when it is disabled, moving or covered.").defaulted());
  }
};

struct TypeRequest {
  ElementRequest element;
  std::string text;
  std::int64_t delay = 100;

  static constexpr auto describe() {
    using T = TypeRequest;
    return base::table<T>("What to type, and where.", base::flatten(&T::element),
                          base::field("text", &T::text, "Typed key by key.").range(0, 20'000),
                          base::field("delay", &T::delay, "Between two keys.").unit("ms").range(0, 5'000).defaulted());
  }
};

struct FillRequest {
  ElementRequest element;
  std::string value;

  static constexpr auto describe() {
    using T = FillRequest;
    return base::table<T>("What to write, and where.", base::flatten(&T::element),
                          base::field("value", &T::value, "Takes the place of what is there."));
  }
};

struct ScrollRequest {
  std::optional<std::string> session_id;
  std::optional<std::string> selector;
  std::optional<std::int64_t> x;
  std::optional<std::int64_t> y;

  static constexpr auto describe() {
    using base::field;
    using T = ScrollRequest;
    return base::table<T>("Where to scroll. At least one of selector, x and y is needed.",
                          field("session_id", &T::session_id, "May be left out while one session is active."),
                          field("selector", &T::selector, "Scrolls this element into view.").range(1, 10'000),
                          field("x", &T::x, "Scrolls to there; absent: stays.").unit("CSS px"),
                          field("y", &T::y, "Scrolls to there; absent: stays.").unit("CSS px"));
  }
};

enum class WaitCondition { visible, hidden, attached, detached, load, domcontentloaded, networkidle, timeout };

constexpr auto describe_enum(WaitCondition) {
  using base::EnumName;
  using enum WaitCondition;
  return std::array{EnumName{visible, "visible"},
                    EnumName{hidden, "hidden"},
                    EnumName{attached, "attached"},
                    EnumName{detached, "detached"},
                    EnumName{load, "load"},
                    EnumName{domcontentloaded, "domcontentloaded"},
                    EnumName{networkidle, "networkidle"},
                    EnumName{timeout, "timeout"}};
}

struct WaitRequest {
  WaitCondition condition = WaitCondition::load;
  std::optional<std::string> session_id;
  std::optional<std::string> selector;
  std::int64_t timeout = kInstavmTimeoutMs;

  static constexpr auto describe() {
    using base::field;
    using T = WaitRequest;
    return base::table<T>(
        "What to wait for.",
        field("condition", &T::condition,
              "Of the element that `selector` names: visible, hidden, attached, detached; of the page: load, "
              "domcontentloaded, networkidle; timeout: only time."),
        field("session_id", &T::session_id, "May be left out while one session is active."),
        field("selector", &T::selector, "Needed for the conditions of elements.").range(1, 10'000),
        field("timeout", &T::timeout, "At most so long.").unit("ms").range(0, kInstavmLongestTimeoutMs).defaulted());
  }
};

struct ScreenshotClip {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  static constexpr auto describe() {
    using base::field;
    using T = ScreenshotClip;
    return base::table<T>("A part of the document.", field("x", &T::x, "").unit("CSS px"),
                          field("y", &T::y, "").unit("CSS px"),
                          field("width", &T::width, "").unit("CSS px").range(1, 16'384),
                          field("height", &T::height, "").unit("CSS px").range(1, 16'384));
  }
};

enum class PictureFormat { png, jpeg, webp };

constexpr auto describe_enum(PictureFormat) {
  using base::EnumName;
  return std::array{EnumName{PictureFormat::png, "png"}, EnumName{PictureFormat::jpeg, "jpeg"},
                    EnumName{PictureFormat::webp, "webp"}};
}

struct ScreenshotRequest {
  std::optional<std::string> session_id;
  bool full_page = true;
  std::optional<ScreenshotClip> clip;
  PictureFormat format = PictureFormat::png;
  std::optional<std::int64_t> quality;

  static constexpr auto describe() {
    using base::field;
    using T = ScreenshotRequest;
    return base::table<T>("Which picture.",
                          field("session_id", &T::session_id, "May be left out while one session is active."),
                          field("full_page", &T::full_page, "False: only what the viewport shows.").defaulted(),
                          field("clip", &T::clip, "Only this part; wins over full_page."),
                          field("format", &T::format, "png, jpeg or webp.").defaulted(),
                          field("quality", &T::quality, "Of jpeg and webp.").range(0, 100));
  }
};

struct ExtractRequest {
  std::optional<std::string> session_id;
  std::optional<std::string> selector;
  std::optional<std::vector<std::string>> attributes;

  static constexpr auto describe() {
    using base::field;
    using T = ExtractRequest;
    return base::table<T>("What to extract.",
                          field("session_id", &T::session_id, "May be left out while one session is active."),
                          field("selector", &T::selector, "Absent: what can be acted on, and headings.").range(1, 10'000),
                          field("attributes", &T::attributes, "Attributes to add to each element.").range(0, 100));
  }
};

struct ContentRequest {
  std::optional<std::string> session_id;
  std::optional<std::string> url;
  bool include_interactive = true;
  bool include_anchors = true;
  std::int64_t max_anchors = 50;

  static constexpr auto describe() {
    using base::field;
    using T = ContentRequest;
    return base::table<T>(
        "What to take from the page.",
        field("session_id", &T::session_id, "May be left out while one session is active."),
        field("url", &T::url, "Opened first. Absent: the page as it is.").range(0, 2'000'000),
        field("include_interactive", &T::include_interactive, "With the elements that can be acted on.").defaulted(),
        field("include_anchors", &T::include_anchors, "With texts and the elements that they are in.").defaulted(),
        field("max_anchors", &T::max_anchors, "So many of them at most.").range(0, 1'000).defaulted());
  }
};

struct BrowserInteractionResponse {
  bool success = true;
  std::string message;
  double execution_time = 0;
  std::string session_id;
  base::RawJson data;

  static constexpr auto describe() {
    using base::field;
    using T = BrowserInteractionResponse;
    return base::table<T>("What an interaction came to.", field("success", &T::success, "Always true: failures are errors."),
                          field("message", &T::message, "What was done."),
                          field("execution_time", &T::execution_time, "Time that it took.").unit("s"),
                          field("session_id", &T::session_id, "The session."),
                          field("data", &T::data, "What it was done to, or null."));
  }
};

struct BrowserScreenshotResponse {
  std::string screenshot;
  std::string format;
  double execution_time = 0;
  std::string session_id;

  static constexpr auto describe() {
    using base::field;
    using T = BrowserScreenshotResponse;
    return base::table<T>("A picture of the page.", field("screenshot", &T::screenshot, "Base64."),
                          field("format", &T::format, "png, jpeg or webp."),
                          field("execution_time", &T::execution_time, "Time that it took.").unit("s"),
                          field("session_id", &T::session_id, "The session."));
  }
};

}  // namespace telltale::api

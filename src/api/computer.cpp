#include "api/computer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "api/computer_schemas.hpp"
#include "api/driving.hpp"
#include "api/error_response.hpp"
#include "api/parse_request.hpp"
#include "base/json_encode.hpp"
#include "collector/body_text.hpp"
#include "page/driver.hpp"

namespace telltale::api {
namespace {

using base::Errc;
using page::Answer;
using page::Point;
using std::chrono::milliseconds;
using Reply = base::Task<net::HttpReply>;
using Violations = std::vector<base::Violation>;

// One notch of a wheel, as Chromium on Linux scrolls for it.
constexpr double kPixelsPerNotch = 53;
constexpr int kStepsPerSegment = 10;

net::HttpReply no_content() {
  net::HttpReply reply;
  reply.response.status = 204;
  return reply;
}

// --- what requests say in words

base::Result<page::Modifiers> modifiers_of(const std::optional<std::vector<std::string>>& names) {
  page::Modifiers modifiers;
  for (const auto& name : names.value_or(std::vector<std::string>{})) {
    const auto key = page::key_of(name);
    if (!key || key->modifier == 0) {
      return base::fail(Errc::invalid_argument,
                        "hold_keys: '" + name + "' is no modifier key: use Shift, Control, Alt or Meta");
    }
    modifiers.bits |= key->modifier;
  }
  return modifiers;
}

page::MouseButton button_of(std::optional<ButtonName> name) {
  switch (name.value_or(ButtonName::left)) {
    case ButtonName::left:
      return page::MouseButton::left;
    case ButtonName::right:
      return page::MouseButton::right;
    case ButtonName::middle:
      return page::MouseButton::middle;
    case ButtonName::back:
      return page::MouseButton::back;
    case ButtonName::forward:
      return page::MouseButton::forward;
  }
  return page::MouseButton::left;
}

page::MouseButton button_of(std::optional<DragButton> name) {
  switch (name.value_or(DragButton::left)) {
    case DragButton::left:
      return page::MouseButton::left;
    case DragButton::middle:
      return page::MouseButton::middle;
    case DragButton::right:
      return page::MouseButton::right;
  }
  return page::MouseButton::left;
}

milliseconds milliseconds_of(std::optional<std::int64_t> value) { return milliseconds(value.value_or(0)); }

// --- the operations; each runs on the session's loop, where the session outlives it

Answer<void> click(session::Session& session, ClickMouseRequest request) {
  const auto modifiers = modifiers_of(request.hold_keys);
  if (!modifiers) co_return std::unexpected(modifiers.error());
  page::ClickOptions options;
  options.button = button_of(request.button);
  options.count = static_cast<int>(request.num_clicks.value_or(1));
  options.modifiers = *modifiers;
  const Point at{request.x, request.y};
  switch (request.click_type.value_or(ClickType::click)) {
    case ClickType::down:
      co_return co_await session.driver().press_button(at, options);
    case ClickType::up:
      co_return co_await session.driver().release_button(at, options);
    case ClickType::click:
      break;
  }
  co_return co_await session.driver().click_at(at, options);
}

Answer<void> move(session::Session& session, MoveMouseRequest request) {
  const auto modifiers = modifiers_of(request.hold_keys);
  if (!modifiers) co_return std::unexpected(modifiers.error());
  const Point to{request.x, request.y};
  if (!request.smooth.value_or(true)) co_return co_await session.driver().move_mouse(to, *modifiers);
  const std::array<Point, 2> path{session.driver().mouse(), to};
  auto points = page::curved(path);
  const auto duration = request.duration_ms ? milliseconds(*request.duration_ms) : page::usual_duration(points);
  const auto pause = duration / static_cast<std::int64_t>(points.size());
  co_return co_await session.driver().move_along(std::move(points), *modifiers, pause);
}

Answer<void> drag(session::Session& session, DragMouseRequest request) {
  const auto modifiers = modifiers_of(request.hold_keys);
  if (!modifiers) co_return std::unexpected(modifiers.error());
  std::vector<Point> path;
  for (const auto& point : request.path) {
    const bool on_page = point.size() == 2 && std::ranges::all_of(point, [](double place) {
      return place >= 0 && place <= kLargestCoordinate;
    });
    if (!on_page) co_return base::fail(Errc::invalid_argument, "path: each point must be [x, y], from 0 to 100000");
    path.push_back({point[0], point[1]});
  }
  const bool smooth = request.smooth.value_or(false);
  const int steps = static_cast<int>(request.steps_per_segment.value_or(kStepsPerSegment));
  auto points = smooth ? page::curved(path) : page::straight(path, steps);
  milliseconds pause = milliseconds_of(request.step_delay_ms);
  if (smooth) {
    const auto duration = request.duration_ms ? milliseconds(*request.duration_ms) : page::usual_duration(points);
    pause = duration / static_cast<std::int64_t>(points.size());
  }
  co_return co_await session.driver().drag_mouse(std::move(points), button_of(request.button), *modifiers,
                                                 milliseconds_of(request.delay), pause);
}

Answer<void> press(session::Session& session, PressKeyRequest request) {
  const auto modifiers = modifiers_of(request.hold_keys);
  if (!modifiers) co_return std::unexpected(modifiers.error());
  std::string held;
  for (const auto& name : request.hold_keys.value_or(std::vector<std::string>{})) held += name + "+";
  std::vector<page::KeyChord> chords;
  for (const auto& keys : request.keys) {
    auto chord = page::parse_chord(held + keys);
    if (!chord) co_return std::unexpected(chord.error().in("keys"));
    chords.push_back(std::move(*chord));
  }
  for (auto& chord : chords) {
    const auto pressed = co_await session.driver().press(std::move(chord), milliseconds_of(request.duration));
    if (!pressed) co_return pressed;
  }
  co_return base::Result<void>{};
}

Answer<void> scroll(session::Session& session, ScrollMouseRequest request) {
  const auto modifiers = modifiers_of(request.hold_keys);
  if (!modifiers) co_return std::unexpected(modifiers.error());
  const Point at{request.x, request.y};
  co_return co_await session.driver().scroll(at, request.delta_x.value_or(0) * kPixelsPerNotch,
                                             request.delta_y.value_or(0) * kPixelsPerNotch, *modifiers);
}

Answer<void> type(session::Session& session, TypeTextRequest request) {
  co_return co_await session.driver().type_text(std::move(request.text), milliseconds_of(request.delay));
}

Answer<Point> mouse_position(session::Session& session) { co_return session.driver().mouse(); }

// Pictures are asked for in the viewport's coordinates, and taken in the document's.
Answer<std::string> capture(session::Session& session, CaptureScreenshotRequest request) {
  page::Picture picture;
  if (request.region) {
    const auto metrics = co_await session.driver().metrics();
    if (!metrics) co_return std::unexpected(metrics.error());
    const auto& region = *request.region;
    picture.clip = std::array{region.x + static_cast<double>(metrics->viewport.scroll_x),
                              region.y + static_cast<double>(metrics->viewport.scroll_y), region.width,
                              region.height};
  }
  co_return co_await session.driver().screenshot(std::move(picture));
}

// --- the handlers

template <class Request, Answer<void> (*act)(session::Session&, Request)>
Reply control(const Services& services, Call call) {
  auto request = parse_request<Request>(call, Dialect::kernel);
  if (!request) co_return std::move(request.error());
  const auto found = co_await find_drivable(services, call.record, call.parameters.front());
  if (!found) co_return whole(error_response(found.error()));
  const auto done = co_await drive(found->session, act(*found->session, std::move(*request)));
  if (!done) co_return whole(error_response(done.error()));
  co_return no_content();
}

Reply take_screenshot(const Services& services, Call call) {
  auto request = parse_request<CaptureScreenshotRequest>(call, Dialect::kernel);
  if (!request) co_return std::move(request.error());
  const auto found = co_await find_drivable(services, call.record, call.parameters.front());
  if (!found) co_return whole(error_response(found.error()));
  const auto picture = co_await drive(found->session, capture(*found->session, std::move(*request)));
  if (!picture) co_return whole(error_response(picture.error()));
  net::HttpResponse response;
  response.headers.set("Content-Type", "image/png");
  response.body = collector::from_base64(*picture);
  co_return whole(std::move(response));
}

Reply get_mouse_position(const Services& services, Call call) {
  const auto found = co_await find_drivable(services, call.record, call.parameters.front());
  if (!found) co_return whole(error_response(found.error()));
  const auto at = co_await drive(found->session, mouse_position(*found->session));
  if (!at) co_return whole(error_response(at.error()));
  const MousePosition position{static_cast<std::int64_t>(at->x), static_cast<std::int64_t>(at->y)};
  co_return whole(json_response(200, base::to_json(position, base::Secrets::mask)));
}

template <class Request, Answer<void> (*act)(session::Session&, Request)>
Route control_route(std::string_view pattern, std::string_view operation_id, std::string_view summary) {
  return {.method = "POST",
          .pattern = pattern,
          .operation_id = operation_id,
          .summary = summary,
          .handler = control<Request, act>,
          .request_body = &base::type_model<Request>,
          .success = {204, "It was done."}};
}

}  // namespace

std::vector<Route> computer_routes() {
  return {control_route<ClickMouseRequest, click>("/browsers/{id_or_name}/computer/click_mouse", "clickMouse",
                                                  "Press and release a mouse button, or one of both."),
          control_route<MoveMouseRequest, move>("/browsers/{id_or_name}/computer/move_mouse", "moveMouse",
                                                "Move the mouse."),
          control_route<DragMouseRequest, drag>("/browsers/{id_or_name}/computer/drag_mouse", "dragMouse",
                                                "Drag along a path."),
          control_route<PressKeyRequest, press>("/browsers/{id_or_name}/computer/press_key", "pressKey",
                                                "Press keys."),
          control_route<TypeTextRequest, type>("/browsers/{id_or_name}/computer/type", "typeText",
                                               "Type at the focus."),
          control_route<ScrollMouseRequest, scroll>("/browsers/{id_or_name}/computer/scroll", "scrollMouse",
                                                    "Turn the mouse wheel."),
          {.method = "POST",
           .pattern = "/browsers/{id_or_name}/computer/screenshot",
           .operation_id = "captureScreenshot",
           .summary = "Take a picture of what is seen.",
           .handler = take_screenshot,
           .request_body = &base::type_model<CaptureScreenshotRequest>,
           .success = {200, "The picture.", "image/png"}},
          {.method = "POST",
           .pattern = "/browsers/{id_or_name}/computer/get_mouse_position",
           .operation_id = "getMousePosition",
           .summary = "Where the mouse is.",
           .handler = get_mouse_position,
           .success = {200, "The place.", "application/json", &base::type_model<MousePosition>}}};
}

}  // namespace telltale::api

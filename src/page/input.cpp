// Mouse and keyboard: trusted events, as a person's hands would cause them.

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "cdp/protocol/input.hpp"
#include "page/driver.hpp"
#include "page/limits.hpp"

namespace telltale::page {

using base::Errc;

Driver::Hands::Hands(Driver& driver, Target page) : driver_(&driver), page_(std::move(page)) {
  driver.hands_taken_ = true;
}

Driver::Hands::Hands(Hands&& other) noexcept
    : driver_(std::exchange(other.driver_, nullptr)), page_(std::move(other.page_)) {}

Driver::Hands::~Hands() {
  if (driver_ == nullptr) return;
  driver_->hands_taken_ = false;
  driver_->hands_free_.notify_all();
}

Answer<Driver::Hands> Driver::take_hands(Target page) {
  while (hands_taken_) {
    // Ends with the deadlines of whoever has them.
    const auto wake = co_await hands_free_.wait(Clock::time_point::max());
    if (wake == base::Wake::cancelled) co_return base::fail(Errc::stopped, "waiting for other input was cancelled");
  }
  const auto now = still(page);
  if (!now) co_return std::unexpected(now.error());
  co_return Hands(*this, *now);
}

bool Driver::has_ended_page(const Hands& hands, const base::Error& error) {
  if (error.code == Errc::unavailable && error.message.find(kWaitsForDialog) != std::string::npos) return true;
  if (error.code != Errc::not_found || !error.message.starts_with(kPageClosed)) return false;
  lost_ = hands.page();
  return true;
}

Answer<void> Driver::send_mouse(const Hands& hands, std::string type, Point at, MouseButton button, int count,
                                Modifiers modifiers) {
  cdp::input::DispatchMouseEvent event;
  event.type = std::move(type);
  event.x = at.x;
  event.y = at.y;
  event.modifiers = modifiers.bits;
  event.click_count = count;
  if (event.type == "mousePressed") buttons_ |= bit_of(button);
  if (event.type == "mouseReleased") buttons_ &= ~bit_of(button);
  const bool moved = event.type == "mouseMoved";
  if (!moved || buttons_ != 0) event.button = to_string(button);
  event.buttons = buttons_;
  mouse_ = at;
  auto command = cdp::command(hands.session(), event);
  const auto sent = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!sent) co_return std::unexpected(sent.error());
  co_return base::Result<void>{};
}

Answer<void> Driver::move_mouse(Point to, Modifiers modifiers) {
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  co_return co_await send_mouse(*hands, "mouseMoved", to, MouseButton::left, 0, modifiers);
}

Answer<void> Driver::click_at(Point at, ClickOptions options) {
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  co_return co_await click_with(*hands, at, options);
}

Answer<void> Driver::click_with(const Hands& hands, Point at, ClickOptions options) {
  auto done = co_await send_mouse(hands, "mouseMoved", at, options.button, 0, options.modifiers);
  for (int count = 1; done && count <= options.count; ++count) {
    done = co_await send_mouse(hands, "mousePressed", at, options.button, count, options.modifiers);
    if (!done) {
      buttons_ &= ~bit_of(options.button);
      break;
    }
    done = co_await send_mouse(hands, "mouseReleased", at, options.button, count, options.modifiers);
    if (!done && has_ended_page(hands, done.error())) co_return base::Result<void>{};
  }
  co_return done;
}

Answer<void> Driver::press_button(Point at, ClickOptions options) {
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  auto done = co_await send_mouse(*hands, "mouseMoved", at, options.button, 0, options.modifiers);
  if (done) done = co_await send_mouse(*hands, "mousePressed", at, options.button, options.count, options.modifiers);
  co_return done;
}

Answer<void> Driver::release_button(Point at, ClickOptions options) {
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  auto done = co_await send_mouse(*hands, "mouseMoved", at, options.button, 0, options.modifiers);
  if (done) done = co_await send_mouse(*hands, "mouseReleased", at, options.button, options.count, options.modifiers);
  co_return done;
}

Answer<void> Driver::move_along(std::vector<Point> points, Modifiers modifiers,
                                std::chrono::milliseconds pause) {
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  base::Result<void> done;
  for (const Point point : points) {
    done = co_await send_mouse(*hands, "mouseMoved", point, MouseButton::left, 0, modifiers);
    if (!done) break;
    if (pause > pause.zero()) co_await base::sleep_for(pause);
  }
  co_return done;
}

Answer<void> Driver::drag_mouse(std::vector<Point> points, MouseButton button, Modifiers modifiers,
                                std::chrono::milliseconds first_pause, std::chrono::milliseconds pause) {
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  co_return co_await drag_with(*hands, std::move(points), button, modifiers, first_pause, pause);
}

Answer<void> Driver::drag_with(const Hands& hands, std::vector<Point> points, MouseButton button,
                               Modifiers modifiers, std::chrono::milliseconds first_pause,
                               std::chrono::milliseconds pause) {
  auto done = co_await send_mouse(hands, "mouseMoved", points.front(), button, 0, modifiers);
  if (done) done = co_await send_mouse(hands, "mousePressed", points.front(), button, 1, modifiers);
  if (first_pause > first_pause.zero()) co_await base::sleep_for(first_pause);
  for (std::size_t i = 1; done && i < points.size(); ++i) {
    done = co_await send_mouse(hands, "mouseMoved", points[i], button, 0, modifiers);
    if (pause > pause.zero()) co_await base::sleep_for(pause);
  }
  // Also after a failure: a button that stays down would make a drag of every later move.
  const auto released =
      co_await send_mouse(hands, "mouseReleased", done ? points.back() : mouse_, button, 1, modifiers);
  if (done) done = released;
  co_return done;
}

Answer<void> Driver::scroll(Point at, double delta_x, double delta_y, Modifiers modifiers) {
  std::vector<std::string> none;
  const auto drawn = co_await read("whenDrawn", std::move(none), limits::kPageCallTimeout);
  if (!drawn) co_return std::unexpected(drawn.error());
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  cdp::input::DispatchMouseEvent event;
  event.type = "mouseWheel";
  event.x = at.x;
  event.y = at.y;
  event.modifiers = modifiers.bits;
  event.delta_x = delta_x;
  event.delta_y = delta_y;
  mouse_ = at;
  auto command = cdp::command(hands->session(), event);
  const auto sent = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!sent) co_return std::unexpected(sent.error());
  co_return base::Result<void>{};
}

Answer<void> Driver::send_key(const Hands& hands, Key key, bool down, Modifiers modifiers) {
  cdp::input::DispatchKeyEvent event;
  // With these held, a key is a command and types nothing.
  const bool command_key = (modifiers.bits & ~Modifiers::kShift) != 0;
  const bool typing = down && !key.text.empty() && !command_key;
  event.type = down ? typing ? "keyDown" : "rawKeyDown" : "keyUp";
  event.modifiers = modifiers.bits;
  event.key = std::move(key.key);
  event.code = std::move(key.code);
  event.windows_virtual_key_code = key.key_code;
  if (typing) event.text = std::move(key.text);
  event.location = key.location;
  auto command = cdp::command(hands.session(), event);
  const auto sent = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!sent) co_return std::unexpected(sent.error());
  co_return base::Result<void>{};
}

Answer<void> Driver::press_keys(const Hands& hands, KeyChord chord, std::chrono::milliseconds hold) {
  Modifiers modifiers;
  base::Result<void> done;
  std::size_t pressed = 0;
  for (auto& key : chord) {
    if (!done) break;
    modifiers.bits |= key.modifier;
    if ((modifiers.bits & Modifiers::kShift) != 0) key = shifted(std::move(key));
    done = co_await send_key(hands, key, true, modifiers);
    ++pressed;
  }
  if (hold > hold.zero()) co_await base::sleep_for(hold);
  while (pressed > 0) {
    const auto& key = chord[--pressed];
    modifiers.bits &= ~key.modifier;
    const auto released = co_await send_key(hands, key, false, modifiers);
    if (done) done = released;
  }
  co_return done;
}

Answer<void> Driver::press(KeyChord chord, std::chrono::milliseconds hold) {
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  const auto pressed = co_await press_keys(*hands, std::move(chord), hold);
  // While a key is held down, somebody else may have closed the page.
  if (!pressed && hold == kNoPause && has_ended_page(*hands, pressed.error())) co_return base::Result<void>{};
  co_return pressed;
}

Answer<void> Driver::insert_text(const Hands& hands, std::string text) {
  auto command = cdp::command(hands.session(), cdp::input::InsertText{std::move(text)});
  const auto sent = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!sent) co_return std::unexpected(sent.error());
  co_return base::Result<void>{};
}

Answer<void> Driver::type_text(std::string text, std::chrono::milliseconds delay) {
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  co_return co_await type_with(*hands, std::move(text), delay);
}

Answer<void> Driver::type_with(const Hands& hands, std::string text, std::chrono::milliseconds delay) {
  base::Result<void> done;
  for (std::string_view rest = text; done && !rest.empty();) {
    const auto size = std::max<std::size_t>(base::utf8_length(rest), 1);
    const auto character = rest.substr(0, std::min(size, rest.size()));
    rest.remove_prefix(character.size());
    const bool ascii = character.size() == 1;
    auto chord = ascii ? chord_typing(static_cast<unsigned char>(character.front())) : std::nullopt;
    if (chord) {
      done = co_await press_keys(hands, std::move(*chord), kNoPause);
    } else {
      done = co_await insert_text(hands, std::string(character));
    }
    if (delay > delay.zero() && !rest.empty()) co_await base::sleep_for(delay);
  }
  co_return done;
}

}  // namespace telltale::page

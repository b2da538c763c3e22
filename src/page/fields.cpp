// What is done to form controls: typing, filling, checking, selecting.

#include <algorithm>
#include <utility>

#include "page/driver.hpp"
#include "page/limits.hpp"
#include "page/pause.hpp"
#include "page/script_answer.hpp"

namespace telltale::page {

using base::Errc;

Answer<void> Driver::press_all(const Hands& hands, std::vector<std::string> chords) {
  for (const auto& name : chords) {
    auto chord = parse_chord(name);
    if (!chord) co_return std::unexpected(chord.error());
    const auto pressed = co_await press_keys(hands, std::move(*chord), kNoPause);
    if (!pressed) co_return pressed;
  }
  co_return base::Result<void>{};
}

Answer<void> Driver::type(Locator locator, std::string text, bool clear, std::chrono::milliseconds delay,
                          Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  Wanted wanted;
  wanted.point = false;
  wanted.editable = true;
  std::vector<std::string> arguments{json_text(text), json_truth(clear)};
  const auto prepared =
      co_await edit(*page, std::move(locator), wanted, "prepareTyping", std::move(arguments), deadline);
  if (!prepared) co_return std::unexpected(prepared.error());
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  const auto state = parsed(*prepared);
  auto keys = state.value("keys", std::vector<std::string>());
  const auto pressed = co_await press_all(*hands, std::move(keys));
  if (!pressed) co_return pressed;
  if (state.value("erase", false)) {
    KeyChord erase{*key_of("Delete")};
    const auto erased = co_await press_keys(*hands, std::move(erase), kNoPause);
    if (!erased) co_return erased;
  }
  co_return co_await type_with(*hands, std::move(text), delay);
}

Answer<void> Driver::fill(Locator locator, std::string value, bool clear, Timeout timeout) {
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  Wanted wanted;
  wanted.point = false;
  wanted.editable = true;
  std::vector<std::string> arguments{json_text(value), json_truth(!clear)};
  const auto prepared =
      co_await edit(*page, std::move(locator), wanted, "prepareFill", std::move(arguments), Clock::now() + timeout);
  if (!prepared) co_return std::unexpected(prepared.error());
  const auto state = parsed(*prepared);
  if (!state.value("typed", false)) co_return base::Result<void>{};
  const auto hands = co_await take_hands(*page);
  if (!hands) co_return std::unexpected(hands.error());
  auto keys = state.value("keys", std::vector<std::string>());
  const auto pressed = co_await press_all(*hands, std::move(keys));
  if (!pressed) co_return pressed;
  if (!value.empty()) co_return co_await insert_text(*hands, std::move(value));
  if (!clear) co_return base::Result<void>{};
  KeyChord erase{*key_of("Delete")};
  co_return co_await press_keys(*hands, std::move(erase), kNoPause);
}

Answer<Driver::Toggle> Driver::toggle_state(Target page, Locator locator, Clock::time_point deadline) {
  Wanted wanted;
  wanted.point = false;
  wanted.toggle = true;
  const std::string name = locator.name();
  const auto answer = co_await edit(page, std::move(locator), wanted, "toggleState", kNoArguments, deadline);
  if (!answer) co_return std::unexpected(answer.error());
  const auto state = parsed(*answer);
  if (!state.is_object()) {
    co_return base::fail(Errc::invalid_argument, name + " is no checkbox, radio button or switch");
  }
  co_return Toggle{state.value("checked", false), state.value("radio", false)};
}

Answer<void> Driver::check(Locator locator, bool on, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  const auto before = co_await toggle_state(*page, locator, deadline);
  if (!before) co_return std::unexpected(before.error());
  if (before->checked == on) co_return base::Result<void>{};
  if (before->radio && !on) {
    co_return base::fail(Errc::invalid_argument, locator.name() + " is a radio button, which is unchecked by checking "
                                                                  "another one of its group");
  }
  Wanted wanted;
  wanted.toggle = true;
  const ClickOptions once;
  const auto clicked = co_await press_on(*page, locator, wanted, once, deadline);
  if (!clicked) co_return clicked;
  const auto end = Clock::now() + limits::kActionSettle;
  for (Pause pause;;) {
    // Some pages switch it by script, a moment later.
    const auto after = co_await toggle_state(*page, locator, deadline);
    if (!after) co_return std::unexpected(after.error());
    if (after->checked == on) co_return base::Result<void>{};
    if (Clock::now() >= end) break;
    const bool slept = co_await base::sleep_for(pause.next());
    if (!slept) co_return base::fail(Errc::stopped, "checking was cancelled");
  }
  co_return base::fail(Errc::conflict, locator.name() + " did not change when it was clicked");
}

Answer<void> Driver::select_option(Locator locator, std::string option, bool by_place, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  Wanted wanted;
  wanted.point = false;
  std::vector<std::string> arguments{by_place ? option : json_text(option)};
  const auto done = co_await edit(*page, locator, wanted, "selectOption", std::move(arguments), deadline);
  if (!done) co_return std::unexpected(done.error());
  if (!parsed(*done).value("listed", false)) co_return base::Result<void>{};
  co_return co_await choose_option(*page, std::move(locator), std::move(option), deadline);
}

// Of a page's own kind of dropdown, whose options are there once it was clicked.
Answer<void> Driver::choose_option(Target page, Locator locator, std::string option, Clock::time_point deadline) {
  Wanted wanted;
  wanted.point = false;
  const ClickOptions once;
  const auto before = co_await edit(page, locator, wanted, "isExpanded", kNoArguments, deadline);
  if (!before) co_return std::unexpected(before.error());
  if (before->text != "true") {
    const auto opened = co_await click_on(page, locator, once, deadline);
    if (!opened) co_return opened;
  }
  auto listed = Locator::selector("option=" + option);
  const auto patience = std::min(deadline, Clock::now() + limits::kOptionTimeout);
  auto chosen = co_await click_on(page, std::move(listed), once, patience);
  if (chosen || before->text == "true") co_return chosen;
  // What was opened for nothing is closed again, as it was opened.
  const auto after = co_await edit(page, locator, wanted, "isExpanded", kNoArguments, deadline);
  if (after && after->text == "true") co_await click_on(page, std::move(locator), once, deadline);
  co_return chosen;
}

}  // namespace telltale::page

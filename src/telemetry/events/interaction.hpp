#pragma once

// Events of the category `interaction`: what a user, or input that CDP dispatched, did to a page.

#include <cstdint>
#include <optional>
#include <string>

#include "telemetry/event_context.hpp"
#include "telemetry/event_type.hpp"

namespace telltale::telemetry {

struct InteractionClick {
  EventContext context;
  double x = 0;
  double y = 0;
  std::optional<std::int64_t> detail;
  std::string selector;
  std::string tag;
  base::Secret<std::string> text;

  static constexpr EventType kEvent{.name = "interaction_click",
                                    .category = Category::interaction,
                                    .source = "Runtime.bindingCalled",
                                    .doc = "A click."};

  static constexpr auto describe() {
    using base::field;
    return base::table<InteractionClick>(
        kEvent.doc, base::flatten(&InteractionClick::context),
        field("x", &InteractionClick::x, "Position in the viewport (clientX).").unit("CSS px"),
        field("y", &InteractionClick::y, "Position in the viewport (clientY).").unit("CSS px"),
        field("detail", &InteractionClick::detail,
              "MouseEvent.detail: 1 for a click, 2 for the second one of a double click; 0 for one that no mouse "
              "or finger made: Enter or Space on a button, Enter in a form. telltale's own addition."),
        field("selector", &InteractionClick::selector,
              "Unique CSS path of the element; ` >>> ` leads into a shadow root."),
        field("tag", &InteractionClick::tag, "Tag name of the element, upper case."),
        field("text", &InteractionClick::text,
              "The element's own text, at most 100 characters; empty for sensitive elements."));
  }
};

struct InteractionKey {
  EventContext context;
  base::Secret<std::string> key;
  std::string selector;
  std::string tag;

  static constexpr EventType kEvent{.name = "interaction_key",
                                    .category = Category::interaction,
                                    .source = "Runtime.bindingCalled",
                                    .doc = "A key was pressed. Not sent for sensitive inputs."};

  static constexpr auto describe() {
    using base::field;
    return base::table<InteractionKey>(
        kEvent.doc, base::flatten(&InteractionKey::context),
        field("key", &InteractionKey::key, "KeyboardEvent.key."),
        field("selector", &InteractionKey::selector,
              "Unique CSS path of the element; ` >>> ` leads into a shadow root."),
        field("tag", &InteractionKey::tag, "Tag name of the element, upper case."));
  }
};

struct InteractionScrollSettled {
  EventContext context;
  double from_x = 0;
  double from_y = 0;
  double to_x = 0;
  double to_y = 0;
  std::string target_selector;

  static constexpr EventType kEvent{
      .name = "interaction_scroll_settled",
      .category = Category::interaction,
      .source = "Runtime.bindingCalled",
      .doc = "A scroll of more than 5 px has ended: no scroll event for 300 ms."};

  static constexpr auto describe() {
    using base::field;
    return base::table<InteractionScrollSettled>(
        kEvent.doc, base::flatten(&InteractionScrollSettled::context),
        field("from_x", &InteractionScrollSettled::from_x, "Scroll offset before.").unit("CSS px"),
        field("from_y", &InteractionScrollSettled::from_y, "Scroll offset before.").unit("CSS px"),
        field("to_x", &InteractionScrollSettled::to_x, "Scroll offset after.").unit("CSS px"),
        field("to_y", &InteractionScrollSettled::to_y, "Scroll offset after.").unit("CSS px"),
        field("target_selector", &InteractionScrollSettled::target_selector,
              "What was scrolled: `document`, or the unique CSS path of the element."));
  }
};

}  // namespace telltale::telemetry

#pragma once

// What an observation of a page is made of, as scripts/observe.js answers it, over all of its frames.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "page/frames.hpp"

namespace telltale::page {

struct ViewportMetrics {
  std::int64_t scroll_x = 0;
  std::int64_t scroll_y = 0;
  std::int64_t viewport_width = 0;
  std::int64_t viewport_height = 0;
  std::int64_t total_width = 0;
  std::int64_t total_height = 0;

  static constexpr auto describe() {
    using base::field;
    using T = ViewportMetrics;
    return base::table<T>("What part of the page is seen.",
                          field("scroll_x", &T::scroll_x, "window.scrollX").unit("CSS px"),
                          field("scroll_y", &T::scroll_y, "window.scrollY").unit("CSS px"),
                          field("viewport_width", &T::viewport_width, "window.innerWidth").unit("CSS px"),
                          field("viewport_height", &T::viewport_height, "window.innerHeight").unit("CSS px"),
                          field("total_width", &T::total_width, "Of the document.").unit("CSS px"),
                          field("total_height", &T::total_height, "Of the document.").unit("CSS px"));
  }
};

struct Metrics {
  std::string title;
  std::string url;
  ViewportMetrics viewport;

  static constexpr auto describe() {
    using base::field;
    using T = Metrics;
    return base::table<T>("What page this is.", field("title", &T::title, "document.title"),
                          field("url", &T::url, "location.href"), field("viewport", &T::viewport, ""));
  }
};

/// CSS px of the viewport of the main frame.
struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  static constexpr auto describe() {
    using base::field;
    return base::table<Box>("A rectangle.", field("x", &Box::x, ""), field("y", &Box::y, ""),
                            field("width", &Box::width, ""), field("height", &Box::height, ""));
  }
};

/// What scripts/observe.js finds at one place of a frame: an element, a text, or a frame that it cannot enter.
struct FoundNode {
  std::optional<std::string> kind;     ///< of an element: the letter of its id
  std::optional<std::int64_t> ref;     ///< of an element: its place among those that the script keeps
  std::optional<std::int64_t> frame;   ///< of a frame: the place of its iframe
  std::optional<std::string> text;     ///< of a text
  std::optional<std::string> role;
  std::optional<std::string> name;
  std::optional<std::string> tag;
  std::optional<std::string> description;
  std::optional<std::string> line;  ///< absent: as the description
  std::optional<std::string> input;  ///< what an input takes: fill, check or select
  std::optional<std::vector<std::string>> options;
  std::optional<std::int64_t> dialog;  ///< the place of the dialog that it is in, among those of its frame
  std::optional<bool> editable;
  std::optional<Box> bbox;

  static constexpr auto describe() {
    using base::field;
    using T = FoundNode;
    return base::table<T>("observe.js: a node", field("kind", &T::kind, ""), field("ref", &T::ref, ""),
                          field("frame", &T::frame, ""), field("text", &T::text, ""),
                          field("role", &T::role, ""), field("name", &T::name, ""),
                          field("tag", &T::tag, ""), field("description", &T::description, ""),
                          field("line", &T::line, ""), field("input", &T::input, ""),
                          field("options", &T::options, ""), field("dialog", &T::dialog, ""),
                          field("editable", &T::editable, ""), field("bbox", &T::bbox, ""));
  }
};

/// A dialog that is seen.
struct FoundDialog {
  std::string role;
  std::string name;

  static constexpr auto describe() {
    using T = FoundDialog;
    return base::table<T>("observe.js: a dialog", base::field("role", &T::role, ""),
                          base::field("name", &T::name, ""));
  }
};

struct FrameObservation {
  std::string title;
  std::string url;
  ViewportMetrics viewport;
  std::vector<FoundDialog> dialogs;
  std::vector<FoundNode> nodes;
  std::optional<bool> truncated;

  static constexpr auto describe() {
    using base::field;
    using T = FrameObservation;
    return base::table<T>("observe.js: a frame", field("title", &T::title, ""), field("url", &T::url, ""),
                          field("viewport", &T::viewport, ""), field("dialogs", &T::dialogs, ""),
                          field("nodes", &T::nodes, ""), field("truncated", &T::truncated, ""));
  }
};

/// An element or a text of the page, in the order of the document.
struct ObservedNode {
  std::string id;  ///< `B1`; empty for a text
  FoundNode found;
  World world;  ///< whose script keeps the element
};

struct Observation {
  base::TargetId target;  ///< the tab
  Metrics page;
  std::vector<FoundDialog> dialogs;  ///< of all frames
  std::vector<ObservedNode> nodes;
  bool truncated = false;
};

}  // namespace telltale::page

#pragma once

// The actions that clients order by name: their arguments, in the words of Notte's API and some of our own.

#include <cstdint>
#include <optional>
#include <string>

#include "base/describe.hpp"

namespace telltale::api {

inline constexpr std::int64_t kDefaultActionTimeoutMs = 15'000;
inline constexpr std::int64_t kLongestActionTimeoutMs = 300'000;
inline constexpr std::int64_t kLongestWaitMs = 300'000;

/// What an action of its own words brings along when it was copied from an observation.
struct ActionLabels {
  static constexpr auto describe() {
    return base::table<ActionLabels>("How an observation names the action.",
                                     base::ignored("type", "chose this struct"),
                                     base::ignored("category", "of the observation"),
                                     base::ignored("description", "of the observation"));
  }
};

/// Which element an action is for.
struct ActionTarget {
  std::string id;
  base::RawJson selector;
  std::optional<bool> press_enter;
  std::int64_t timeout = kDefaultActionTimeoutMs;

  static constexpr auto describe() {
    using base::field;
    using T = ActionTarget;
    return base::table<T>(
        "Which element, and how long to wait for it.",
        field("id", &T::id, "Of the last observation, e.g. `B1`.").defaulted().range(0, 64),
        field("selector", &T::selector,
              "Instead of an id: CSS, `xpath=...` or `text=...`, or an object with `css_selector`, "
              "`xpath_selector` or `playwright_selector`.")
            .defaulted(),
        field("press_enter", &T::press_enter, "Presses Enter afterwards."),
        field("timeout", &T::timeout, "Wait so long for the element at most.")
            .unit("ms")
            .range(0, static_cast<double>(kLongestActionTimeoutMs))
            .defaulted(),
        base::ignored("text_label", "of the observation"), base::ignored("param", "of the observation"));
  }
};

struct NoArguments {
  ActionLabels labels;

  static constexpr auto describe() {
    return base::table<NoArguments>("Takes nothing.", base::flatten(&NoArguments::labels));
  }
};

struct GotoArguments {
  ActionLabels labels;
  std::string url;

  static constexpr auto describe() {
    using T = GotoArguments;
    return base::table<T>("Where to go.", base::flatten(&T::labels),
                          base::field("url", &T::url, "Absolute: http, https, data, or about:blank.")
                              .range(1, 2'000'000));
  }
};

struct SwitchTabArguments {
  ActionLabels labels;
  std::int64_t tab_index = 0;

  static constexpr auto describe() {
    using T = SwitchTabArguments;
    return base::table<T>("Which tab.", base::flatten(&T::labels),
                          base::field("tab_index", &T::tab_index, "From 0; -1 is the newest.").range(-1, 10'000));
  }
};

struct WaitArguments {
  ActionLabels labels;
  std::int64_t time_ms = 0;

  static constexpr auto describe() {
    using T = WaitArguments;
    return base::table<T>("How long.", base::flatten(&T::labels),
                          base::field("time_ms", &T::time_ms, "Time to wait.")
                              .unit("ms")
                              .range(0, static_cast<double>(kLongestWaitMs)));
  }
};

struct PressKeyArguments {
  ActionLabels labels;
  std::string key;

  static constexpr auto describe() {
    using T = PressKeyArguments;
    return base::table<T>("Which key.", base::flatten(&T::labels),
                          base::field("key", &T::key, "A key or keys together: `Enter`, `Control+a`.").range(1, 100));
  }
};

struct ScrollArguments {
  ActionLabels labels;
  std::optional<std::int64_t> amount;

  static constexpr auto describe() {
    using T = ScrollArguments;
    return base::table<T>("How far.", base::flatten(&T::labels),
                          base::field("amount", &T::amount, "Absent: one page.").unit("CSS px").range(0, 1'000'000));
  }
};

struct ClickArguments {
  ActionLabels labels;
  ActionTarget target;

  static constexpr auto describe() {
    using T = ClickArguments;
    return base::table<T>("What to act on.", base::flatten(&T::labels), base::flatten(&T::target));
  }
};

struct DragArguments {
  ActionLabels labels;
  ActionTarget target;
  std::string to_id;
  base::RawJson to_selector;

  static constexpr auto describe() {
    using base::field;
    using T = DragArguments;
    return base::table<T>("What to drag, and where to.", base::flatten(&T::labels), base::flatten(&T::target),
                          field("to_id", &T::to_id, "Where it is dropped, by id.").defaulted().range(0, 64),
                          field("to_selector", &T::to_selector, "Where it is dropped, by selector.").defaulted());
  }
};

struct FillArguments {
  ActionLabels labels;
  ActionTarget target;
  std::string value;
  bool clear_before_fill = true;

  static constexpr auto describe() {
    using base::field;
    using T = FillArguments;
    return base::table<T>("What to write, and where.", base::flatten(&T::labels), base::flatten(&T::target),
                          field("value", &T::value, "The text."),
                          field("clear_before_fill", &T::clear_before_fill, "False: adds to what is there.")
                              .defaulted());
  }
};

struct CheckArguments {
  ActionLabels labels;
  ActionTarget target;
  bool value = true;

  static constexpr auto describe() {
    using T = CheckArguments;
    return base::table<T>("What to check.", base::flatten(&T::labels), base::flatten(&T::target),
                          base::field("value", &T::value, "On or off."));
  }
};

struct SelectArguments {
  ActionLabels labels;
  ActionTarget target;
  std::string value;

  static constexpr auto describe() {
    using T = SelectArguments;
    return base::table<T>("What to select.", base::flatten(&T::labels), base::flatten(&T::target),
                          base::field("value", &T::value, "The option's value or label."));
  }
};

struct UploadArguments {
  ActionLabels labels;
  ActionTarget target;
  std::string file_path;

  static constexpr auto describe() {
    using T = UploadArguments;
    return base::table<T>("Which file.", base::flatten(&T::labels), base::flatten(&T::target),
                          base::field("file_path", &T::file_path,
                                      "A file of the session, by id or name; or a path below the folder of "
                                      "--upload-dir.")
                              .range(1, 4'096));
  }
};

struct EvaluateArguments {
  ActionLabels labels;
  std::string code;

  static constexpr auto describe() {
    using T = EvaluateArguments;
    return base::table<T>("What to evaluate.", base::flatten(&T::labels),
                          base::field("code", &T::code, "A JavaScript expression; promises are awaited."));
  }
};

struct HelpArguments {
  ActionLabels labels;
  std::string reason;

  static constexpr auto describe() {
    using T = HelpArguments;
    return base::table<T>("Why.", base::flatten(&T::labels), base::field("reason", &T::reason, "What is unclear."));
  }
};

struct CompletionArguments {
  ActionLabels labels;
  bool success = true;
  std::string answer;

  static constexpr auto describe() {
    using T = CompletionArguments;
    return base::table<T>("How it ended.", base::flatten(&T::labels),
                          base::field("success", &T::success, "Whether the task is done."),
                          base::field("answer", &T::answer, "What came of it."));
  }
};

/// What to take from a page, and how.
struct ScrapeArguments {
  ActionLabels labels;
  std::optional<std::string> selector;
  bool scrape_links = true;
  bool scrape_images = false;
  std::optional<std::vector<std::string>> ignored_tags;
  bool only_main_content = true;
  bool only_images = false;
  bool use_link_placeholders = false;
  base::RawJson response_format;
  std::optional<std::string> instructions;
  std::optional<bool> use_llm;

  static constexpr auto describe() {
    using base::field;
    using T = ScrapeArguments;
    return base::table<T>(
        "What to take from the page.", base::flatten(&T::labels),
        field("selector", &T::selector, "Only what is inside of this element."),
        field("scrape_links", &T::scrape_links, "With the URLs of links.").defaulted(),
        field("scrape_images", &T::scrape_images, "With images.").defaulted(),
        field("ignored_tags", &T::ignored_tags, "Names of elements to leave out.").range(0, 100),
        field("only_main_content", &T::only_main_content, "Without navigation, header, footer and the like.")
            .defaulted(),
        field("only_images", &T::only_images, "Only the list of images.").defaulted(),
        field("use_link_placeholders", &T::use_link_placeholders, "`link1` instead of URLs.").defaulted(),
        field("response_format", &T::response_format,
              "A JSON Schema; needs a language model, which telltale has not: `structured` says so.")
            .defaulted(),
        field("instructions", &T::instructions, "Needs a language model, too."),
        field("use_llm", &T::use_llm, "True needs a language model, too."));
  }
};

}  // namespace telltale::api

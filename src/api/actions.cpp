#include "api/actions.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/driving.hpp"
#include "api/session_fields.hpp"
#include "base/json_encode.hpp"
#include "page/driver.hpp"
#include "page/limits.hpp"

namespace telltale::api {
namespace {

using base::Errc;
using page::Driver;
using page::Locator;
using page::Timeout;
using Violations = std::vector<base::Violation>;
using Outcome = base::Task<base::Result<ActionOutcome>>;
using nlohmann::json;

// As Notte waits after a navigation; a page that takes longer goes on loading.
constexpr Timeout kGotoTimeout = std::chrono::seconds(10);

ActionOutcome done(std::string message) { return {std::move(message), {}}; }

// --- which element

// One text of what may be a text or an object of selectors, the way it was observed.
base::Result<std::string> selector_text(const base::RawJson& selector) {
  const auto value = json::parse(selector.text, nullptr, /*allow_exceptions=*/false);
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object()) {
    const auto text_of = [&](const char* name) {
      const auto found = value.find(name);
      return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    if (auto text = text_of("css_selector"); !text.empty()) return text;
    if (auto text = text_of("xpath_selector"); !text.empty()) return "xpath=" + text;
    if (auto text = text_of("playwright_selector"); !text.empty()) return text;
  }
  return base::fail(Errc::invalid_argument,
                    "selector: must be a text, or an object with css_selector, xpath_selector or "
                    "playwright_selector");
}

base::Result<Locator> locator_of(const std::string& id, const base::RawJson& selector,
                                 std::string_view prefix = {}) {
  if (!selector.text.empty()) {
    auto text = selector_text(selector);
    if (!text) return std::unexpected(text.error());
    // No element has such a name: to look for one would take as long as may be waited.
    if (is_element_id(*text)) return Locator::observed(std::move(*text));
    return Locator::selector(std::move(*text));
  }
  if (!id.empty()) return Locator::observed(id);
  return base::fail(Errc::invalid_argument, std::string(prefix) + "id: is required, or a " +
                                                std::string(prefix) + "selector instead");
}

// --- the actions; each runs on the session's loop, where the session outlives it

Outcome go_to(session::Session& session, GotoArguments arguments) {
  const auto opened = co_await session.driver().navigate(arguments.url, page::Until::load, kGotoTimeout);
  if (opened) co_return done("Opened " + arguments.url);
  if (opened.error().code != Errc::timeout) co_return std::unexpected(opened.error());
  co_return done("Opened " + arguments.url + ", which is still loading");
}

Outcome go_to_new_tab(session::Session& session, GotoArguments arguments) {
  Driver& driver = session.driver();
  const auto before = co_await driver.tabs();
  if (!before) co_return std::unexpected(before.error());
  const auto opened = co_await driver.open_tab();
  if (!opened) co_return std::unexpected(opened.error());
  auto outcome = co_await go_to(session, std::move(arguments));
  const auto place = std::ranges::find(*before, true, &page::Tab::current);
  if (outcome || place == before->end()) co_return outcome;
  // Nothing is there to be seen in it: all is as it was.
  const auto closed = co_await driver.close_tab();
  if (closed) co_await driver.switch_tab(place - before->begin());
  co_return outcome;
}

Outcome switch_tab(session::Session& session, SwitchTabArguments arguments) {
  const auto switched = co_await session.driver().switch_tab(arguments.tab_index);
  if (!switched) co_return std::unexpected(switched.error());
  co_return done("Switched to tab " + std::to_string(arguments.tab_index));
}

Outcome close_tab(session::Session& session, NoArguments) {
  const auto closed = co_await session.driver().close_tab();
  if (!closed) co_return std::unexpected(closed.error());
  co_return done(*closed ? "Closed the tab; it was the last one, so an empty one is open now" : "Closed the tab");
}

Outcome step_through_history(session::Session& session, int steps) {
  const auto went = co_await session.driver().go(steps, page::Until::load, kGotoTimeout);
  if (!went && went.error().code != Errc::timeout) co_return std::unexpected(went.error());
  co_return done(steps < 0 ? "Went back" : "Went forward");
}

Outcome go_back(session::Session& session, NoArguments) { return step_through_history(session, -1); }
Outcome go_forward(session::Session& session, NoArguments) { return step_through_history(session, 1); }

Outcome reload(session::Session& session, NoArguments) {
  const auto reloaded = co_await session.driver().reload(page::Until::load, kGotoTimeout);
  if (!reloaded && reloaded.error().code != Errc::timeout) co_return std::unexpected(reloaded.error());
  co_return done("Reloaded the page");
}

Outcome wait(session::Session&, WaitArguments arguments) {
  const bool slept = co_await base::sleep_for(std::chrono::milliseconds(arguments.time_ms));
  if (!slept) co_return base::fail(Errc::stopped, "waiting was cancelled");
  co_return done("Waited for " + std::to_string(arguments.time_ms) + " ms");
}

Outcome press_key(session::Session& session, PressKeyArguments arguments) {
  auto chord = page::parse_chord(arguments.key);
  if (!chord) co_return std::unexpected(chord.error());
  const auto pressed = co_await session.driver().press(std::move(*chord), page::kNoPause);
  if (!pressed) co_return std::unexpected(pressed.error());
  co_return done("Pressed " + arguments.key);
}

Outcome scroll(session::Session& session, std::optional<std::int64_t> amount, int direction) {
  Driver& driver = session.driver();
  const std::string way = direction < 0 ? "up" : "down";
  if (!amount) {
    page::KeyChord key{*page::key_of(direction < 0 ? "PageUp" : "PageDown")};
    const auto pressed = co_await driver.press(std::move(key), page::kNoPause);
    if (!pressed) co_return std::unexpected(pressed.error());
    co_return done("Scrolled " + way + " by one page");
  }
  const auto metrics = co_await driver.metrics();
  if (!metrics) co_return std::unexpected(metrics.error());
  const page::Point middle{static_cast<double>(metrics->viewport.viewport_width) / 2,
                           static_cast<double>(metrics->viewport.viewport_height) / 2};
  const auto scrolled = co_await driver.scroll(middle, 0, static_cast<double>(*amount * direction), page::kNoModifiers);
  if (!scrolled) co_return std::unexpected(scrolled.error());
  co_return done("Scrolled " + way + " by " + std::to_string(*amount) + " px");
}

Outcome scroll_up(session::Session& session, ScrollArguments arguments) {
  return scroll(session, arguments.amount, -1);
}
Outcome scroll_down(session::Session& session, ScrollArguments arguments) {
  return scroll(session, arguments.amount, 1);
}

Outcome scrape(session::Session& session, ScrapeArguments arguments) {
  auto data = co_await scrape_page(session, std::move(arguments));
  if (!data) co_return std::unexpected(data.error());
  co_return ActionOutcome{"Scraped the page", std::move(*data)};
}

Outcome list_links(session::Session& session, NoArguments) {
  std::vector<std::string> none;
  const auto answer = co_await session.driver().read("pageLinks", std::move(none), page::limits::kPageCallTimeout);
  if (!answer) co_return std::unexpected(answer.error());
  const auto links = json::parse(answer->text, nullptr, /*allow_exceptions=*/false);
  std::string markdown;
  for (const auto& link : links) markdown += "- " + link.value("url", "") + " " + link.value("text", "") + "\n";
  const json data = {{"markdown", std::move(markdown)}, {"links", links}};
  co_return ActionOutcome{"Listed " + std::to_string(links.size()) + " links",
                          {data.dump(-1, ' ', false, json::error_handler_t::replace)}};
}

Outcome evaluate(session::Session& session, EvaluateArguments arguments) {
  const auto value = co_await session.driver().evaluate(std::move(arguments.code), page::limits::kPageCallTimeout);
  if (!value) co_return std::unexpected(value.error());
  // A text is what it is; anything else is JSON.
  const auto parsed = json::parse(value->text, nullptr, /*allow_exceptions=*/false);
  const std::string text = parsed.is_string() ? parsed.get<std::string>() : value->text;
  std::string data = "{\"markdown\":";
  base::append_json_string(data, text);
  data += '}';
  co_return ActionOutcome{"Evaluated to " + value->text.substr(0, 200), {std::move(data)}};
}

Outcome help(session::Session&, HelpArguments arguments) { co_return done("Help is needed: " + arguments.reason); }

Outcome complete(session::Session&, CompletionArguments arguments) {
  co_return done((arguments.success ? "Done: " : "Not done: ") + arguments.answer);
}

Timeout timeout_of(const ActionTarget& target) { return Timeout(target.timeout); }

// What is common to actions on elements: after `acted`, Enter if that was asked for.
Outcome finish(session::Session& session, ActionTarget target, base::Result<void> acted, std::string message) {
  if (!acted) co_return std::unexpected(acted.error());
  if (target.press_enter.value_or(false)) {
    page::KeyChord enter{*page::key_of("Enter")};
    const auto pressed = co_await session.driver().press(std::move(enter), page::kNoPause);
    if (!pressed) co_return std::unexpected(pressed.error());
  }
  co_return done(std::move(message));
}

Outcome click_with(session::Session& session, ActionTarget target, page::ClickOptions options,
                   std::string_view verb) {
  auto locator = locator_of(target.id, target.selector);
  if (!locator) co_return std::unexpected(locator.error());
  std::string message = std::string(verb) + " " + locator->name();
  const auto clicked = co_await session.driver().click(std::move(*locator), options, timeout_of(target));
  co_return co_await finish(session, std::move(target), clicked, std::move(message));
}

Outcome click(session::Session& session, ClickArguments arguments) {
  const page::ClickOptions once;
  return click_with(session, std::move(arguments.target), once, "Clicked");
}

Outcome double_click(session::Session& session, ClickArguments arguments) {
  page::ClickOptions twice;
  twice.count = 2;
  return click_with(session, std::move(arguments.target), twice, "Double-clicked");
}

Outcome hover(session::Session& session, ClickArguments arguments) {
  auto locator = locator_of(arguments.target.id, arguments.target.selector);
  if (!locator) co_return std::unexpected(locator.error());
  std::string message = "Moved the mouse over " + locator->name();
  const auto hovered = co_await session.driver().hover(std::move(*locator), timeout_of(arguments.target));
  co_return co_await finish(session, std::move(arguments.target), hovered, std::move(message));
}

Outcome drag(session::Session& session, DragArguments arguments) {
  auto from = locator_of(arguments.target.id, arguments.target.selector);
  if (!from) co_return std::unexpected(from.error());
  auto to = locator_of(arguments.to_id, arguments.to_selector, "to_");
  if (!to) co_return std::unexpected(to.error());
  std::string message = "Dragged " + from->name() + " to " + to->name();
  const auto dragged =
      co_await session.driver().drag(std::move(*from), std::move(*to), timeout_of(arguments.target));
  co_return co_await finish(session, std::move(arguments.target), dragged, std::move(message));
}

Outcome fill(session::Session& session, FillArguments arguments) {
  auto locator = locator_of(arguments.target.id, arguments.target.selector);
  if (!locator) co_return std::unexpected(locator.error());
  std::string message = "Filled " + locator->name();
  const auto filled =
      co_await session.driver().fill(std::move(*locator), std::move(arguments.value),
                                     arguments.clear_before_fill, timeout_of(arguments.target));
  co_return co_await finish(session, std::move(arguments.target), filled, std::move(message));
}

// Key by key, for fields that listen to keys: one-time codes, search boxes with suggestions.
Outcome type_keys(session::Session& session, FillArguments arguments) {
  auto locator = locator_of(arguments.target.id, arguments.target.selector);
  if (!locator) co_return std::unexpected(locator.error());
  std::string message = "Typed into " + locator->name();
  const auto typed =
      co_await session.driver().type(std::move(*locator), std::move(arguments.value), arguments.clear_before_fill,
                                     page::kNoPause, timeout_of(arguments.target));
  co_return co_await finish(session, std::move(arguments.target), typed, std::move(message));
}

Outcome check(session::Session& session, CheckArguments arguments) {
  auto locator = locator_of(arguments.target.id, arguments.target.selector);
  if (!locator) co_return std::unexpected(locator.error());
  std::string message = (arguments.value ? "Checked " : "Unchecked ") + locator->name();
  const auto checked =
      co_await session.driver().check(std::move(*locator), arguments.value, timeout_of(arguments.target));
  co_return co_await finish(session, std::move(arguments.target), checked, std::move(message));
}

Outcome select(session::Session& session, SelectArguments arguments) {
  auto locator = locator_of(arguments.target.id, arguments.target.selector);
  if (!locator) co_return std::unexpected(locator.error());
  std::string message = "Selected '" + arguments.value + "' in " + locator->name();
  const auto selected = co_await session.driver().select_option(
      std::move(*locator), std::move(arguments.value), /*by_place=*/false, timeout_of(arguments.target));
  co_return co_await finish(session, std::move(arguments.target), selected, std::move(message));
}

Outcome upload(session::Session& session, UploadArguments arguments) {
  auto locator = locator_of(arguments.target.id, arguments.target.selector);
  if (!locator) co_return std::unexpected(locator.error());
  auto file = session.files().resolve(arguments.file_path);
  if (!file) co_return std::unexpected(file.error());
  std::string message = "Gave a file to " + locator->name();
  std::vector<std::string> files{file->string()};
  const auto given =
      co_await session.driver().upload(std::move(*locator), std::move(files), timeout_of(arguments.target));
  co_return co_await finish(session, std::move(arguments.target), given, std::move(message));
}

// --- the table

template <class Arguments>
void check_more(const Arguments&, Violations&) {}

void check_more(const GotoArguments& arguments, Violations& violations) {
  check_url(arguments.url, "url", violations);
}

void check_more(const PressKeyArguments& arguments, Violations& violations) {
  if (const auto chord = page::parse_chord(arguments.key); !chord) {
    violations.push_back({"key", chord.error().message});
  }
}

template <class Arguments>
  requires requires(const Arguments& arguments) { arguments.target; }
void check_more(const Arguments& arguments, Violations& violations) {
  if (const auto locator = locator_of(arguments.target.id, arguments.target.selector); !locator) {
    violations.push_back({"", locator.error().message});
  }
}

template <class Arguments>
Violations check_as(const json& given) {
  auto arguments = base::decode_checked<Arguments>(given);
  if (!arguments) return std::move(arguments.error());
  Violations violations;
  check_more(*arguments, violations);
  return violations;
}

// `session` is kept for as long as the action takes.
template <class Arguments, Outcome (*act)(session::Session&, Arguments)>
Outcome run_as(std::shared_ptr<session::Session> session, std::shared_ptr<const json> given, bool changes) {
  auto arguments = base::decode_checked<Arguments>(*given);
  if (!arguments) co_return base::fail(Errc::invalid_argument, base::to_string(arguments.error()));
  const auto step = session->take_step();
  if (!step) co_return std::unexpected(step.error());
  auto outcome = co_await act(*session, std::move(*arguments));
  if (!outcome || !changes) co_return outcome;
  co_await session->driver().settle_action();
  const auto closed = session->driver().take_closed_notice();
  if (!closed.empty()) outcome->message += "; " + closed;
  co_return outcome;
}

struct Row {
  ActionType type;
  Violations (*check)(const json&);
  Outcome (*run)(std::shared_ptr<session::Session>, std::shared_ptr<const json>, bool changes);
  bool changes;  // the page, which may take its time to react
};

template <class Arguments, Outcome (*act)(session::Session&, Arguments)>
Row row(std::string_view type, std::string_view doc, bool changes) {
  return {{type, doc, &base::type_model<Arguments>}, &check_as<Arguments>, &run_as<Arguments, act>, changes};
}

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows{
      row<GotoArguments, go_to>("goto", "Goto to a URL (in current tab)", false),
      row<GotoArguments, go_to_new_tab>("goto_new_tab", "Goto to a URL (in new tab)", false),
      row<NoArguments, close_tab>("close_tab", "Close the current tab", false),
      row<SwitchTabArguments, switch_tab>("switch_tab", "Switch to a tab (identified by its index)", false),
      row<ScrapeArguments, scrape>("scrape", "Scrape the current page data in text format", false),
      row<NoArguments, list_links>("links", "List the links of the current page", false),
      row<NoArguments, go_back>("go_back", "Go back to the previous page (in current tab)", false),
      row<NoArguments, go_forward>("go_forward", "Go forward to the next page (in current tab)", false),
      row<NoArguments, reload>("reload", "Reload the current page", false),
      row<WaitArguments, wait>("wait", "Wait for a given amount of time (in milliseconds)", false),
      row<PressKeyArguments, press_key>("press_key", "Press a key, or keys together, of the keyboard", true),
      row<ScrollArguments, scroll_up>("scroll_up", "Scroll up by an amount of pixels, or by one page", true),
      row<ScrollArguments, scroll_down>("scroll_down", "Scroll down by an amount of pixels, or by one page", true),
      row<EvaluateArguments, evaluate>("evaluate_js", "Evaluate a JavaScript expression in the current page", true),
      row<HelpArguments, help>("help", "Say that help is needed", false),
      row<CompletionArguments, complete>("completion", "Say that the task is completed", false),
      row<ClickArguments, click>("click", "Click on an element of the current page", true),
      row<ClickArguments, double_click>("double_click", "Double-click on an element of the current page", true),
      row<ClickArguments, hover>("hover", "Move the mouse over an element of the current page", true),
      row<DragArguments, drag>("drag", "Drag an element of the current page onto another one", true),
      row<FillArguments, fill>("fill", "Fill an input field with a value", true),
      row<FillArguments, type_keys>("type", "Type a value into an input field key by key", true),
      row<FillArguments, type_keys>("multi_factor_fill", "Type a one-time code into an input field", true),
      row<FillArguments, type_keys>("fallback_fill", "Type a value into an input field that cannot be filled", true),
      row<CheckArguments, check>("check", "Check or uncheck a checkbox", true),
      row<SelectArguments, select>("select_dropdown_option", "Select an option of a dropdown", true),
      row<UploadArguments, upload>("upload_file", "Give a file to a file input", true)};
  return kRows;
}

const Row* find_row(std::string_view type) {
  const auto found = std::ranges::find(rows(), type, [](const Row& row) { return row.type.type; });
  return found == rows().end() ? nullptr : &*found;
}

std::string unknown_type() {
  std::string message = "must be one of ";
  for (const auto& row : rows()) {
    if (&row != &rows().front()) message += ", ";
    message += row.type.type;
  }
  return message;
}

}  // namespace

std::span<const ActionType> action_types() {
  static const auto kTypes = [] {
    std::vector<ActionType> types;
    for (const auto& row : rows()) types.push_back(row.type);
    return types;
  }();
  return kTypes;
}

bool is_element_id(std::string_view word) noexcept {
  const bool shaped = word.size() > 1 && word.front() >= 'A' && word.front() <= 'Z' &&
                      std::ranges::all_of(word.substr(1), [](char c) { return c >= '0' && c <= '9'; });
  const bool heading = word.size() == 2 && word.front() == 'H' && word[1] >= '1' && word[1] <= '6';
  return shaped && !heading;
}

const ActionType* find_action_type(std::string_view type) {
  const Row* row = find_row(type);
  return row == nullptr ? nullptr : &row->type;
}

Violations check_action(std::string_view type, const json& arguments) {
  const Row* row = find_row(type);
  if (row == nullptr) return {{"type", unknown_type(), base::ViolationKind::one_of}};
  return row->check(arguments);
}

base::Task<base::Result<ActionOutcome>> run_action(std::shared_ptr<session::Session> session, std::string type,
                                                   std::shared_ptr<const json> arguments) {
  const auto violations = check_action(type, *arguments);
  if (!violations.empty()) co_return base::fail(Errc::invalid_argument, base::to_string(violations));
  const Row* row = find_row(type);
  co_return co_await drive(session, row->run(session, std::move(arguments), row->changes));
}

base::Task<base::Result<base::RawJson>> scrape_page(session::Session& session, ScrapeArguments arguments) {
  Driver& driver = session.driver();
  json options = {{"only_main_content", arguments.only_main_content},
                  {"scrape_links", arguments.scrape_links},
                  {"scrape_images", arguments.scrape_images},
                  {"use_link_placeholders", arguments.use_link_placeholders},
                  {"ignored_tags", arguments.ignored_tags.value_or(std::vector<std::string>{})}};
  if (arguments.selector) options["selector"] = *arguments.selector;
  json data = {{"markdown", ""}, {"images", nullptr}, {"structured", nullptr}};
  if (!arguments.only_images) {
    std::vector<std::string> given{options.dump()};
    const auto answer = co_await driver.read("markdown", std::move(given), page::limits::kPageCallTimeout);
    if (!answer) co_return std::unexpected(answer.error());
    const auto page = json::parse(answer->text, nullptr, false);
    if (page.contains("error")) co_return base::fail(Errc::not_found, page.value("error", ""));
    data["markdown"] = page.value("markdown", "");
    if (page.contains("links")) data["links"] = page["links"];
    if (page.value("truncated", false)) data["truncated"] = true;
  }
  if (arguments.scrape_images || arguments.only_images) {
    std::vector<std::string> none;
    const auto answer = co_await driver.read("pageImages", std::move(none), page::limits::kPageCallTimeout);
    if (!answer) co_return std::unexpected(answer.error());
    data["images"] = json::parse(answer->text, nullptr, false);
  }
  // Whoever wants only the images is not told of anything else.
  if (arguments.only_images) co_return base::RawJson{data.dump(-1, ' ', false, json::error_handler_t::replace)};
  const bool for_model = !arguments.response_format.text.empty() || arguments.instructions.has_value() ||
                         arguments.use_llm.value_or(false);
  if (for_model) {
    data["structured"] = {{"success", false},
                          {"error",
                           "response_format, instructions and use_llm need a language model, which telltale has "
                           "not; without them, structured data is what the page itself declares"},
                          {"data", nullptr}};
  } else {
    std::vector<std::string> none;
    const auto answer = co_await driver.read("structuredData", std::move(none), page::limits::kPageCallTimeout);
    if (!answer) co_return std::unexpected(answer.error());
    auto declared = json::parse(answer->text, nullptr, false);
    const bool any = std::ranges::any_of(std::array{"json_ld", "open_graph", "twitter", "microdata", "tables"},
                                         [&](const char* part) { return declared.contains(part) && !declared[part].empty(); });
    if (any) data["structured"] = {{"success", true}, {"error", nullptr}, {"data", std::move(declared)}};
  }
  co_return base::RawJson{data.dump(-1, ' ', false, json::error_handler_t::replace)};
}

}  // namespace telltale::api

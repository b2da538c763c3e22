#pragma once

// Drives the pages of one browser: the operations that every dialect offers in its own words.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/describe.hpp"
#include "base/error.hpp"
#include "base/loop.hpp"
#include "base/task.hpp"
#include "base/wait_list.hpp"
#include "cdp/protocol/dom.hpp"
#include "cdp/protocol/page.hpp"
#include "page/frames.hpp"
#include "page/keys.hpp"
#include "page/link.hpp"
#include "page/motion.hpp"
#include "page/observation.hpp"

namespace telltale::page {

template <class T>
using Answer = base::Task<base::Result<T>>;
using Clock = std::chrono::steady_clock;
using Timeout = std::chrono::milliseconds;

/// What an action is done to: a selector (see scripts/find.js), or an id of the last observation.
struct Locator {
  enum class By { selector, observed };
  By by = By::selector;
  std::string text;

  static Locator selector(std::string text) { return {By::selector, std::move(text)}; }
  static Locator observed(std::string id) { return {By::observed, std::move(id)}; }
  /// As errors name it: `'#buy'`, `element B1`.
  [[nodiscard]] std::string name() const;
};

// Defaults by name: g++ 12 copies a braced temporary in the arguments of a co_await bit by bit.
inline constexpr Modifiers kNoModifiers{};
inline constexpr std::chrono::milliseconds kNoPause{0};

struct ClickOptions {
  MouseButton button = MouseButton::left;
  int count = 1;             ///< 2: a double click
  bool force = false;        ///< without waiting until the element is enabled, at rest and in front
  Modifiers modifiers = {};  ///< held down meanwhile
};

/// Where to wait after a navigation.
enum class Until { commit, interactive, load, network_idle };

struct Picture {
  base::TargetId of;                        ///< the tab; empty: the current one
  std::string format = "png";               ///< png, jpeg or webp
  std::optional<std::int64_t> quality;      ///< 0 to 100; not of png
  bool full_page = false;                   ///< all of the document instead of the viewport
  std::optional<std::array<double, 4>> clip;  ///< x, y, width, height in CSS px of the document
};

struct Tab {
  base::TargetId target;
  std::string title;
  std::string url;
  bool current = false;
};

/// Lives on its session's loop, as long as the session. Operations on elements wait until the element is there
/// and can be acted on, at most for their timeout. Each is about the tab that was current when it began. Errors of
/// all: unavailable (no connection, crashed page, open dialog), timeout (the message says which condition failed),
/// not_found (no such element or tab; the page was closed), invalid_argument, stopped.
///
/// When the current tab goes away other than by close_tab(), whoever waits for it is told; if nobody did, the next
/// call is, before any answers for the tab that has taken its place.
class Driver {
 public:
  Driver(Link& link, base::Loop& loop);
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  // navigate.cpp
  /// Loads a URL in the current tab. Errors also: protocol with the browser's reason (net::ERR_...).
  Answer<void> navigate(std::string url, Until until, Timeout timeout);
  /// One step through the history; invalid_argument when there is none in that direction.
  Answer<void> go(int steps, Until until, Timeout timeout);
  Answer<void> reload(Until until, Timeout timeout);
  Answer<void> wait_until(Until until, Timeout timeout);
  /// Waits until the selector names an element that is visible, attached, hidden or detached.
  enum class Presence { visible, attached, hidden, detached };
  Answer<void> wait_for(std::string selector, Presence presence, Timeout timeout);
  /// After an action: waits until the page has reacted to it, or no longer than kActionSettle; when the action
  /// led to another document, until that has loaded.
  base::Task<> settle_action();
  /// Says, once, that the tab that was current has gone; empty: it has not, or that was said.
  [[nodiscard]] std::string take_closed_notice();

  // tabs.cpp
  Answer<std::vector<Tab>> tabs();
  /// Opens a tab, which becomes the current one.
  Answer<void> open_tab();
  /// By place in tabs(); -1 is the newest.
  Answer<void> switch_tab(std::int64_t place);
  /// Closes the current tab; the newest one becomes the current one. Whether it was the last one: then an empty
  /// one has been opened.
  Answer<bool> close_tab();

  // act.cpp
  Answer<void> click(Locator locator, ClickOptions options, Timeout timeout);
  Answer<void> hover(Locator locator, Timeout timeout);
  Answer<void> drag(Locator from, Locator to, Timeout timeout);
  /// Types with the keyboard into the element, key by key with `delay` in between; with `clear`, over its text.
  Answer<void> type(Locator locator, std::string text, bool clear, std::chrono::milliseconds delay, Timeout timeout);
  /// Replaces what a field holds, or adds to it.
  Answer<void> fill(Locator locator, std::string value, bool clear, Timeout timeout);
  Answer<void> check(Locator locator, bool on, Timeout timeout);
  /// By value or label; with `by_place`, `option` is the place of the option.
  Answer<void> select_option(Locator locator, std::string option, bool by_place, Timeout timeout);
  /// Files of this machine, by absolute path, for the file input that the locator names, that is hidden behind what
  /// it names, or that this opens when it is pressed.
  Answer<void> upload(Locator locator, std::vector<std::string> files, Timeout timeout);
  Answer<void> focus(Locator locator, Timeout timeout);
  Answer<void> scroll_to(Locator locator, Timeout timeout);

  // input.cpp: mouse and keyboard, wherever they are
  Answer<void> move_mouse(Point to, Modifiers modifiers);
  /// Moves over these points, with a pause after each.
  Answer<void> move_along(std::vector<Point> points, Modifiers modifiers, std::chrono::milliseconds pause);
  Answer<void> click_at(Point at, ClickOptions options);
  Answer<void> press_button(Point at, ClickOptions options);
  Answer<void> release_button(Point at, ClickOptions options);
  /// Presses the button at the first point, moves over the others, releases it at the last.
  Answer<void> drag_mouse(std::vector<Point> points, MouseButton button, Modifiers modifiers,
                          std::chrono::milliseconds first_pause, std::chrono::milliseconds pause);
  /// Turns the wheel over a point; in CSS px, down and right are positive.
  Answer<void> scroll(Point at, double delta_x, double delta_y, Modifiers modifiers);
  /// Presses keys together, e.g. `Control+a`; held for `hold`.
  Answer<void> press(KeyChord chord, std::chrono::milliseconds hold);
  /// Types at the focus.
  Answer<void> type_text(std::string text, std::chrono::milliseconds delay);
  [[nodiscard]] Point mouse() const noexcept { return mouse_; }

  // read.cpp
  /// The picture's bytes in base64.
  Answer<std::string> screenshot(Picture picture);
  /// Evaluates an expression in the page's own world and awaits what it promises; JSON. Errors also:
  /// invalid_argument with what it threw.
  Answer<base::RawJson> evaluate(std::string expression, Timeout timeout);
  /// Calls one of our functions in the main frame; its arguments and its answer are JSON.
  Answer<base::RawJson> read(std::string_view function, std::vector<std::string> arguments, Timeout timeout);
  Answer<Metrics> metrics();
  /// All of the browser's, as JSON of the Storage domain.
  Answer<base::RawJson> cookies();
  /// `cookies`: a JSON list of Network.CookieParam.
  Answer<void> set_cookies(std::string cookies);

  // observe.cpp
  /// Walks the current page and gives ids to what can be acted on. They are good until the next observation
  /// or the next document.
  Answer<Observation> observe();
  /// What an id of the last observation stands for. Errors: not_found.
  [[nodiscard]] base::Result<ObservedNode> observed(std::string_view id) const;

 private:
  struct Found {
    Element element;
    std::vector<Frame> chain;  ///< its frame, the one around it, ..., the main frame
  };

  // frames.cpp
  enum class Stuck { refused, allowed };
  /// The current tab's target. A page that has crashed or waits for a dialog is refused unless allowed.
  Answer<Target> current(Stuck stuck = Stuck::refused);
  /// The same page as it is now, for a call that began with it.
  base::Result<Target> still(const Target& page, Stuck stuck = Stuck::refused);
  /// All pages, in the order in which they were seen first. Notices what was opened and what has gone.
  std::vector<Target> seen_pages();
  /// That the page was closed, to whoever waits for it.
  [[nodiscard]] base::Error closed();
  /// Sends a command. Errors: those of Link::call.
  Answer<std::string> ask(cdp::Command command, std::chrono::nanoseconds patience);
  /// What an error comes from: Chromium may say that a page is being left before it says that it was closed.
  base::Task<base::Error> cause_of(Target page, base::Error error);
  Answer<std::vector<Frame>> frames(const Target& page, Clock::time_point deadline);
  Answer<World> world(const Frame& frame);
  /// Calls one of our functions in a frame's isolated world, or on an element as its first argument.
  Answer<base::RawJson> call_in(World world, std::string_view function, std::vector<std::string> arguments,
                                Clock::time_point deadline);
  Answer<base::RawJson> call_on(Element element, std::string_view function, std::vector<std::string> arguments,
                                Clock::time_point deadline);
  /// The element that one of our functions finds from another one.
  Answer<std::optional<Element>> element_on(Element element, std::string_view function, Clock::time_point deadline);
  Answer<std::optional<Element>> element_from(World world, std::string_view function,
                                              std::vector<std::string> arguments, Clock::time_point deadline);

  // act.cpp
  Answer<Found> find(Target page, Locator locator, Clock::time_point deadline);
  Answer<std::optional<Found>> look_for(Target page, Locator locator, Clock::time_point deadline);
  struct Wanted {
    bool enabled = true;
    bool editable = false;
    bool point = true;
    bool force = false;
    bool toggle = false;  ///< it is to be switched: what is seen in its place will do
  };
  struct Ready {
    Element element;
    Point point;
  };
  /// What an observed element is now. Errors: not_found, when it is no longer what it was.
  Answer<Found> find_observed(Locator locator, std::vector<Frame> frames, Clock::time_point deadline);
  Answer<cdp::dom::Node> describe(Element element);
  /// The element in a world that is perhaps not its own.
  Answer<Element> element_of_node(World world, std::int64_t backend_node_id);
  /// Waits until the element can be acted on.
  Answer<Ready> ready(Target page, Locator locator, Wanted wanted, Clock::time_point deadline);
  struct Placed {
    Point point;          ///< of the page's viewport
    std::string problem;  ///< why it cannot be hit there; empty: it can
  };
  /// Whether the element's frame, the first of the chain, is no longer one of the page.
  base::Task<bool> has_lost(Target page, std::vector<Frame> chain, Clock::time_point deadline);
  Answer<Placed> to_page(Found found, Point point, Clock::time_point deadline);
  Answer<base::RawJson> edit(Target page, Locator locator, Wanted wanted, std::string_view function,
                             std::vector<std::string> arguments, Clock::time_point deadline);
  Answer<void> click_on(Target page, Locator locator, ClickOptions options, Clock::time_point deadline);
  Answer<void> press_on(Target page, Locator locator, Wanted wanted, ClickOptions options, Clock::time_point deadline);
  struct Toggle {
    bool checked = false;
    bool radio = false;
  };
  Answer<Toggle> toggle_state(Target page, Locator locator, Clock::time_point deadline);
  Answer<void> choose_option(Target page, Locator locator, std::string option, Clock::time_point deadline);

  // upload.cpp
  Answer<void> give_files(Element input, std::vector<std::string> files);
  Answer<void> give_chosen_files(Target page, Locator locator, Element element, std::vector<std::string> files,
                                 Clock::time_point deadline);
  Answer<std::optional<FileChooser>> press_for_chooser(Target page, Locator locator, base::CdpSessionId session,
                                                       Clock::time_point deadline);

  // observe.cpp
  Answer<FrameObservation> observe_frame(World world, std::int64_t round);
  Answer<base::FrameId> frame_of(World world, std::int64_t round, std::int64_t ref);
  /// Appends what the frame and those inside of it show; `out` outlives the call.
  Answer<void> observe_into(Observation& out, World world, std::vector<Frame> all, Point offset,
                            std::size_t depth);

  // read.cpp
  Answer<std::string> capture(Target page, Picture picture, std::chrono::nanoseconds patience);

  // navigate.cpp
  /// Why a navigation that the browser gave up led to no page.
  base::Task<base::Error> no_page(Target page, std::string url, cdp::page::NavigateResult result, bool superseded);
  Answer<void> settle(Target page, Until until, Clock::time_point deadline);
  /// Whether its document has reached that readyState; false when it was replaced meanwhile.
  Answer<bool> reaches(Target page, std::string state, Clock::time_point deadline);
  [[nodiscard]] bool is_idle(const Target& page);
  base::Task<std::string> document_of(Target page);
  base::Task<> await_quiet(Target page, Clock::time_point deadline);
  base::Task<> await_change(Target page, std::string before, Clock::time_point deadline);
  /// Whether the selector names an element, and a visible one, in any frame.
  Answer<std::pair<bool, bool>> is_shown(Target page, std::string selector, Clock::time_point deadline);

  // input.cpp; `hands` outlive the call
  /// Whoever holds it has mouse and keyboard alone, on the page that was current when it began: the events of
  /// two calls must not mix, and what one opens must not get the rest of them.
  class Hands {
   public:
    Hands(Driver& driver, Target page);
    Hands(Hands&& other) noexcept;
    Hands& operator=(Hands&&) = delete;
    ~Hands();
    [[nodiscard]] const base::CdpSessionId& session() const noexcept { return page_.session; }
    [[nodiscard]] const base::TargetId& page() const noexcept { return page_.id; }

   private:
    Driver* driver_;
    Target page_;
  };
  Answer<Hands> take_hands(Target page);
  /// Whether a click or key has failed because it did its work, which was to close its page or to open a dialog:
  /// nobody answers any more. The end of the page is left to be told.
  bool has_ended_page(const Hands& hands, const base::Error& error);
  Answer<void> click_with(const Hands& hands, Point at, ClickOptions options);
  Answer<void> drag_with(const Hands& hands, std::vector<Point> points, MouseButton button, Modifiers modifiers,
                         std::chrono::milliseconds first_pause, std::chrono::milliseconds pause);
  Answer<void> type_with(const Hands& hands, std::string text, std::chrono::milliseconds delay);
  Answer<void> send_mouse(const Hands& hands, std::string type, Point at, MouseButton button, int count,
                          Modifiers modifiers);
  Answer<void> send_key(const Hands& hands, Key key, bool down, Modifiers modifiers);
  Answer<void> press_keys(const Hands& hands, KeyChord chord, std::chrono::milliseconds hold);
  /// Presses chords by name, one after the other.
  Answer<void> press_all(const Hands& hands, std::vector<std::string> chords);
  Answer<void> insert_text(const Hands& hands, std::string text);

  Link& link_;
  std::uint64_t connection_ = 0;      ///< that the fields below belong to
  base::TargetId current_;            ///< empty: the newest page
  base::TargetId lost_;               ///< was the current one and has gone, which nobody was told yet
  std::unordered_map<base::TargetId, std::uint64_t> navigations_;  ///< how many each tab was asked for
  std::vector<base::TargetId> known_;  ///< pages seen, to notice those that an action opens
  std::unordered_map<base::FrameId, World> worlds_;
  Point mouse_;
  std::int64_t buttons_ = 0;  ///< mask of those that are down
  bool hands_taken_ = false;
  base::WaitList hands_free_;
  std::int64_t round_ = 0;    ///< of the last observation
  std::vector<ObservedNode> observed_;
};

}  // namespace telltale::page

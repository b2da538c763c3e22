#pragma once

// The bounds of src/page: unit, value, why, and what happens at the limit.

#include <chrono>
#include <cstddef>

namespace telltale::page::limits {

using namespace std::chrono_literals;

/// Time for one step of driving a page (a command, a call of our script) where nothing else bounds it. A page
/// whose scripts are busy for longer fails the operation with `timeout`.
inline constexpr auto kPageCallTimeout = 10s;
/// Pauses between two looks at a page that is being waited for: from the first to the last, doubling.
inline constexpr auto kPageFirstPause = 20ms;
inline constexpr auto kPageLastPause = 250ms;
/// After an action: a page counts as settled when nothing of it has changed for so long, and is not waited for
/// any longer than that.
inline constexpr auto kActionQuiet = 150ms;
inline constexpr auto kActionSettle = 500ms;
/// Between Chromium's word that a page is being left and the one that it was closed.
inline constexpr auto kCloseGrace = 200ms;
/// After the frame goes in which an element was found: how long another one may take to bring it back. Then the
/// action fails, saying that the frame has gone.
inline constexpr auto kFrameGrace = 1s;
/// The options of a page's own dropdown have to be there so long after it was opened.
inline constexpr auto kOptionTimeout = 5s;
/// A file chooser has to open so long after what opens it was pressed.
inline constexpr auto kChooserTimeout = 3s;
/// Frames of a page that are searched and observed. Further ones are left out, and the observation says so.
inline constexpr std::size_t kPageFrames = 100;
/// Sides of a screenshot in CSS px: Chromium draws no larger ones. Beyond it: invalid_argument.
inline constexpr double kScreenshotSide = 16'384;

}  // namespace telltale::page::limits

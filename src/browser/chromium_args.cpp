#include "browser/chromium_args.hpp"

namespace telltale::browser {

bool is_headless_shell(const std::filesystem::path& binary) {
  const std::string name = binary.filename().string();
  return name.ends_with("headless-shell") || name.ends_with("headless_shell");
}

// The size is wanted for pages. A window of the full chromium has tabs and an address bar above them, without a
// screen too: 87 px in Chromium 156.
std::int64_t height_of_tabs(const LaunchOptions& options) {
  return options.headless && !is_headless_shell(options.binary) ? 87 : 0;
}

std::vector<std::string> chromium_args(const LaunchOptions& options, const std::filesystem::path& profile,
                                       bool as_root) {
  std::vector<std::string> args = {
      // Port 0: a taken fixed port falls silently to [::1] (seen once with Chromium 156).
      "--remote-debugging-port=0",
      // Not used for commands: Chromium exits when it closes, so it cannot survive telltale.
      "--remote-debugging-pipe",
      "--user-data-dir=" + profile.string(),
      "--window-size=" + std::to_string(options.width) + "," + std::to_string(options.height + height_of_tabs(options)),
      // headless-shell gives a cross-site iframe no process, and so no target, of its own by default.
      "--site-per-process",
      // No traffic that the page did not cause, and nothing that waits for a user.
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-extensions",
      "--disable-sync",
      "--no-first-run",
      "--no-default-browser-check",
      "--password-store=basic",
      "--mute-audio",
      // Containers give /dev/shm 64 MiB; renderers crash when it is full. Without a GPU the probing costs
      // start time.
      "--disable-dev-shm-usage",
      "--disable-gpu",
  };
  if (is_headless_shell(options.binary)) {
    // Crash dumps hold what pages held in memory. Not for the full chromium: 156 then loses its
    // network service and aborts every navigation.
    args.emplace_back("--disable-crashpad-for-testing");
  } else {
    args.emplace_back("--disable-breakpad");
    if (options.headless) {
      args.emplace_back("--headless=new");
      // Saves the new-tab page: 149 instead of 284 MiB, and its browser_ui targets.
      args.emplace_back("--no-startup-window");
      // Else the screen has 800x600, and so has what opens in a window of its own.
      args.emplace_back("--screen-info={" + std::to_string(options.width) + "x" + std::to_string(options.height) + "}");
    }
  }
  if (options.no_sandbox || as_root) args.emplace_back("--no-sandbox");
  args.insert(args.end(), options.extra_args.begin(), options.extra_args.end());
  return args;
}

}  // namespace telltale::browser

#include "browser/find.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>

namespace telltale::browser {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::fail;
using base::Result;

struct KnownBrowser {
  std::string_view name;    ///< as on PATH
  std::string_view binary;  ///< where Debian and Google's package put the program itself
  bool shows_windows;
};

/// In order of preference: headless-shell starts twice as fast and needs half the memory.
constexpr std::array<KnownBrowser, 4> kKnownBrowsers = {{
    {"chromium-headless-shell", "/usr/lib/chromium/chromium-headless-shell", false},
    {"chromium", "/usr/lib/chromium/chromium", true},
    {"google-chrome", "/opt/google/chrome/chrome", true},
    {"chrome", "/opt/google/chrome/chrome", true},
}};

constexpr std::string_view kInstallAdvice =
    "install one (apt install chromium-headless-shell, or chromium; a snap is in a sandbox that hides telltale's "
    "folders), or name a binary with --chromium or TELLTALE_CHROMIUM";

bool is_executable_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

bool is_elf(const fs::path& path) {
  std::array<char, 4> magic{};
  std::ifstream(path, std::ios::binary).read(magic.data(), magic.size());
  return std::string_view(magic.data(), magic.size()) ==
         "\x7f"
         "ELF";
}

/// Links in /snap/bin all lead to the one program that starts snaps. Chromium's could not read its profile where telltale
/// puts it.
bool is_snap(const fs::path& path) {
  std::error_code error;
  return fs::canonical(path, error).filename() == "snap";
}

std::optional<fs::path> on_path(std::string_view name) {
  const char* const variable = std::getenv("PATH");
  std::string_view rest = variable != nullptr ? variable : "/usr/local/bin:/usr/bin:/bin";
  while (true) {
    const std::size_t end = rest.find(':');
    const fs::path candidate = fs::path(rest.substr(0, end)) / name;
    if (candidate.is_absolute() && is_executable_file(candidate) && !is_snap(candidate)) return candidate;
    if (end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(end + 1);
  }
}

/// The program behind a wrapper script. A wrapper adds flags of its own and, where it does not exec, stays in
/// between as the process that we would watch. Other scripts are returned as they are.
fs::path without_wrapper(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error || is_elf(real)) return error ? path : real;
  const std::string name = real.filename().string();
  for (const KnownBrowser& known : kKnownBrowsers) {
    const fs::path binary = known.binary;
    if ((name == known.name || real.parent_path() == binary.parent_path()) && is_executable_file(binary))
      return binary;
  }
  return real;
}

Result<fs::path> named_browser(const std::string& name, std::string_view source) {
  const bool is_name = name.find('/') == std::string::npos;
  const auto found = is_name ? on_path(name) : std::optional<fs::path>(fs::path(name));
  if (found && is_executable_file(*found)) return without_wrapper(*found);
  return fail(Errc::not_found, std::string(source) + " names no browser: \"" + name + "\" is not " +
                                   (is_name ? "a program on PATH" : "an executable file") + "; " +
                                   std::string(kInstallAdvice));
}

}  // namespace

Result<fs::path> find_browser(std::optional<std::string> flag, bool headless) {
  if (flag) return named_browser(*flag, "--chromium");
  const char* const variable = std::getenv("TELLTALE_CHROMIUM");
  if (variable != nullptr && *variable != '\0') return named_browser(variable, "TELLTALE_CHROMIUM");

  std::string looked_for;
  for (const KnownBrowser& known : kKnownBrowsers) {
    if (headless || known.shows_windows) {
      if (is_executable_file(known.binary)) return fs::path(known.binary);
      const auto found = on_path(known.name);
      // A script that wraps nothing we know is a stub, such as Ubuntu's chromium that only points at a snap.
      if (found && is_elf(without_wrapper(*found))) return without_wrapper(*found);
      looked_for += (looked_for.empty() ? "" : ", ") + std::string(known.name);
    }
  }
  return fail(Errc::not_found, "found no Chromium: looked for " + looked_for +
                                   " in /usr/lib/chromium, /opt/google/chrome and on PATH; " +
                                   std::string(kInstallAdvice));
}

}  // namespace telltale::browser

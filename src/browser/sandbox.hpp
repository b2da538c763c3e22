#pragma once

// Whether Chromium can isolate its renderers on this machine, and what to do where it cannot.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/describe.hpp"

namespace telltale::browser {

struct SandboxStatus {
  bool usable = false;
  std::string explanation;
  static constexpr auto describe() {
    return base::table<SandboxStatus>(
        "Whether Chromium's sandbox works for this user.",
        base::field("usable", &SandboxStatus::usable, "Whether pages run in a sandbox."),
        base::field("explanation", &SandboxStatus::explanation, "By which means, or what is missing."));
  }
};

/// What an operator can do where there is no sandbox.
inline constexpr std::string_view kSandboxAdvice =
    "install the package chromium-sandbox, or allow unprivileged user namespaces "
    "(sysctl kernel.unprivileged_userns_clone=1; kernel.apparmor_restrict_unprivileged_userns=0 under "
    "AppArmor), or "
    "run without the protection: --no-chromium-sandbox";

/// Tries what Chromium would use: the setuid helper chrome-sandbox beside `binary`, then user namespaces, in
/// a child.
SandboxStatus check_sandbox(const std::filesystem::path& binary);

/// Whether a browser's stderr says that it ended because it found no usable sandbox.
bool reports_missing_sandbox(std::string_view stderr_text);

}  // namespace telltale::browser

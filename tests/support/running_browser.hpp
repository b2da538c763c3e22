#pragma once

// A Chromium that runs by itself, as one that telltale attaches to.

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "browser/browser_process.hpp"
#include "support/loop_thread.hpp"

namespace telltale::testing {

/// Runs from construction to destruction, with a profile of its own.
class RunningBrowser {
 public:
  /// `name`: as `--chromium` takes it. Throws std::runtime_error when it does not start.
  explicit RunningBrowser(const std::string& name);
  ~RunningBrowser();
  RunningBrowser(const RunningBrowser&) = delete;
  RunningBrowser& operator=(const RunningBrowser&) = delete;

  [[nodiscard]] const std::string& websocket_url() const noexcept { return process_->websocket_url(); }
  /// http://127.0.0.1:PORT
  [[nodiscard]] std::string http_url() const;
  /// Kills it and returns when it is gone.
  void kill();
  [[nodiscard]] bool runs();

 private:
  std::filesystem::path profiles_;
  LoopThread thread_;
  std::unique_ptr<browser::BrowserProcess> process_;
};

}  // namespace telltale::testing

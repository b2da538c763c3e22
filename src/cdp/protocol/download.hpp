#pragma once

// Downloads in the Page domain, as Chromium 156 sends them. headless-shell says nothing of them, and
// downloads nothing, until a client has called Browser.setDownloadBehavior.

#include <optional>
#include <string>

#include "base/describe.hpp"

namespace telltale::cdp::page {

struct DownloadWillBegin {
  static constexpr std::string_view kMethod = "Page.downloadWillBegin";
  base::FrameId frame_id;
  std::string guid;
  std::string url;
  std::string suggested_filename;

  static constexpr auto describe() {
    using T = DownloadWillBegin;
    return base::table<T>(kMethod, base::field("frameId", &T::frame_id, "the frame that asked for it"),
                          base::field("guid", &T::guid, "names the download from now on"),
                          base::field("url", &T::url, ""),
                          base::field("suggestedFilename", &T::suggested_filename, ""));
  }
};

struct DownloadProgress {
  static constexpr std::string_view kMethod = "Page.downloadProgress";
  std::string guid;
  double total_bytes = 0;
  double received_bytes = 0;
  std::string state;

  static constexpr auto describe() {
    using T = DownloadProgress;
    return base::table<T>(kMethod, base::field("guid", &T::guid, ""),
                          base::field("totalBytes", &T::total_bytes, "0 = not known"),
                          base::field("receivedBytes", &T::received_bytes, ""),
                          base::field("state", &T::state, "inProgress, completed, canceled"),
                          base::ignored("filePath", "a place on the browser's machine"));
  }
};

}  // namespace telltale::cdp::page

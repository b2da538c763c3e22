#pragma once

// Downloads in progress, by id over all sessions of a browser: an out-of-process iframe's may be reported on
// two.

#include <optional>
#include <string>
#include <unordered_map>

#include "collector/limits.hpp"
#include "telemetry/event_context.hpp"

namespace telltale::collector {

struct Download {
  telemetry::EventContext context;  ///< as of its start
  std::string url;
};

/// Bounded by limits::kDownloads.
class DownloadTable {
 public:
  /// False when it is known already. At the limit it is not remembered: its end will not be reported.
  bool begin(const std::string& id, Download download);
  std::optional<Download> take(const std::string& id);

 private:
  std::unordered_map<std::string, Download> downloads_;
};

}  // namespace telltale::collector

#include "collector/download_table.hpp"

#include <utility>

#include "collector/limits.hpp"

namespace telltale::collector {

bool DownloadTable::begin(const std::string& id, Download download) {
  if (downloads_.size() >= limits::kDownloads) return !downloads_.contains(id);
  return downloads_.try_emplace(id, std::move(download)).second;
}

std::optional<Download> DownloadTable::take(const std::string& id) {
  auto found = downloads_.extract(id);
  if (found.empty()) return std::nullopt;
  return std::move(found.mapped());
}

}  // namespace telltale::collector

#pragma once

// What a browser says unasked and only whoever drives its pages wants to know.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "cdp/notification.hpp"
#include "page/link.hpp"

namespace telltale::session {

/// Owner: the connection. Keeps the newest of each (limits::kPageNotes).
class PageNotes {
 public:
  void on(const cdp::Notification& notification);

  /// The status with which a document was answered; only while the network is recorded.
  [[nodiscard]] std::optional<std::int64_t> status_of(const base::LoaderId& loader) const;
  /// The name of the newest download of a page, which is forgotten with that.
  std::optional<std::string> take_download(const base::CdpSessionId& page);
  /// The newest file chooser of a target, likewise.
  std::optional<page::FileChooser> take_file_chooser(const base::CdpSessionId& session);

 private:
  struct Document {
    std::string loader;
    std::int64_t status;
  };
  struct Download {
    base::CdpSessionId session;
    std::string name;
  };
  struct Chooser {
    base::CdpSessionId session;
    page::FileChooser chooser;
  };
  std::deque<Document> documents_;
  std::deque<Download> downloads_;
  std::deque<Chooser> choosers_;
};

}  // namespace telltale::session

#pragma once

// A session's browser for its page driver: whatever connection there is at the moment.

#include <cstdint>
#include <string>
#include <vector>

#include "page/link.hpp"

namespace telltale::session {

class Connected;

/// Owner: the session, on its loop.
class PageLink final : public page::Link {
 public:
  void connect(Connected& connected) noexcept;
  void disconnect() noexcept { connected_ = nullptr; }

  base::Task<base::Result<std::string>> call(cdp::Command command, std::chrono::nanoseconds deadline) override;
  base::Task<base::Result<base::TargetId>> create_page() override;
  std::vector<page::Target> pages() override;
  bool has_page(const base::TargetId& id) override;
  bool is_opening() override;
  std::vector<page::Target> iframes(const base::CdpSessionId& page) override;
  std::optional<std::int64_t> status_of(const base::LoaderId& loader) override;
  std::optional<std::string> take_download(const base::CdpSessionId& page) override;
  std::optional<page::FileChooser> take_file_chooser(const base::CdpSessionId& session) override;
  base::Result<std::uint64_t> connection() override;

 private:
  [[nodiscard]] bool is_connected(std::uint64_t number) const noexcept;
  /// The page that a target is, or is part of.
  base::CdpSessionId page_of(const base::CdpSessionId& session);
  /// Of a target that has gone away while a command waited, in a browser that is still there.
  base::Error why_gone(const base::CdpSessionId& session, const base::CdpSessionId& page);

  Connected* connected_ = nullptr;
  std::uint64_t number_ = 0;
};

}  // namespace telltale::session

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
  bool is_opening() override;
  std::vector<page::Target> iframes(const base::CdpSessionId& page) override;
  base::Result<std::uint64_t> connection() override;

 private:
  Connected* connected_ = nullptr;
  std::uint64_t number_ = 0;
};

}  // namespace telltale::session

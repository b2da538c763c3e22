#pragma once

// How pages are to be kept: what an owner of sessions says without knowing the collector.

#include <cstdint>

namespace telltale::collector {

/// Who answers JavaScript dialogs; an open one stops its page.
enum class DialogPolicy {
  answer,        ///< At once: alert, confirm and prompt are dismissed, beforeunload is accepted.
  answer_later,  ///< The same, but only when the dialog is still open after limits::kAttachedDialogGrace.
  leave,         ///< Never: another client does.
};

struct Viewport {
  std::int64_t width = 0;   ///< CSS px
  std::int64_t height = 0;  ///< CSS px
};

}  // namespace telltale::collector

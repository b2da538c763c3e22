#include "base/error.hpp"

namespace telltale::base {

std::string_view to_string(Errc code) noexcept {
  switch (code) {
    case Errc::timeout: return "timeout";
    case Errc::stopped: return "stopped";
    case Errc::closed: return "closed";
    case Errc::refused: return "refused";
    case Errc::forbidden: return "forbidden";
    case Errc::not_found: return "not_found";
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::conflict: return "conflict";
    case Errc::limit: return "limit";
    case Errc::protocol: return "protocol";
    case Errc::io: return "io";
    case Errc::unavailable: return "unavailable";
  }
  return "unknown";
}

}  // namespace telltale::base

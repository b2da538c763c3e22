#include "api/dialect.hpp"

#include <array>
#include <utility>

namespace telltale::api {

Dialect dialect_of(std::string_view path) noexcept {
  constexpr std::array<std::pair<std::string_view, Dialect>, 5> kFolders{{{"/sessions", Dialect::notte},
                                                                          {"/v1/browser", Dialect::instavm},
                                                                          {"/events", Dialect::seraph},
                                                                          {"/api", Dialect::seraph},
                                                                          {"/invoke", Dialect::seraph}}};
  for (const auto& [folder, dialect] : kFolders) {
    const bool below = path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
    if (below) return dialect;
  }
  return Dialect::kernel;
}

}  // namespace telltale::api

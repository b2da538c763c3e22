#include "support/paths.hpp"

namespace telltale::testing {

// Alone with these two definitions: in every test they would make a compiler cache useless across checkouts.
std::string source_path(std::string_view relative) {
  return TELLTALE_SOURCE_DIR "/" + std::string(relative);
}

std::string telltale_binary() { return TELLTALE_BINARY; }

}  // namespace telltale::testing

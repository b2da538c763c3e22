#include "collector/interaction_script.hpp"

namespace telltale::collector {
namespace {

constexpr std::string_view kSource =
#include "interaction_source.inc"
    ;
constexpr std::string_view kPlaceholder = "globalThis[BINDING]";

}  // namespace

std::string interaction_script(std::string_view binding_name) {
  std::string script(kSource);
  const auto binding = "globalThis['" + std::string(binding_name) + "']";
  for (auto at = script.find(kPlaceholder); at != script.npos; at = script.find(kPlaceholder, at)) {
    script.replace(at, kPlaceholder.size(), binding);
  }
  return script;
}

}  // namespace telltale::collector

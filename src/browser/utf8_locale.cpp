#include "browser/utf8_locale.hpp"

#include <langinfo.h>
#include <locale.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <type_traits>

namespace telltale::browser {
namespace {

using Locale = std::unique_ptr<std::remove_pointer_t<locale_t>, decltype(&::freelocale)>;

Locale locale_named(const char* name) { return {::newlocale(LC_ALL_MASK, name, nullptr), &::freelocale}; }

}  // namespace

std::optional<std::string> utf8_locale() {
  // "": as LC_ALL, LC_CTYPE, LANG, ... of the environment say. Null when one of them names a locale that is not there:
  // setlocale() then fails as a whole, and the C locale stays.
  const auto inherited = locale_named("");
  if (inherited && std::string_view(::nl_langinfo_l(CODESET, inherited.get())) == "UTF-8") return std::nullopt;
  if (!locale_named("C.UTF-8")) return std::nullopt;
  // What the user has chosen for dates, messages and the like stays where it can.
  const char* const all = std::getenv("LC_ALL");
  const bool chosen = inherited && (all == nullptr || *all == '\0');
  return chosen ? "LC_CTYPE=C.UTF-8" : "LC_ALL=C.UTF-8";
}

}  // namespace telltale::browser

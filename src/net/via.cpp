#include "net/via.hpp"

#include "base/ascii.hpp"
#include "base/random.hpp"

namespace telltale::net {
namespace {

// Random: a name that others could have, too, would make two servers behind one another look like one.
const std::string& own_name() {
  static const std::string name = "telltale-" + base::random_hex(16);
  return name;
}

}  // namespace

std::string via(std::string_view received) {
  std::string value(received);
  if (!value.empty()) value += ", ";
  return value + "1.1 " + own_name();
}

bool came_from_here(const HttpRequest& request) {
  for (const auto& [name, value] : request.headers.fields) {
    if (base::same_name(name, "Via") && value.contains(own_name())) return true;
  }
  return false;
}

}  // namespace telltale::net

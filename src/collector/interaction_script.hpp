#pragma once

#include <string>
#include <string_view>

namespace telltale::collector {

/// The scripts lasting_listeners.js, interaction.js and vitals.js, bound to the binding of that name (a JavaScript identifier).
std::string interaction_script(std::string_view binding_name);

}  // namespace telltale::collector

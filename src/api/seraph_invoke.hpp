#pragma once

// The raw dispatch of Seraph's dialect: commands by name, over the operations that the other doors offer.

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "api/routes.hpp"
#include "base/describe.hpp"
#include "base/error.hpp"
#include "base/task.hpp"

namespace telltale::api {

/// Carries out a command and completes with its result. `arguments` is an object; its `id` names the session
/// of those commands that need one. Errors: not_found (no such command or session), invalid_argument, and
/// those of the operation. The services and the record outlive it.
base::Task<base::Result<base::RawJson>> invoke(const Services& services, CallRecord& record,
                                               std::string command,
                                               std::shared_ptr<const nlohmann::json> arguments);

/// Names of all commands, in alphabetical order.
std::vector<std::string> command_names();

}  // namespace telltale::api

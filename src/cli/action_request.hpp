#pragma once

// An action as words on the command line: `click B1`, `fill '#name' Ada`, `scroll_down 500`.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace telltale::cli {

struct ActionOptions {
  bool press_enter = false;
  int timeout_ms = -1;  ///< -1: the server's default
};

/// The body of page/execute. The words fill the action's arguments in their order, the element first: an id of
/// the last observation (`B1`), or a selector. Errors: invalid_argument that says what the action takes.
base::Result<std::string> to_action(std::string_view type, const std::vector<std::string>& words,
                                    const ActionOptions& options);

/// The local file that an upload_file of `to_action` names; empty when there is none of that name here, and for
/// other actions: the server knows it, or not.
std::string local_file_of(const std::string& action);
/// The same action with the file that the server has.
std::string with_file(const std::string& action, const std::string& file_id);

/// One line per action: its name, what it takes, what it does.
std::string action_list();

}  // namespace telltale::cli

#pragma once

// Actions by name, as Notte's page/execute, Seraph's /invoke and `telltale act` order them.

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/action_schemas.hpp"
#include "base/error.hpp"
#include "base/json_decode.hpp"
#include "base/task.hpp"
#include "base/type_model.hpp"
#include "session/session.hpp"

namespace telltale::api {

struct ActionType {
  std::string_view type;
  std::string_view doc;
  base::TypeRef arguments;
};

/// Those that there are, the browser's before those on elements.
std::span<const ActionType> action_types();
/// Whether a word has the shape of the ids that observations give, a capital letter and a number: `B1`. H1 to H6,
/// which are selectors, have not.
bool is_element_id(std::string_view word) noexcept;
/// Null: there is none of that name.
const ActionType* find_action_type(std::string_view type);

struct ActionOutcome {
  std::string message;  ///< what was done
  base::RawJson data;   ///< what it yielded (DataSpace); null: nothing
};

/// What is wrong with an action before it is tried: a name that is not known (at `type`), or its arguments.
std::vector<base::Violation> check_action(std::string_view type, const nlohmann::json& arguments);

/// Takes a step of the session, does it, and waits until the page has reacted. `arguments` is an object as Notte's clients send it. Any
/// loop. Errors: invalid_argument (see check_action), forbidden (a file that no page may be given), and those of
/// page::Driver and session::FileStore.
base::Task<base::Result<ActionOutcome>> run_action(std::shared_ptr<session::Session> session, std::string type,
                                                   std::shared_ptr<const nlohmann::json> arguments);

/// Takes a page's content as scrape does. On the session's loop; the session outlives it.
base::Task<base::Result<base::RawJson>> scrape_page(session::Session& session, ScrapeArguments arguments);

}  // namespace telltale::api

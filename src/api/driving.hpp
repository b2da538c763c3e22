#pragma once

// What every door does before it drives a session's browser, and while it does.

#include <memory>
#include <string>

#include "api/routes.hpp"
#include "session/registry.hpp"

namespace telltale::api {

/// The session of that id or name. The call's record learns of it, and its idle timeout begins anew. Errors:
/// not_found, also when it has ended.
base::Task<base::Result<session::Found>> find_live(const Services& services, CallRecord& record,
                                                   std::string id_or_name);
/// The same, with a browser that can be driven. Errors also: unavailable, with the reason.
base::Task<base::Result<session::Found>> find_drivable(const Services& services, CallRecord& record,
                                                       std::string id_or_name);

/// Runs an operation of the session's driver on the session's loop; while it runs, the session is in use.
template <class T>
base::Task<T> drive(std::shared_ptr<session::Session> session, base::Task<T> operation) {
  const session::Activity activity(session);
  co_return co_await base::on(session->loop(), std::move(operation));
}

}  // namespace telltale::api

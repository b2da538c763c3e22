#pragma once

// Sessions as Seraph's dialect shows them.

#include <memory>
#include <vector>

#include "api/seraph_schemas.hpp"
#include "base/task.hpp"
#include "session/session.hpp"

namespace telltale::api {

/// Looks at a session, and at its page for kSnapshotPageTimeout at most. It is not touched: who only watches
/// does not keep it alive. Any loop.
base::Task<BotSnapshot> take_snapshot(std::shared_ptr<session::Session> session);

/// Of all of them at the same time, so that it takes no longer than one; in their order.
base::Task<std::vector<BotSnapshot>> take_snapshots(std::vector<std::shared_ptr<session::Session>> sessions);

}  // namespace telltale::api

#pragma once

// Which elements of a document listen to the mouse.

#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"
#include "cdp/protocol/evaluate.hpp"
#include "page/frames.hpp"
#include "page/link.hpp"

namespace telltale::page {

/// The arguments of our `observe` that tell it which elements of the document of `world`, and of the frames in its
/// process, listen to the mouse: at most 500, in the order of the tree. They hold handles, good until
/// release_listeners(). Errors: those of Link::call.
base::Task<base::Result<std::vector<cdp::runtime::CallArgument>>> mouse_listeners(Link& link, World world);
base::Task<> release_listeners(Link& link, World world);

}  // namespace telltale::page

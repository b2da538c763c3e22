#pragma once

// Runs a coroutine from code that is none: the client commands have no loops of their own.

#include <optional>
#include <utility>

#include "base/loop.hpp"
#include "base/task.hpp"

namespace telltale::cli {

template <class T>
base::Task<> store_result(base::Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}

/// Runs `task` to its end on a loop of its own and returns what it yields.
template <class T>
T run_task(base::Task<T> task) {
  std::optional<T> result;
  base::LoopPool(1).run(store_result(std::move(task), result));
  return std::move(*result);
}

}  // namespace telltale::cli
